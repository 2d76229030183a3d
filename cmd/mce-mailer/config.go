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
	Name   string `json:"name"`
	Flag   string `json:"flag"`
	Value  string `json:"value"`
	Help   string `json:"help"`
	secret bool
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
		_, secret := tag.Lookup("secret")
		row := setting{
			Name: tag.Get("env"), Flag: "--" + flagName(tag.Get("env")), Value: fmt.Sprint(v.Field(i).Interface()),
			Help: tag.Get("help"), secret: secret,
		}
		if secret {
			row.Value = masked(row.Value)
		}
		all = append(all, row)
	}
	return all
}

// flagName is the flag of an environment variable: the same words.
func flagName(env string) string { return strings.ToLower(strings.ReplaceAll(env, "_", "-")) }

// masked hides the password of an address, and the whole of anything else.
func masked(v string) string {
	if v == "" {
		return ""
	}
	if u, err := url.Parse(v); err == nil && u.Host != "" {
		return u.Redacted()
	}
	return "(set)"
}
