package letter

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const nonceSize = 10

// newNonce marks the slots of one rendering: ten letters and digits at random.
func newNonce(sources ...any) (string, error) {
	nonce := strings.ToLower(rand.Text()[:nonceSize])
	return nonce, absent(nonce, sources...)
}

// absent refuses to go on where a source contains the nonce: a text could pass for a slot. By chance it never happens.
func absent(nonce string, sources ...any) error {
	raw, err := json.Marshal(sources)
	if err != nil {
		return fmt.Errorf("read what a letter is made of: %w", err)
	}
	if strings.Contains(strings.ToLower(string(raw)), nonce) {
		return errors.New("a text contains the random mark of this rendering; try again")
	}
	return nil
}
