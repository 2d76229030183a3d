package mce

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"strings"
	"sync"
	"time"
)

// Purpose is what a token is good for. A token of one purpose is worth nothing for another.
type Purpose string

// The purposes of tokens, and the numbers that each carries.
const (
	ForLeaving    Purpose = "leave"    // subscriber, issue or event (0: a welcome); it opens the choices too, for years, also to whom a letter was forwarded
	ForConfirming Purpose = "confirm"  // subscriber, consent asked
	ForDelegate   Purpose = "delegate" // registration, 0: its page, on which it is changed and cancelled
	ForBooking    Purpose = "booking"  // booking, 0: its page
	ForCalendar   Purpose = "calendar" // registration, 0: the address that answers of its calendar go to
	ForReturn     Purpose = "return"   // letter, 0: the keyed return path
	ForSelf       Purpose = "self"     // subscriber, Unix time of its end: all that is theirs, so it goes to their address alone and not for long
	ForMoving     Purpose = "move"     // subscriber, move
	ForLogin      Purpose = "login"    // user, login: what else it takes, and for how long it works, stands in the database
)

// Token carries two numbers and their keyed MAC in 24 to 48 characters that are safe in URLs and addresses. Nothing about it is
// stored, so nothing can leak from the database, and it works for as long as the secret is kept.
type Token = string

// macSize is 128 bits: RFC 2104 §5 allows truncation to half the hash.
const macSize = 16

// Keys makes and opens tokens, a key of its own per purpose (RFC 5869). It is safe for concurrent use.
type Keys struct {
	purposes map[Purpose]*sync.Pool // of hash.Hash: one that has been used already need not take in the key again
	chain    *sync.Pool             // likewise: of the record of consent
	erased   *sync.Pool             // likewise: of addresses that were erased
	check    []byte
}

// MinSecret is the least length of the secret, in bytes.
const MinSecret = 32

// NewKeys derives the keys from the installation's secret.
func NewKeys(secret []byte) (*Keys, error) {
	if len(secret) < MinSecret {
		return nil, Invalidf("the secret must have at least %d characters", MinSecret)
	}
	k := &Keys{purposes: map[Purpose]*sync.Pool{}}
	for _, p := range []Purpose{ForLeaving, ForConfirming, ForDelegate, ForBooking, ForCalendar, ForReturn, ForSelf, ForMoving, ForLogin} {
		var err error
		if k.purposes[p], err = hashes(secret, "token "+string(p)); err != nil {
			return nil, err
		}
	}
	var err error
	if k.chain, err = hashes(secret, "consent chain"); err != nil {
		return nil, err
	}
	if k.erased, err = hashes(secret, "erased addresses"); err != nil {
		return nil, err
	}
	k.check, err = derive(secret, "fingerprint")
	return k, err
}

// hashes is a pool of those keyed for one use.
func hashes(secret []byte, use string) (*sync.Pool, error) {
	key, err := derive(secret, use)
	return &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}, err
}

func derive(secret []byte, use string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, "mce-mailer "+use, sha256.Size)
}

// Fingerprint tells two secrets apart without giving either away. It is stored, so that a daemon with another secret is refused.
func (k *Keys) Fingerprint() []byte { return k.check }

// Token makes the token of a purpose for two numbers (a missing second one is 0).
func (k *Keys) Token(p Purpose, a, b int64) Token {
	return string(k.AppendToken(nil, p, a, b))
}

// AppendToken appends the token to dst: the letter path makes one per letter.
func (k *Keys) AppendToken(dst []byte, p Purpose, a, b int64) []byte {
	var buf [2*binary.MaxVarintLen64 + macSize]byte
	raw := binary.AppendUvarint(buf[:0], uint64(a))
	raw = binary.AppendUvarint(raw, uint64(b))
	raw = k.appendMAC(raw, p, raw)
	return base64.RawURLEncoding.AppendEncode(dst, raw)
}

var errToken = errors.New("bad token")

// Open gives back the numbers of a token, in constant time with regard to the MAC. Every fault gives the same error of code NotFound.
func (k *Keys) Open(p Purpose, t Token) (a, b int64, err error) {
	fault := &Error{Code: NotFound, Message: "This link is not one of ours, or it was cut off on its way. Please use the whole link from the mail.", Err: errToken}
	raw, decodeErr := base64.RawURLEncoding.Strict().DecodeString(t)
	if decodeErr != nil || strings.ContainsAny(t, "\r\n") || len(raw) < 2+macSize || len(raw) > 2*binary.MaxVarintLen64+macSize {
		return 0, 0, fault
	}
	numbers, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if !hmac.Equal(mac, k.appendMAC(nil, p, numbers)) {
		return 0, 0, fault
	}
	ua, n := binary.Uvarint(numbers)
	ub, m := binary.Uvarint(numbers[max(n, 0):])
	if n <= 0 || m <= 0 || n+m != len(numbers) {
		return 0, 0, fault
	}
	return int64(ua), int64(ub), nil
}

// SelfFor is how long the link to one's own page opens it.
const SelfFor = 24 * time.Hour

// ErrOver is the cause of a NotFound that time brought about: the link was one of ours.
var ErrOver = errors.New("the time of the link is over")

// OpenSelf gives the subscriber whose own page a token opens at now. One whose time is over is an error of code NotFound that says so, with
// the cause ErrOver.
func (k *Keys) OpenSelf(t Token, now time.Time) (subscriber int64, err error) {
	subscriber, end, err := k.Open(ForSelf, t)
	if err == nil && now.Unix() >= end {
		err = &Error{Code: NotFound, Message: "This link was good for one day, and that is over. Please ask for a new one.", Err: ErrOver}
	}
	return subscriber, err
}

// appendMAC appends the MAC of the numbers to dst.
func (k *Keys) appendMAC(dst []byte, p Purpose, numbers []byte) []byte {
	h := k.purposes[p].Get().(hash.Hash)
	defer k.purposes[p].Put(h)
	h.Reset()
	h.Write(numbers)
	var sum [sha256.Size]byte
	return append(dst, h.Sum(sum[:0])[:macSize]...)
}
