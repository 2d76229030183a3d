// Package dkim signs mails (RFC 6376, RFC 8463) and makes keys. It is only needed where the relay does not sign.
package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/idna"

	"github.com/majorcities/mce-mailer/mce"
)

// Signer signs with one or several keys, a signature each. It is safe for concurrent use: sessions sign in parallel.
type Signer struct {
	options []*dkim.SignOptions
}

// headers is h= of every signature. The first four stand once more than mails have them ("oversigned"): a second From added on the way
// breaks the signature (RFC 6376 §8.15). Fields that a mail does not have are signed as absent.
func headers() []string {
	return []string{
		"From", "From", "To", "To", "Subject", "Subject", "Date", "Date",
		"Reply-To", "Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted",
		"List-Unsubscribe", "List-Unsubscribe-Post", // RFC 8058 §4 wants both covered
		"List-Id", "List-Help", "List-Owner", "List-Archive", "List-Post", "Feedback-ID", "Precedence",
	}
}

// Load reads keys given as "selector:file,selector:file" for the domain of the sender's address. Files are PEM, PKCS #8 or PKCS #1:
// RSA of at least 2048 bits, or Ed25519 as a second signature beside it.
func Load(domain, keys string) (*Signer, error) {
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return nil, mce.Invalidf("%q is no domain that can sign", domain)
	}
	s := &Signer{}
	for entry := range strings.SplitSeq(keys, ",") {
		selector, file, ok := strings.Cut(strings.TrimSpace(entry), ":")
		if !ok || selector == "" || file == "" {
			return nil, mce.Invalidf("expected selector:file, or several of them with commas between, not %q", entry)
		}
		key, err := readKey(file)
		if err != nil {
			return nil, err
		}
		s.options = append(s.options, &dkim.SignOptions{
			Domain: domain, Selector: selector, Signer: key, Hash: crypto.SHA256, HeaderKeys: headers(),
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		})
	}
	return s, nil
}

func readKey(file string) (crypto.Signer, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, mce.Invalidf("the key cannot be read: %s", err)
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, mce.Invalidf("%s holds no key in PEM; mce-mailer dkim keygen makes one", file)
	}
	var key any
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, mce.Invalidf("%s holds no private key: %s", file, err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 2048 {
			return nil, mce.Invalidf("%s: an RSA key of %d bits is too short; at least 2048 are needed", file, k.N.BitLen())
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, mce.Invalidf("%s: keys are RSA or Ed25519, not %T", file, key)
}

// Sign appends the signatures and then the message to dst. The message must have CRLF line ends and is not changed.
func (s *Signer) Sign(dst, message []byte) ([]byte, error) {
	for _, o := range s.options {
		signer, err := dkim.NewSigner(o)
		if err != nil {
			return dst, fmt.Errorf("sign: %w", err)
		}
		_, err = signer.Write(message)
		if closeErr := signer.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return dst, fmt.Errorf("sign: %w", err)
		}
		dst = append(dst, signer.Signature()...)
	}
	return append(dst, message...), nil
}
