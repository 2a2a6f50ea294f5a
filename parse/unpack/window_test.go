package unpack_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack/window"
)

// windowed packs data as a zstd frame with a window, whose size its header states.
func windowed(t *testing.T, data []byte, size int) []byte {
	t.Helper()
	return written(t, data, func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(size), zstd.WithSingleSegment(false))
	})
}

// Decoders of sources that are read at the same time share memory, whatever their number.
func TestWindowsAreWithinMemory(t *testing.T) {
	log := logOf(2000)
	grows := slices.Concat(windowed(t, log, 1<<10), windowed(t, log, 4<<20), windowed(t, log, 1<<20))
	cases := map[string][]byte{
		"zstd":             windowed(t, slices.Concat(log, log, log), 4<<20),
		"zstd, frames":     grows,
		"zstd in zstd":     windowed(t, windowed(t, slices.Concat(log, log, log), 2<<20), 2<<20),
		"xz":               xzed(t, slices.Concat(log, log, log), xz.WriterConfig{DictCap: 4 << 20, BlockSize: 50_000}),
		"xz in zstd":       windowed(t, xzed(t, slices.Concat(log, log, log), xz.WriterConfig{DictCap: 2 << 20}), 4<<20),
		"bzip2, as it may": stored(t, "log.bz2"),
	}
	const memory = 64 << 20
	budget := window.New(memory)
	var all sync.WaitGroup
	for name, data := range cases {
		for range 16 {
			all.Go(func() {
				for in, err := range inputs(stream(bytes.NewReader(data)), parse.Options{Windows: budget}) {
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					got, _, err := drain(in)
					if want := slices.Concat(log, log, log); err != nil || name != "bzip2, as it may" && !bytes.Equal(got, want) {
						t.Errorf("%s: %d bytes of %d: %v", name, len(got), len(want), err)
					}
				}
			})
		}
	}
	all.Wait()
	peak := budget.Peak()
	if sum := peak[0] + peak[1] + peak[2]; sum > memory/2 || peak[0] == 0 || peak[1] == 0 {
		t.Errorf("%d bytes were held, by level %d", sum, peak)
	}
	for level := range window.Levels {
		// All is given back, so the whole level can be held.
		if err := budget.Share(level).Hold("window", memory/8); err != nil {
			t.Error(err)
		}
	}
}

// A header that declares a large window is refused before anything is allocated, and what precedes it
// is read.
func TestLargeWindowsAreRefused(t *testing.T) {
	log := logOf(200)
	sound := zstded(t, log)
	for _, test := range []struct{ name, frame, want string }{
		{"the largest descriptor", "\x28\xb5\x2f\xfd\x00\xff", "window larger than 128 MiB"},
		{"just above", "\x28\xb5\x2f\xfd\x00\x89", "window larger than 128 MiB"},
		{"above the memory", "\x28\xb5\x2f\xfd\x00\x88", "a window of 128 MiB needs --memory 512MiB or more"},
		{"one segment of 2^63 bytes", "\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x00\x00\x80", "window larger than 128 MiB"},
	} {
		data := slices.Concat(sound, []byte(test.frame), bytes.Repeat([]byte{0}, 100))
		in, err := first(t, stream(bytes.NewReader(data)), parse.Options{Windows: window.New(256 << 20)})
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := drain(in)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "from byte ") || !bytes.Equal(got, log) {
			t.Errorf("%s: %d bytes of %d, %v", test.name, len(got), len(log), err)
		}
	}
}
