package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

func TestTheDemosStoryIsTrue(t *testing.T) {
	var out, errs lockedBuffer
	status := run(t.Context(), []string{"demo", "--check"}, strings.NewReader(""), &out, &errs)
	if status != 0 {
		t.Fatalf("exit status %d\n%s%s", status, out.String(), errs.String())
	}
	for _, want := range []string{"You are registered", "skipped (too little to say", "each once; nobody who had left got one"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the story does not tell %q", want)
		}
	}
}

// demoAt is a running demo on an address of its own.
type demoAt struct {
	t    *testing.T
	base string
	stop func() string
}

func startDemo(t *testing.T, dir, addr string, more ...string) *demoAt {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	in, typing := io.Pipe() // a terminal at which nobody types
	var out lockedBuffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"demo", "--addr=" + addr, "--data-dir=" + dir}, more...), in, &out, &out)
	}()
	d := &demoAt{t: t, base: "http://" + addr, stop: func() string {
		cancel()
		typing.Close()
		if status := <-done; status != 0 {
			t.Errorf("demo: exit status %d\n%s", status, out.String())
		}
		return out.String()
	}}
	until(t, "the demo is ready", func() bool {
		r, err := http.Get(d.base + "/readyz")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	return d
}

func (d *demoAt) get(path string) string {
	d.t.Helper()
	r, err := http.Get(d.base + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %s %v", path, r.Status, err)
	}
	return string(b)
}

func (d *demoAt) post(path string, form url.Values) string {
	d.t.Helper()
	r, err := http.PostForm(d.base+path, form)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	if r.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %s %s", path, r.Status, b)
	}
	return string(b)
}

func TestTheDemoIsSteeredByItsPageAndKeepsWhatItHas(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "mce-demo-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	d := startDemo(t, dir, addr)
	d.post("/demo/clock", url.Values{"do": {"pause"}})
	for range 6 { // to the issue that has gone out
		d.post("/demo/clock", url.Values{"do": {"next"}})
	}
	if page := d.get("/demo/"); strings.Contains(page, "went wrong") { // a step that did not wait for the mail it needs
		t.Errorf("a step of the story failed:\n%s", page)
	}
	until(t, "the issue is sent", func() bool { return strings.Contains(d.get("/demo/"), "Number 1</strong>, 2023-10-19 09:00: sent") })
	if page := d.post("/demo/register", url.Values{"name": {"Eva Muster"}, "email": {"eva@example.org"}, "language": {"en"}}); !strings.Contains(page, "Done.") {
		t.Errorf("the page does not say that the delegate is registered:\n%s", page)
	}
	until(t, "the confirmation has arrived", func() bool { return strings.Contains(d.get("/inbox/api/mails"), "eva@example.org") })
	if page := d.get("/demo/issue/1"); !strings.Contains(page, "section &#34;news&#34; is full") {
		t.Errorf("the issue's page does not explain:\n%s", page)
	}
	if page := d.get("/archive"); !strings.Contains(page, "/archive/newsletter/1/") {
		t.Error("the archive does not have the issue")
	}
	d.stop()

	d = startDemo(t, dir, addr)
	if !strings.Contains(d.get("/inbox/api/mails"), "eva@example.org") || !strings.Contains(d.get("/demo/"), "Number 1</strong>") {
		t.Error("the second start has lost what the first had")
	}
	d.stop()
}

func TestTheDemoAnswersThisMachineOnly(t *testing.T) {
	if status, _, stderr := (&house{t: t}).try("demo", "--addr=0.0.0.0:8025"); status != 2 || !strings.Contains(stderr, "this machine only") {
		t.Errorf("exit status %d, %s", status, stderr)
	}
}
