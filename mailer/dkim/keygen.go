package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
)

// Key is a new key: the private part for a file, and the TXT record that publishes the other.
type Key struct {
	PEM    []byte // PKCS #8
	Name   string // of the record: selector._domainkey.domain
	Record string // its value, in one piece
}

// Generate makes an RSA key of 2048 bits, which everybody verifies, or an Ed25519 key (RFC 8463), which some do.
func Generate(domain, selector string, ed bool) (Key, error) {
	var private crypto.Signer
	var err error
	kind := "rsa"
	if ed {
		kind = "ed25519"
		_, private, err = ed25519.GenerateKey(rand.Reader)
	} else {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return Key{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, err
	}
	public, err := publicBytes(private.Public())
	if err != nil {
		return Key{}, err
	}
	return Key{
		PEM:    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		Name:   selector + "._domainkey." + domain,
		Record: fmt.Sprintf("v=DKIM1; k=%s; p=%s", kind, base64.StdEncoding.EncodeToString(public)),
	}, nil
}

// publicBytes is p= of the record: RFC 6376 §3.6.1 for RSA, the bare key for Ed25519 (RFC 8463 §4.2).
func publicBytes(public crypto.PublicKey) ([]byte, error) {
	if ed, ok := public.(ed25519.PublicKey); ok {
		return ed, nil
	}
	return x509.MarshalPKIXPublicKey(public)
}

// Zone is the record as a line of a zone file: a text of more than 255 bytes is several strings (RFC 1035 §3.3.14).
func (k Key) Zone() string {
	line := k.Name + ". IN TXT ("
	for rest := k.Record; rest != ""; {
		n := min(len(rest), 255)
		line += fmt.Sprintf(" %q", rest[:n])
		rest = rest[n:]
	}
	return line + " )"
}
