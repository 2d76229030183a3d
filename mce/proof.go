package mce

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// Evidence is a line of the record of consent with all that its seal covers.
type Evidence struct {
	Consent
	Seq          int64 // place in the chain, from 1
	SubscriberID int64
	// Email and the consent's Origin are personal. They are gone, and PersonKey with them, once the person is erased.
	Email     string
	PersonKey []byte
}

// Commit binds the personal part: without the person's key nobody can tell what it was, with it nobody can change it unseen.
func (e Evidence) Commit() []byte {
	s := sealed{make([]byte, 0, 128)}
	s.text(e.Email, e.Origin)
	h := hmac.New(sha256.New, e.PersonKey)
	h.Write(s.bytes)
	return h.Sum(nil)
}

// Seal is the hash of a line: of the one before it, of everything about the line that is not personal, and of the commitment. It is keyed,
// so that who can write to the database, but does not have the secret, cannot make the chain anew.
func (k *Keys) Seal(before []byte, e Evidence, commitment []byte) []byte {
	return k.mac(k.chain, func(w *sealed) {
		w.text(string(before))
		w.number(e.Seq, e.ID, e.SubscriberID, e.At.UnixMicro()) // the database keeps microseconds
		w.text(e.Action, e.Wording, e.Version, e.Source, e.Detail, string(commitment))
	})
}

// Mark stands for an address that was erased: it recognises the address and does not give it away.
func (k *Keys) Mark(address string) []byte {
	return k.mac(k.erased, func(w *sealed) { w.text(AddressKey(address)) })
}

// sealed writes values so that no two lists of values look the same.
type sealed struct{ bytes []byte }

func (s *sealed) text(all ...string) {
	for _, t := range all {
		s.bytes = binary.BigEndian.AppendUint64(s.bytes, uint64(len(t)))
		s.bytes = append(s.bytes, t...)
	}
}

func (s *sealed) number(all ...int64) {
	for _, n := range all {
		s.bytes = binary.BigEndian.AppendUint64(s.bytes, uint64(n))
	}
}

// mac is that of the values under a key of the installation, which hashes of the pool have taken in.
func (*Keys) mac(pool *sync.Pool, write func(*sealed)) []byte {
	s := sealed{make([]byte, 0, 512)}
	write(&s)
	h := pool.Get().(hash.Hash)
	defer pool.Put(h)
	h.Reset()
	h.Write(s.bytes)
	return h.Sum(nil)
}
