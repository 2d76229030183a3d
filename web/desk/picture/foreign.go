package picture

import "bytes"

// foreign says what else a file is beside a picture; empty: nothing. What is made anew has none of it, but who sends such a file meant something by
// it, or does not know what was done to theirs.
func foreign(raw []byte) string {
	folded := bytes.ToLower(raw)
	for _, mark := range []struct{ bytes, what string }{
		{"<script", "a page with a script"}, {"<html", "a page"}, {"<!doctype", "a page"}, {"<svg", "a drawing that can run scripts"}, {"<?php", "a program"},
		{"%pdf-1.", "a document"},
	} {
		if bytes.Contains(folded, []byte(mark.bytes)) {
			return mark.what
		}
	}
	// An archive is found by its end: a record of 22 bytes and a comment (APPNOTE.TXT 4.3.16).
	const endOfArchive, tail = "PK\x05\x06", 22 + 1<<16
	if bytes.Contains(raw[max(0, len(raw)-tail):], []byte(endOfArchive)) {
		return "an archive"
	}
	return ""
}
