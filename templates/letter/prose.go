package letter

// Prose is an editor's Markdown as HTML for a page of ours: paragraphs, lists, quotations, headings from h3 on, emphasis and links, and nothing else.
// It has no classes and no styles; the page's own hold.
func (l *Letters) Prose(markdown string) (string, error) { return l.markdown.html(markdown, 3) }
