package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
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
