package mce

// Library is content as it is imported: one file, or several read as one.
type Library struct {
	Topics    []Topic        `json:"topics"`
	Articles  []Article      `json:"articles"`
	Events    []Event        `json:"events"`
	Resources []Resource     `json:"resources"`
	Series    []Series       `json:"series"`
	Reminders []ReminderRule `json:"reminders"`
}

// Add appends the content of other.
func (l *Library) Add(other Library) {
	l.Topics = append(l.Topics, other.Topics...)
	l.Articles = append(l.Articles, other.Articles...)
	l.Events = append(l.Events, other.Events...)
	l.Resources = append(l.Resources, other.Resources...)
	l.Series = append(l.Series, other.Series...)
	l.Reminders = append(l.Reminders, other.Reminders...)
}

// Check lists everything that is wrong, so that one reading mends it all.
func (l Library) Check() []error {
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	for _, x := range l.Topics {
		note(x.Check())
	}
	for _, x := range l.Articles {
		note(x.Check())
	}
	for _, x := range l.Events {
		note(x.Check())
	}
	for _, x := range l.Resources {
		note(x.Check())
	}
	for _, x := range l.Series {
		note(x.Check())
	}
	for _, x := range l.Reminders {
		note(x.Check())
	}
	return faults
}

// Size counts the pieces.
func (l Library) Size() int {
	return len(l.Topics) + len(l.Articles) + len(l.Events) + len(l.Resources) + len(l.Series) + len(l.Reminders)
}
