package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack"
)

// logOf returns n lines, each of which contains some random digits.
func logOf(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "2026-11-02T10:44:25Z line %d of %x\n", i, uint32(i)*2654435761)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, members ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, m := range members {
		w := gzip.NewWriter(&b)
		if _, err := w.Write(m); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstded(t *testing.T, frames ...[]byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var b []byte
	for _, frame := range frames {
		b = w.EncodeAll(frame, b)
	}
	return b
}

// skippable returns a frame that decoders skip.
func skippable(content string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("\x5a\x2a\x4d\x18"), uint32(len(content)))
	return append(b, content...)
}

// open writes data to a file and returns the first input in it.
func open(t *testing.T, name string, data []byte, sectionSize int64) (*parse.Input, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return first(t, parse.Source{Path: p}, parse.Options{SectionSize: sectionSize})
}

// stream is a source that is read from r, named like the standard input.
func stream(r io.Reader) parse.Source {
	return parse.Source{Path: "-", Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// inputs yields the inputs of a source.
func inputs(s parse.Source, o parse.Options) iter.Seq2[*parse.Input, error] {
	return func(yield func(*parse.Input, error) bool) {
		f, err := parse.Open(s)
		if err != nil {
			yield(&parse.Input{Name: s.String()}, err)
			return
		}
		defer f.Close()
		f.Inputs(o)(yield)
	}
}

// first opens a source and returns the first input in it.
func first(t *testing.T, s parse.Source, o parse.Options) (*parse.Input, error) {
	t.Helper()
	next, stop := iter.Pull2(inputs(s, o))
	t.Cleanup(stop)
	in, err, ok := next()
	if !ok {
		t.Fatal("no input")
	}
	return in, err
}

// drain reads an input to its end. It returns the bytes of its blocks in order, how many bytes
// were skipped, and the error other than io.EOF that ended it.
func drain(in *parse.Input) (data []byte, skipped int64, err error) {
	for _, r := range in.Readers() {
		var b parse.Block
		for {
			err := r.Next(&b)
			if err == io.EOF {
				break
			}
			if err != nil {
				return data, skipped, err
			}
			if b.Skipped != nil {
				skipped += b.Skipped.Bytes
				continue
			}
			data = append(data, b.Data...)
		}
	}
	return data, skipped, nil
}

const noSections = 1 << 40

// setExpansionFloor sets how many bytes any source may unpack to until the test ends.
func setExpansionFloor(t *testing.T, n int64) {
	t.Helper()
	before := unpack.SetExpansionFloor(n)
	t.Cleanup(func() { unpack.SetExpansionFloor(before) })
}
