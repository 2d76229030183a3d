package main

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"
)

type configCmd struct{ asJSON }

// setting is a row of the table of settings.
type setting struct {
	Name  string `json:"name"`
	Flag  string `json:"flag"`
	Value string `json:"value"`
	Help  string `json:"help"`
	// Default is as the struct declares it: ${data_dir} stands for what depends on the machine.
	Default string `json:"-"`
}

// Run shows the settings in force.
func (c *configCmd) Run(e *env) error {
	all := e.settings.table()
	return c.print(e.out, all, func(t *tabwriter.Writer) {
		for _, s := range all {
			row(t, s.Name, s.Value)
		}
	})
}

// table lists the settings as the struct declares them, secrets left out.
func (s *Settings) table() []setting {
	var all []setting
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		row := setting{
			Name: tag.Get("env"), Flag: "--" + flagName(tag.Get("env")), Value: fmt.Sprint(v.Field(i).Interface()),
			Help: tag.Get("help"), Default: tag.Get("default"),
		}
		if kind, secret := tag.Lookup("secret"); secret {
			row.Value = masked(row.Value, kind == "address")
		}
		all = append(all, row)
	}
	return all
}

// flagName is the flag of an environment variable: the same words.
func flagName(env string) string { return strings.ToLower(strings.ReplaceAll(env, "_", "-")) }

// masked hides the passwords of addresses, and the whole of anything else.
func masked(v string, address bool) string {
	words := strings.Fields(v)
	for i, word := range words {
		u, err := url.Parse(word)
		if err != nil || !address || u.Host == "" {
			return "(set)"
		}
		q := u.Query()
		for key := range q {
			if strings.Contains(key, "password") && key != "password_file" { // libpq takes password and sslpassword from there too
				q.Set(key, "xxxxx")
			}
		}
		u.RawQuery = q.Encode()
		words[i] = u.Redacted()
	}
	return strings.Join(words, " ")
}
