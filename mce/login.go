package mce

import (
	"crypto/subtle"
	"time"
)

// How long a log-in lasts. These are times of people and machines, so they are measured by the wall clock, never by a clock that a demo hurries.
const (
	LoginFor    = 15 * time.Minute    // a link to log in works
	SessionIdle = 12 * time.Hour      // a session outlives its last use
	SessionFor  = 14 * 24 * time.Hour // a session lasts at most, from the log-in that began it
	FreshFor    = time.Hour           // what is grave may be done after a log-in: as long as an issue takes that one sits down to
)

// LoginAsk is the wish for a link to log in, as a browser uttered it.
type LoginAsk struct {
	Browser []byte    // hash of the secret that the browser keeps: the link works there alone
	Next    string    // path of the page to go to then; empty: the first
	Until   time.Time // on the wall clock
}

// Login is a link that was asked for.
type Login struct {
	ID   int64
	User User
	LoginAsk
	Used time.Time // zero: not yet
}

// LoginFault is why a link does not let somebody in.
type LoginFault string

// The faults.
const (
	LoginGood      LoginFault = ""
	LoginUsed      LoginFault = "used"
	LoginOver      LoginFault = "over"
	LoginElsewhere LoginFault = "elsewhere" // it was asked for in another browser
	LoginRemoved   LoginFault = "removed"   // the user was removed meanwhile
)

// DeskSession is a browser in which a user is logged in.
type DeskSession struct {
	ID       int64
	User     User
	Client   string    // what the browser calls itself, cut short
	Origin   string    // network address at log-in
	LoggedIn time.Time // when the user last showed that they read their mailbox
	Seen     time.Time // to the minute
}

// Fresh reports whether the log-in is recent enough for what is grave.
func (s DeskSession) Fresh(now time.Time) bool { return now.Sub(s.LoggedIn) < FreshFor }

// NewSession is a session that begins.
type NewSession struct {
	Hash           []byte // of the secret in the cookie: who reads the database cannot take a session over
	Client, Origin string
	Replaces       []byte // hash of the session that this browser had; nil: none
	// Shown is when the user showed that they are the one. By a mailed link that is now.
	Shown time.Time
}

// Fault is why the link does not let a browser in at now. What would tell a stranger about the link comes last: in another browser they hear of that alone.
func (l Login) Fault(browser []byte, now time.Time) LoginFault {
	switch {
	case len(browser) == 0 || subtle.ConstantTimeCompare(browser, l.Browser) != 1:
		return LoginElsewhere
	case !l.Used.IsZero():
		return LoginUsed
	case !now.Before(l.Until):
		return LoginOver
	case l.User.Removed():
		return LoginRemoved
	}
	return LoginGood
}
