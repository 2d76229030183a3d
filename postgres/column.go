package postgres

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// jsonb maps a value to a jsonb column.
type jsonb[T any] struct{ V T }

func (j jsonb[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if string(b) == "null" { // a nil Text
		return "{}", err
	}
	return string(b), err
}

func (j *jsonb[T]) Scan(src any) error {
	switch b := src.(type) {
	case []byte:
		return json.Unmarshal(b, &j.V)
	case nil:
		return nil
	default:
		return fmt.Errorf("jsonb from %T", src)
	}
}

// orNull is null for the zero time.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// orZero is the zero time for null.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// strs turns a list of a string type into what a text[] argument takes; never null.
func strs[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}

// typed turns a scanned text[] back into a string type; nil when empty.
func typed[T ~string](in []string) []T {
	var out []T
	for _, v := range in {
		out = append(out, T(v))
	}
	return out
}
