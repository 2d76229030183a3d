package mce

// TopicUse is a topic, and how much there is that names it.
type TopicUse struct {
	Topic
	Subscribers int // who have not left
	Pieces      int // of content
	Newsletters int // that have a section of it, or go to its readers alone
	Wishes      int // of people who are about to subscribe
}

// Used reports whether anything names the topic: then it cannot be removed.
func (u TopicUse) Used() bool { return u.Subscribers+u.Pieces+u.Newsletters+u.Wishes > 0 }
