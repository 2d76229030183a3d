package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/majorcities/mce-mailer/mce"
)

// The media types of bodies.
const (
	plainJSON  = "application/json"
	mergePatch = "application/merge-patch+json" // RFC 7396
)

// body is that of a request, in the form that is expected.
func body(r *http.Request, mediaType string) ([]byte, error) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != mediaType {
		header := map[string]string{"Accept": mediaType} // RFC 9110 §15.5.16
		if r.Method == http.MethodPatch {
			header["Accept-Patch"] = mediaType // RFC 5789 §3.1
		}
		return nil, &refusal{http.StatusUnsupportedMediaType, "unsupported_media_type", "The body must be of the type " + mediaType + ".", header}
	}
	raw, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		err = &mce.Error{Code: mce.Invalid, Message: "The body was cut off on its way.", Err: err}
	}
	return raw, err
}

// read is body, read into a value.
func read(r *http.Request, into any) error {
	raw, err := body(r, plainJSON)
	if err != nil {
		return err
	}
	return decode(raw, into)
}

// decode reads JSON strictly: members that nobody knows, members said twice, and characters that no database keeps are faults, not trifles.
func decode(raw []byte, into any) error {
	if err := refuseNUL(raw); err != nil {
		return wrongAt(err)
	}
	return wrongAt(json.Unmarshal(raw, into, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFunc(readTime))))
}

// readTime refuses times that could not be shown again: RFC 3339 ends with the year 9999, in whatever zone.
func readTime(raw []byte, t *time.Time) error {
	if err := t.UnmarshalJSON(raw); err != nil {
		return err
	}
	if y := t.UTC().Year(); y > 9998 {
		return fmt.Errorf("the year %d is too far away", y)
	}
	return nil
}

// wrongAt says where the JSON is wrong, and what is expected there.
func wrongAt(err error) error {
	var form *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &form):
		return faults{{string(form.JSONPointer), fmt.Sprintf("this is not JSON, near byte %d: %s", form.ByteOffset, form.Err)}}
	case errors.As(err, &meaning) && errors.Is(err, json.ErrUnknownName):
		return faults{{string(meaning.JSONPointer), "there is no member of this name"}}
	case errors.As(err, &meaning):
		return faults{{string(meaning.JSONPointer), "expected " + expected(meaning.GoType)}}
	}
	return &mce.Error{Code: mce.Invalid, Message: "The body is not JSON, or it was cut off.", Err: err} // an empty one
}

// expected says what a type looks like in JSON.
func expected(t reflect.Type) string {
	if t == reflect.TypeFor[time.Time]() {
		return "a time such as 2027-06-10T09:00:00+02:00"
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}

// refuseNUL refuses the one character that PostgreSQL keeps in no text.
func refuseNUL(raw []byte) error {
	in := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := in.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token.Kind() == '"' && strings.ContainsRune(token.String(), 0) {
			return &jsontext.SyntacticError{
				JSONPointer: in.StackPointer(), ByteOffset: in.InputOffset(), Err: errors.New("a text cannot have the character U+0000"),
			}
		}
	}
}

// patched is a value after a merge patch: what the patch names is replaced, what it names with null goes, all else stays (RFC 7396).
func patched[T any](value T, patch []byte) (out T, err error) {
	var change, target any
	if err := decode(patch, &change); err != nil {
		return out, err
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &target); err != nil {
		return out, err
	}
	if raw, err = json.Marshal(merge(target, change)); err != nil {
		return out, err
	}
	return out, decode(raw, &out)
}

// merge is MergePatch of RFC 7396 §2.
func merge(target, patch any) any {
	change, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	out, isObject := target.(map[string]any)
	if !isObject {
		out = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = merge(out[name], value)
		}
	}
	return out
}
