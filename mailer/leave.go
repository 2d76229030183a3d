package mailer

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/majorcities/mce-mailer/mce"
)

const (
	// fresh is how long letters that were read are worked on. What is left then is read anew, with another look at who has left.
	fresh = 2 * time.Minute
	// leftTime is how long it is remembered that somebody left: longer than any letter stays in hand that was read before. It was read at most
	// fresh ago when it was taken in hand, and waits then for a place in the window, which a letter without an answer may keep for replyTime,
	// and for a connection.
	leftTime = fresh + replyTime + 3*time.Minute
	// overTime is how long somebody who leaves waits for a letter to them that is on its way just now.
	overTime = 2 * time.Second
)

// errLeft is the answer about a letter that was not begun, because its reader has left since it was read.
var errLeft = errors.New("unsubscribed")

// leavers are the subscribers who have left of late. Whoever looks after an outbox's page was read finds them here.
//
// A session first says whose letter it is about to begin and then looks for them here; LeaveOut first adds them here and then looks for
// sessions that are about to begin a letter to them. So one of the two sees the other, without a lock for each letter.
type leavers struct {
	some atomic.Int64 // how many; 0: nearly always

	mu   sync.Mutex
	left map[int64]time.Time // subscriber → when
}

func (v *leavers) add(subscriberID int64, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.left[subscriberID] = now
	v.some.Store(int64(len(v.left)))
}

// forget forgets those who left before a time.
func (v *leavers) forget(before time.Time) {
	if v.some.Load() == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for id, at := range v.left {
		if at.Before(before) {
			delete(v.left, id)
		}
	}
	v.some.Store(int64(len(v.left)))
}

// have reports whether the reader of a letter has left since it was read. What was read later knows it from the database, which also
// knows who has come back.
func (v *leavers) have(l mce.Letter, read time.Time) bool {
	if v.some.Load() == 0 || readerOf(l) == 0 {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at, ok := v.left[readerOf(l)]
	return ok && !at.Before(read)
}

// readerOf is the subscriber to whom a letter is, 0 for one to a delegate.
func readerOf(l mce.Letter) int64 {
	if l.Purpose() == mce.ForDelegate {
		return 0
	}
	return l.PersonID
}

// LeaveOut ends all letters to a subscriber whose leaving is committed: once it returns, none begins, not even one that had been read from
// the outbox before. To begin is to name the recipient to the server. Letters to delegates are no concern of it.
// A letter to the subscriber that is on its way is waited for, for at most two seconds.
func (m *Mailer) LeaveOut(subscriberID int64) {
	m.leavers.add(subscriberID, time.Now())
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for late := time.After(overTime); m.begun(subscriberID); {
		select {
		case <-look.C:
		case <-late:
			return
		}
	}
}

// begun reports whether a letter to the subscriber is on its way, or the server has been told of one.
func (m *Mailer) begun(subscriberID int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.sessions {
		if s.reader.Load() == subscriberID || s.nextReader.Load() == subscriberID {
			return true
		}
	}
	return false
}
