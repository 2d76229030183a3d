package preflight

import (
	"context"
	"errors"
)

// Try looks at a link.
func Try(ctx context.Context, l *Links, link string) (int, error) { return l.look(ctx, link) }

// Refused reports whether a link was not tried because of where it leads.
func Refused(err error) bool { return errors.Is(err, errPrivate) || errors.Is(err, errPort) }

// Allowed decides on an address as the dialer does.
func Allowed(address string) error { return allowed(address, false) }
