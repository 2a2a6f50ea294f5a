package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse"
)

// TestLivePipeIsTheStream holds that what is read is what was written, whatever the
// pauses.
func TestLivePipeIsTheStream(t *testing.T) {
	in, out := io.Pipe()
	p := newLivePipe(in, nil)
	p.quiet, p.every = time.Millisecond, 3*time.Millisecond
	var want bytes.Buffer
	go func() {
		for i := range 200 {
			part := strings.Repeat("x", i*i%1000+1)
			want.WriteString(part)
			io.WriteString(out, part)
			time.Sleep(time.Duration(i%7) * 100 * time.Microsecond)
		}
		out.Close()
	}()
	var got bytes.Buffer
	pauses := 0
	for b := make([]byte, 100); ; {
		n, err := p.Read(b)
		got.Write(b[:n])
		if err != nil {
			break
		}
		if p.Pause() {
			pauses++
		}
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("read %d bytes of %d", got.Len(), want.Len())
	}
	if pauses == 0 {
		t.Error("no pause was told")
	}
}

func TestLivePipeCanBeStopped(t *testing.T) {
	in, _ := io.Pipe()
	stop := make(chan struct{})
	p := newLivePipe(in, stop)
	close(stop)
	if n, err := p.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestScreenDrawsOver(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out, size: func() (int, int) { return 5, 4 }}
	for _, test := range []struct{ text, want string }{
		{"one\ntwo\n", "one\ntwo\n"},
		{"größer als fünf\n2\n3\n4\n5\n", "\r\x1b[2A\x1b[Jgröße\n2\n3\n"},
		{"", "\r\x1b[3A\x1b[J"},
		{"last\n", "last\n"},
	} {
		out.Reset()
		if err := s.draw([]byte(test.text)); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("got %q, want %q", out.String(), test.want)
		}
	}
	out.Reset()
	if err := s.clear(); err != nil || out.String() != "\r\x1b[1A\x1b[J" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

// TestProgressNeedsATerminal holds that a file or another writer sees none of it, and
// that nothing is counted for it.
func TestProgressNeedsATerminal(t *testing.T) {
	sources := []parse.Source{{Path: "a"}}
	var out bytes.Buffer
	showProgress(streams{err: &out}, sources, true)()
	if sources[0].Progress != nil || out.Len() > 0 {
		t.Error("there is progress")
	}
}
