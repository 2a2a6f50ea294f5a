package unpack_test

import (
	"archive/zip"
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// TestLogsWithOtherDataAreRead checks that a small log with a block of other data in it, or after it, is
// not taken for binary data, and that binary data which starts with a line of text is.
func TestLogsWithOtherDataAreRead(t *testing.T) {
	line := `{"time":"2026-11-23T10:44:25.959Z","message":"OpenTok:Session:error OT_TIMEOUT: too late"}` + "\n"
	noise := make([]byte, 3000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	archive := zipped(t, zip.Deflate, file{"a.log", logOf(50)}, file{"b.log", logOf(50)})
	start := []byte(strings.Repeat(line, 20))
	for _, test := range []struct {
		name string
		data []byte
		text bool
	}{
		{"a block of noise", slices.Concat(start, noise[:600], start), true},
		{"a block of NUL and noise", slices.Concat(start, make([]byte, 15), noise[:400], start, start), true},
		{"an archive after it", slices.Concat(start, archive), true},
		{"noise after it", slices.Concat(start, noise), true},
		{"no log before noise", slices.Concat([]byte(strings.Repeat("#!/bin/sh\nexit 0\n", 20)), noise), false},
		{"a line before noise", slices.Concat([]byte(line), noise), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for in, err := range inputs(stream(bytes.NewReader(test.data)), parse.Options{}) {
				if (err == nil) != test.text {
					t.Fatalf("got the error %v", err)
				}
				if err != nil {
					continue
				}
				if got, _, _ := drain(in); in.Decoded() != int64(len(test.data)) || !bytes.HasPrefix(got, start) {
					t.Errorf("%d bytes were decoded of %d", in.Decoded(), len(test.data))
				}
			}
		})
	}
}
