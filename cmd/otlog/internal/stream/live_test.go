package stream

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestLivePipeIsTheStream checks that a LivePipe loses no bytes, whatever the pauses.
func TestLivePipeIsTheStream(t *testing.T) { synctest.Test(t, readLivePipe) }

func readLivePipe(t *testing.T) {
	in, out := io.Pipe()
	p := NewLivePipe(in, nil)
	p.quiet, p.every = time.Millisecond, 3*time.Millisecond
	var want bytes.Buffer
	go func() {
		for i := range 200 {
			part := strings.Repeat("x", i*i%1000+1)
			want.WriteString(part)
			io.WriteString(out, part)
			<-time.After(time.Duration(i%7) * 500 * time.Microsecond)
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
		t.Error("there was no pause")
	}
}

func TestLivePipeCanBeStopped(t *testing.T) {
	in, _ := io.Pipe()
	stop := make(chan struct{})
	p := NewLivePipe(in, stop)
	close(stop)
	if n, err := p.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("got %d, %v", n, err)
	}
}
