//go:build ignore

// Reduce makes caniemail.json of the data of https://www.caniemail.com (its api/data.json, or the file of that content in the npm package
// "caniemail"): go run reduce.go < data.json > caniemail.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"
)

// programs are those that matter to readers of an association in Europe, by family and platform.
var programs = map[string]string{
	"gmail.desktop-webmail": "Gmail", "gmail.ios": "Gmail (iPhone)", "gmail.android": "Gmail (Android)", "outlook.windows": "Outlook (Windows)",
	"outlook.outlook-com": "Outlook.com", "outlook.macos": "Outlook (Mac)", "outlook.ios": "Outlook (iPhone)", "outlook.android": "Outlook (Android)",
	"apple-mail.macos": "Apple Mail", "apple-mail.ios": "Mail (iPhone)", "thunderbird.macos": "Thunderbird", "yahoo.desktop-webmail": "Yahoo",
	"samsung-email.android": "Samsung Email", "gmx.desktop-webmail": "GMX", "web-de.desktop-webmail": "WEB.DE",
}

// feature is something that some programs lack. Is names what it is in the signs of support.go: a property, "property:value", "function()",
// "@rule", "<element>" or "[attribute]".
type feature struct {
	Title string   `json:"title"`
	Is    []string `json:"is"`
	Lacks []string `json:"lacks"`
}

// versions is an object of versions, of which the last one written is the latest tested.
type versions struct{ latest string }

func (v *versions) UnmarshalJSON(raw []byte) error {
	in := json.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := in.Token()
		if err != nil {
			return nil
		}
		if word, ok := token.(string); ok {
			v.latest = word
		}
	}
}

var (
	element   = regexp.MustCompile(`^(?:Embedded )?(<\w+)`)
	attribute = regexp.MustCompile(`^([\w-]+(?: and [\w-]+)?) attributes?$`)
	media     = regexp.MustCompile(`@media \(([\w-]+)\)`)
	function  = regexp.MustCompile(`^(?:CSS )?([\w-]+)\(\)(?: function)?$`)
	property  = regexp.MustCompile(`^[a-z-]+$`)
)

// names reads what a feature is from its slug and title; nothing for selectors, units and what a mail is not searched for.
func names(slug, title string) []string {
	if m := element.FindStringSubmatch(title); m != nil {
		if strings.Contains(title, "type=") {
			return nil
		}
		return []string{m[1] + ">"}
	}
	if m := attribute.FindStringSubmatch(title); m != nil {
		var out []string
		for word := range strings.SplitSeq(m[1], " and ") {
			out = append(out, "["+word+"]")
		}
		return out
	}
	if all := media.FindAllStringSubmatch(title, -1); all != nil {
		var out []string
		for _, m := range all {
			out = append(out, "@media "+m[1])
		}
		return out
	}
	if strings.HasPrefix(title, "@") {
		return []string{title}
	}
	if !strings.HasPrefix(slug, "css-") || strings.Contains(slug, "-pseudo-") || strings.Contains(slug, "-selector-") || slug == "css-inert-attribute" {
		return nil
	}
	if strings.Contains(slug, "-unit-") && !strings.HasSuffix(title, "function") || strings.Contains(title, "logical") {
		return nil
	}
	var out []string
	for word := range strings.FieldsFuncSeq(title, func(r rune) bool { return r == ',' || r == '&' }) {
		word = strings.TrimSpace(word)
		if m := function.FindStringSubmatch(word); m != nil {
			out = append(out, m[1]+"()")
			continue
		}
		word = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(word, " property"), " CSS"), " properties")
		if word = strings.ReplaceAll(word, ": ", ":"); property.MatchString(strings.Replace(word, ":", "", 1)) {
			out = append(out, word)
		}
	}
	return out
}

func main() {
	var in struct {
		Updated string `json:"last_update_date"`
		Data    []struct {
			Slug, Title, Category string
			Stats                 map[string]map[string]versions
		}
	}
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\n \"source\": \"https://www.caniemail.com/api/data.json, reduced to widespread mail programs and to what the latest tested version of each lacks\",\n"+
		" \"licence\": \"MIT, Copyright (c) 2019 HTeuMeuLeu, https://github.com/hteumeuleu/caniemail/blob/main/LICENSE\",\n \"updated\": %q,\n \"features\": [", in.Updated)
	first := true
	for _, f := range in.Data {
		is := names(f.Slug, f.Title)
		var lacks []string
		for family, platforms := range f.Stats {
			for platform, v := range platforms {
				if name := programs[family+"."+platform]; name != "" && strings.HasPrefix(v.latest, "n") {
					lacks = append(lacks, name)
				}
			}
		}
		slices.Sort(lacks)
		if len(is) == 0 || len(lacks) == 0 {
			continue
		}
		if !first {
			fmt.Print(",")
		}
		first = false
		fmt.Print("\n  ")
		enc := json.NewEncoder(trimmed{})
		enc.SetEscapeHTML(false)
		if err := enc.Encode(feature{f.Title, is, lacks}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("\n ]\n}")
}

// trimmed writes without the line end that json.Encoder adds.
type trimmed struct{}

func (trimmed) Write(b []byte) (int, error) {
	_, err := os.Stdout.Write(bytes.TrimRight(b, "\n"))
	return len(b), err
}
