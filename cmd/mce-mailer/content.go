package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"

	"github.com/majorcities/mce-mailer/mce"
)

type contentCmd struct {
	Import contentImportCmd `cmd:"" help:"Read content from a JSON file, or from all of a folder. Pieces are known by their slug and replaced; all or nothing. Series too, with their times; a paused one stays paused."`
}

type contentImportCmd struct {
	asJSON
	Path string `arg:"" type:"path" name:"file-or-dir" help:"A .json file, or a folder of them."`
}

// Run imports content.
func (c *contentImportCmd) Run(e *env) error {
	lib, err := readLibrary(c.Path)
	if err != nil {
		return err
	}
	if faults := lib.Check(); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(e.err, f)
		}
		return mce.Invalidf("nothing was imported: %d of %d pieces have a fault", len(faults), lib.Size())
	}
	return e.with(func(a *app) error {
		if err := keepPaused(e, a, lib.Series); err != nil {
			return err
		}
		if err := a.store.SaveLibrary(e.acting(), lib, e.clock.Now()); err != nil {
			return err
		}
		counts := map[string]int{
			"topics": len(lib.Topics), "articles": len(lib.Articles), "events": len(lib.Events),
			"resources": len(lib.Resources), "series": len(lib.Series), "reminders": len(lib.Reminders),
		}
		return c.print(e.out, counts, func(t *tabwriter.Writer) {
			for _, kind := range []string{"topics", "articles", "events", "resources", "series", "reminders"} {
				row(t, kind, counts[kind])
			}
		})
	})
}

// keepPaused lets an import of content not start a series that somebody has stopped.
func keepPaused(e *env, a *app, series []mce.Series) error {
	known, err := a.store.AllSeries(e.ctx)
	for i := range series {
		for _, k := range known {
			if k.Slug == series[i].Slug && k.Paused {
				series[i].Paused = true
			}
		}
	}
	return err
}

// readLibrary reads one file, or every .json file of a folder in the order of their names.
func readLibrary(path string) (mce.Library, error) {
	var lib mce.Library
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return lib, mce.Invalidf("%s", err)
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.json")); err != nil {
			return lib, err
		}
		sort.Strings(files)
	}
	if len(files) == 0 {
		return lib, mce.NotFoundf("there is no .json file in %s", path)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return lib, err
		}
		part, err := decodeLibrary(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return lib, mce.Invalidf("%s: %s", name, err)
		}
		lib.Add(part)
	}
	return lib, nil
}

// decodeLibrary refuses names that nobody reads: a slip of the pen would silently be no content.
func decodeLibrary(r io.Reader) (mce.Library, error) {
	var lib mce.Library
	in := json.NewDecoder(r)
	in.DisallowUnknownFields()
	if err := in.Decode(&lib); err != nil {
		return lib, fmt.Errorf("not understood near byte %d: %s", in.InputOffset(), strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return lib, fmt.Errorf("not understood near byte %d: something stands behind the end", in.InputOffset())
	}
	return lib, nil
}
