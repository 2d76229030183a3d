package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/majorcities/mce-mailer/web"
)

func TestServeFinishesWhatIsUnderWayBeforeItEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		io.WriteString(w, "done")
	})}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, server, func() error { return server.Serve(listener) }) }()
	r, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != "done" {
		t.Errorf("%q, %v", body, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + listener.Addr().String()); err == nil {
		t.Error("it still answers")
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	server := &http.Server{}
	if err := web.Serve(t.Context(), server, func() error { return server.Serve(listener) }); err == nil {
		t.Error("no error for a closed listener")
	}
}
