package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/majorcities/mce-mailer/mce"
)

// asJSON is embedded in every verb that prints data.
type asJSON struct {
	JSON bool `name:"json" help:"Print JSON for scripts."`
}

// print writes v as JSON, or lets text write it for people.
func (o asJSON) print(w io.Writer, v any, text func(*tabwriter.Writer)) error {
	if o.JSON {
		if list := reflect.ValueOf(v); list.Kind() == reflect.Slice && list.IsNil() {
			v = []any{} // an empty list, for scripts, rather than null
		}
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(v)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	text(t)
	return t.Flush()
}

// row writes cells of a table.
func row(w io.Writer, cells ...any) {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = fmt.Sprint(c)
	}
	fmt.Fprintln(w, strings.Join(words, "\t"))
}

// writeTable writes a CSV file of personal data, readable by its owner alone, or to the standard output for "-". each calls line for every line
// below the header. A file is complete or not there.
func (e *env) writeTable(name string, header []string, each func(line func([]string) error) error) error {
	write := func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(header); err != nil {
			return err
		}
		if err := each(out.Write); err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	}
	if name == "-" {
		return write(e.out)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return mce.Invalidf("%s cannot be written: %s", name, err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its name by then, or is not wanted
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// moment is a time for a table; "–" when there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04 MST")
}

// progress shows how far a long work is: a bar on a terminal, a line for each tenth elsewhere.
type progress struct {
	w     io.Writer
	what  string
	total int
	bars  *mpb.Progress
	bar   *mpb.Bar
	done  int
}

func newProgress(w io.Writer, what string, total int) *progress {
	p := &progress{w: w, what: what, total: total}
	if isTerminal(w) {
		p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(60))
		p.bar = p.bars.AddBar(int64(total), mpb.PrependDecorators(decor.Name(what+" "), decor.CountersNoUnit("%d / %d")),
			mpb.AppendDecorators(decor.Percentage()))
	}
	return p
}

func (p *progress) set(done int) {
	if p.bar != nil {
		p.bar.SetCurrent(int64(done))
	} else if p.total > 0 && done*10/p.total > p.done*10/p.total {
		fmt.Fprintf(p.w, "%s: %d of %d\n", p.what, done, p.total)
	}
	p.done = done
}

// end takes the bar off its hook, complete or not.
func (p *progress) end() {
	if p.bar == nil {
		return
	}
	if p.done < p.total {
		p.bar.Abort(false)
	}
	p.bars.Wait()
}
