package api

import (
	"bytes"
	_ "embed" // openapi.json
	"net/http"

	"github.com/majorcities/mce-mailer/mce"
)

// The description of the interface, written by hand.
//
//go:embed openapi.json
var openapi []byte

// exampleURL stands in the document for the public address.
const exampleURL = "https://mail.example.org"

// document shows the description to everybody, with the address of this installation in it.
func (s *Server) document(w http.ResponseWriter, _ *http.Request, _ mce.APIToken) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Write(bytes.ReplaceAll(openapi, []byte(exampleURL), []byte(s.Site.PublicURL))) //nolint:errcheck // the client has gone
	return nil
}
