package stretch

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// reader returns the reader of a log.
func reader(t *testing.T, log []byte) *parse.Reader {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(path, log, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := parse.Open(parse.Source{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	for in, err := range f.Inputs(parse.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		return in.Readers()[0]
	}
	t.Fatal("no input")
	return nil
}

// lines returns a log of at least some bytes.
func lines(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "2026-11-02T03:21:34Z joined room %d\n", i)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	log := lines(10 * parse.BlockSize)
	for _, size := range []int{0, 1, 3 * parse.BlockSize, len(log), 2 * len(log)} {
		r, p := reader(t, log), NewPool(1, 0, false)
		p.bytes = size
		var read []byte
		for end := false; !end; {
			s, err := p.Read(r)
			end = err != nil
			if end && err != io.EOF {
				t.Fatal(err)
			}
			if s == nil {
				break
			}
			n := 0
			for _, b := range s.Blocks {
				read = append(read, b.Data...)
				n += len(b.Data)
			}
			if !end && n < size {
				t.Errorf("size %d: a stretch of %d bytes before the end", size, n)
			}
			if n >= size+parse.BlockSize && len(s.Blocks) > 1 {
				t.Errorf("size %d: a stretch of %d bytes", size, n)
			}
			p.Free(s)
		}
		if !bytes.Equal(read, log) {
			t.Errorf("size %d: read %d bytes, want %d in their order", size, len(read), len(log))
		}
		if len(p.free) != cap(p.free) {
			t.Errorf("size %d: %d of %d stretches are free in the end", size, len(p.free), cap(p.free))
		}
	}
}

// TestRoomOfLongRecords reads long records, whose room must not be kept.
func TestRoomOfLongRecords(t *testing.T) {
	long := strings.Repeat("x", 3<<20) + "\n"
	r, p := reader(t, append([]byte(strings.Repeat(long, 9)), lines(40<<20)...)), NewPool(1, 0, false)
	short := 0
	for {
		s, err := p.Read(r)
		if s == nil {
			break
		}
		for _, b := range s.Blocks {
			if bytes.Contains(b.Data, []byte("xx")) {
				continue
			}
			if short++; cap(b.Data) > 4*parse.BlockSize {
				t.Fatalf("a block of short lines has room for %d bytes", cap(b.Data))
			}
		}
		if p.Free(s); err != nil {
			break
		}
	}
	if short < 100 {
		t.Fatalf("read %d blocks of short lines", short)
	}
}

func TestBytes(t *testing.T) {
	for memory, want := range map[int64]int{0: Bytes, 1 << 30: Bytes, 64 << 20: 1 << 20, 1: 0} {
		if got := NewPool(2, memory, false).bytes; got != want {
			t.Errorf("with %d bytes of memory: %d, want %d", memory, got, want)
		}
	}
	if got := NewPool(2, 0, true).bytes; got != 0 {
		t.Errorf("live: %d, want single blocks", got)
	}
}
