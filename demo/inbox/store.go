package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// ErrNoMail is returned by Get for an ID that no kept mail has.
var ErrNoMail = errors.New("inbox: no such mail")

// Mail is what is known about a kept mail without opening it. Parse opens one, given the bytes from Get.
type Mail struct {
	ID       string    `json:"id"`       // digits, ascending in the order of arrival
	From     string    `json:"from"`     // envelope; empty is the null sender of bounces
	To       []string  `json:"to"`       // envelope
	Received time.Time `json:"received"` // by the inbox's clock
	Size     int       `json:"size"`     // bytes

	// The rest comes from the mail's own header, decoded, and is zero where the header lacks it.
	Subject    string    `json:"subject"`
	HeaderFrom string    `json:"header_from"`
	HeaderTo   string    `json:"header_to"`
	MessageID  string    `json:"message_id"` // without the angle brackets
	Date       time.Time `json:"date"`

	Attachments int    `json:"attachments"`      // pictures within the HTML are not counted
	Broken      string `json:"broken,omitempty"` // why the mail can be shown as source only
}

// Mails returns all kept mails, newest first.
func (in *Inbox) Mails() []Mail {
	mails, _ := in.snapshot()
	return mails
}

// Get returns a mail and its bytes as they came over the wire. The error is ErrNoMail where no mail has
// the ID, else the folder's.
func (in *Inbox) Get(id string) (Mail, []byte, error) {
	mails, _ := in.snapshot()
	i := slices.IndexFunc(mails, func(m Mail) bool { return m.ID == id })
	if i < 0 {
		return Mail{}, nil, ErrNoMail
	}
	raw, err := readRaw(in.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoMail // cleared in this moment, or deleted by hand
	}
	return mails[i], raw, err
}

// Wait returns nil as soon as the condition holds for the mails, newest first. It asks at once and then
// after every change, though several mails that arrive together may be one change. When ctx ends first,
// its error is returned.
func (in *Inbox) Wait(ctx context.Context, condition func([]Mail) bool) error {
	for {
		mails, changed := in.snapshot()
		if condition(mails) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("inbox: waiting with %d mails here: %w", len(mails), ctx.Err())
		}
	}
}

// Clear deletes all mails. A mail whose file cannot be deleted stays and makes an error; the others go.
func (in *Inbox) Clear() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	var kept []Mail
	var errs []error
	for _, m := range in.mails {
		if err := os.Remove(in.path(m.ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			kept, errs = append(kept, m), append(errs, err)
		}
	}
	in.mails = kept
	in.announce()
	return errors.Join(errs...)
}

// keep writes the mail into the folder and then makes it known.
func (in *Inbox) keep(from string, to []string, raw []byte) error {
	m := describe(raw)
	m.From, m.To, m.Received, m.ID = from, slices.Clone(to), in.now(), in.nextID()
	if err := writeMail(in.path(m.ID), m, raw); err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	i, _ := slices.BinarySearchFunc(in.mails, m, byArrival)
	in.mails = slices.Insert(in.mails, i, m)
	in.announce()
	in.log.Debug("mail kept", "id", m.ID, "from", m.From, "to", m.To, "bytes", m.Size)
	return nil
}

func (in *Inbox) nextID() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.lastID++
	return fmt.Sprintf("%08d", in.lastID)
}

// snapshot returns the mails, newest first, and a channel that is closed once they are out of date.
func (in *Inbox) snapshot() ([]Mail, <-chan struct{}) {
	in.mu.Lock()
	mails, changed := slices.Clone(in.mails), in.changed
	in.mu.Unlock()
	slices.Reverse(mails)
	return mails, changed
}

// announce wakes everyone who waits; mu is held.
func (in *Inbox) announce() {
	close(in.changed)
	in.changed = make(chan struct{})
}

// byArrival orders by business time first: where the demo's clock was set back, each day stays one block.
func byArrival(a, b Mail) int {
	return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID))
}
