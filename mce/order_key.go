package mce

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
)

// OrderKey is what a program calls an Order by, so that an order that is sent twice, because an answer was lost on its way, is carried out once.
// Neither what it sent nor the key itself can be read from it.
type OrderKey struct {
	Token   int64  // the program's: keys of others are other keys
	Key     []byte // SHA-256 of the key
	Request []byte // HMAC of what was sent, under the key
}

// NewOrderKey is that of a request under a key of the program's own choice.
func NewOrderKey(token int64, key string, request []byte) OrderKey {
	sum := sha256.Sum256([]byte(key))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(request)
	return OrderKey{Token: token, Key: sum[:], Request: mac.Sum(nil)}
}

// ErrKeyReused is the cause of a Conflict: the key stands for another order already.
var ErrKeyReused = errors.New("the key was used for another order")
