package unpack_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack/parallel"
)

// bgzipped packs data as bgzip does: in gzip members that state their size.
func bgzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var all []byte
	for text := range slices.Chunk(data, 60<<10) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Extra = []byte("BC\x02\x00\x00\x00")
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		binary.LittleEndian.PutUint16(b.Bytes()[16:], uint16(b.Len()-1))
		all = append(all, b.Bytes()...)
	}
	return all
}

// TestOnSeveralCores reads streams of several pieces with a pool and without one. The text, the
// errors and the places that they name are the same.
func TestOnSeveralCores(t *testing.T) {
	log := logOf(40_000)
	frames := slices.Collect(slices.Chunk(log, 300<<10))
	streams := map[string][]byte{
		"frames":          zstded(t, frames...),
		"members":         gzipped(t, frames...),
		"blocks":          bgzipped(t, log),
		"blocks in zstd":  zstded(t, slices.Collect(slices.Chunk(bgzipped(t, log), 100<<10))...),
		"blocks of a tar": bgzipped(t, tarred(t, file{"a.log", log}, file{"b.log.zst", zstded(t, frames...)})),
	}
	setExpansionFloor(t, 1<<10)
	read := func(data []byte, pool *parallel.Pool, expansion int64) (texts [][]byte, errs []string) {
		for in, err := range inputs(stream(bytes.NewReader(data)), parse.Options{Pool: pool, MaxExpansion: expansion}) {
			var text []byte
			if err == nil {
				text, _, err = drain(in)
			}
			texts = append(texts, text)
			if err != nil {
				errs = append(errs, err.Error())
			}
		}
		return texts, errs
	}
	pool := parallel.NewPool(2)
	for name, data := range streams {
		t.Run(name, func(t *testing.T) {
			variants := [][]byte{data, data[:len(data)/3], data[:len(data)-1], append(bytes.Clone(data), "garbage"...)}
			for i := range 5 {
				damaged := bytes.Clone(data)
				damaged[(2*i+1)*len(data)/10] ^= 0x10
				variants = append(variants, damaged)
			}
			for i, data := range append(variants, data) {
				most := int64(0)
				if i == len(variants) {
					most = 2 // the log unpacks to more
				}
				want, wantErrs := read(data, nil, most)
				got, errs := read(data, pool, most)
				if !slices.EqualFunc(got, want, bytes.Equal) || len(errs) != len(wantErrs) {
					t.Errorf("variant %d: other texts, or errors %q, want %q", i, errs, wantErrs)
				}
				if name == "blocks of a tar" {
					continue // what is read of it to find out that it is one moves the steps in which gzip is read
				}
				if !slices.Equal(errs, wantErrs) {
					t.Errorf("variant %d: got %q, want %q", i, errs, wantErrs)
				}
			}
		})
	}
}
