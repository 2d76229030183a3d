package mce

import "slices"

// Readership is the readers of an issue who share a language and a set of topics.
type Readership struct {
	Lang    Lang
	Topics  []string // sorted
	Readers int
}

// Part is what an edition is made of: a draft cut to the topics of its readers, in their language.
type Part struct {
	Draft   Draft
	Lang    Lang
	Topics  []string // those of the draft that its readers chose
	Readers int      // 0: nobody reads it at present
}

// Parts are the editions that readerships need, and beside them the whole issue in every language of the series, which the archive shows.
func (d Draft) Parts(readers []Readership) []Part {
	all := d.Topics()
	var parts []Part
	for _, lang := range d.Series.Languages {
		parts = append(parts, Part{Draft: d, Lang: lang, Topics: all})
	}
	for _, r := range readers {
		lang := r.Lang
		if !slices.Contains(d.Series.Languages, lang) {
			lang = English
		}
		topics := slices.DeleteFunc(slices.Clone(all), func(t string) bool { return !slices.Contains(r.Topics, t) })
		same := slices.IndexFunc(parts, func(p Part) bool { return p.Lang == lang && slices.Equal(p.Topics, topics) })
		if same >= 0 {
			parts[same].Readers += r.Readers
			continue
		}
		if part := d.For(topics); len(part.Items) > 0 {
			parts = append(parts, Part{Draft: part, Lang: lang, Topics: topics, Readers: r.Readers})
		}
	}
	return parts
}
