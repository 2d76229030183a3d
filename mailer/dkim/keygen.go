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
	if ed {
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
	record, err := recordOf(private.Public())
	return Key{PEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), Name: recordName(domain, selector), Record: record}, err
}

func recordName(domain, selector string) string { return selector + "._domainkey." + domain }

// recordOf is the TXT record of a public key.
func recordOf(public crypto.PublicKey) (string, error) {
	kind := "rsa"
	if _, ed := public.(ed25519.PublicKey); ed {
		kind = "ed25519"
	}
	key, err := publicBytes(public)
	return fmt.Sprintf("v=DKIM1; k=%s; p=%s", kind, base64.StdEncoding.EncodeToString(key)), err
}

// Records are the TXT records that publish the signer's keys, by their names: what a verifier needs.
func (s *Signer) Records() (map[string]string, error) {
	records := map[string]string{}
	for _, o := range s.options {
		record, err := recordOf(o.Signer.Public())
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", o.Selector, err)
		}
		records[recordName(o.Domain, o.Selector)] = record
	}
	return records, nil
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
