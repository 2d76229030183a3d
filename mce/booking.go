package mce

import "time"

// Booking is the registration of several people at once by somebody who answers for them, and who may be one of them.
type Booking struct {
	ID        int64
	Event     string // slug
	Email     string
	Name      string
	Language  Lang
	CreatedAt time.Time
}

// NewBooking checks what somebody who registers others says of themselves.
func NewBooking(event, email, name, language string) (b Booking, fault *FieldError) {
	b.Event = event
	var err error
	if b.Email, err = ParseAddress(email); err != nil {
		return b, &FieldError{"email", err}
	}
	if b.Name, err = CleanName(name); err != nil {
		return b, &FieldError{"name", err}
	}
	if b.Name == "" {
		return b, &FieldError{"name", Invalidf("the name of who books is missing")}
	}
	if b.Language, err = ParseLang(language); err != nil {
		return b, &FieldError{"language", err}
	}
	return b, nil
}

// Order is a wish for places: all of them are taken, or none.
type Order struct {
	Booker *Booking // nil: nobody registers them but themselves
	People []Registration
}
