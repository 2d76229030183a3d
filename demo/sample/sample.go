// Package sample is the content that the demo starts with: the weeks around the conference in Prato in October 2023.
package sample

import _ "embed"

//go:embed content.json
var content string

//go:embed subscribers.csv
var subscribers string

//go:embed delegates.csv
var delegates string

// Content is a JSON object with the topics, events, resources, articles, series and reminders, each a list in the form of package mce.
func Content() []byte { return []byte(content) }

// Subscribers is a CSV table with the columns email, name, language and topics; the topics are separated by blanks.
func Subscribers() []byte { return []byte(subscribers) }

// Delegates is a CSV table with the columns event, email, name, organisation, country and language.
func Delegates() []byte { return []byte(delegates) }
