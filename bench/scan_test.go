// Package bench measures otlog and its stages, on generated logs.
//
//	go test -bench . ./bench
//
// Program bench/compare measures whole processes against other programs.
package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

const size = 64 << 20

func generated(b *testing.B, o corpus.Options) []byte {
	b.Helper()
	var log bytes.Buffer
	o.Seed, o.Size = 1, size
	if _, err := corpus.Generate(&log, o); err != nil {
		b.Fatal(err)
	}
	return log.Bytes()
}

// BenchmarkScan runs all stages from file to tally; MB/s are of decoded bytes.
func BenchmarkScan(b *testing.B) {
	for _, log := range []struct {
		name    string
		options corpus.Options
	}{
		{"ndjson", corpus.Options{Format: corpus.NDJSON}},
		{"ndjson-clean", corpus.Options{Format: corpus.NDJSON, ErrorRate: -1}},
		{"ndjson-errors", corpus.Options{Format: corpus.NDJSON, ErrorRate: 1}},
		{"console", corpus.Options{Format: corpus.Console}},
		{"console-clean", corpus.Options{Format: corpus.Console, ErrorRate: -1}},
		{"console-errors", corpus.Options{Format: corpus.Console, ErrorRate: 1}},
	} {
		data := generated(b, log.options)
		for _, pack := range []string{"raw", "gz", "zst"} {
			path := filepath.Join(b.TempDir(), "log")
			if err := os.WriteFile(path, packed(b, pack, data), 0o644); err != nil {
				b.Fatal(err)
			}
			for _, jobs := range []int{1, 2} {
				b.Run(fmt.Sprintf("log=%s/pack=%s/jobs=%d", log.name, pack, jobs), func(b *testing.B) {
					b.SetBytes(int64(len(data)))
					b.ReportAllocs()
					for b.Loop() {
						r, err := aggregate.Scan([]parse.Source{{Path: path}}, aggregate.Options{Jobs: jobs})
						if err != nil {
							b.Fatal(err)
						}
						if _, err := aggregate.Settle(nil, r.Parts...); err != nil {
							b.Fatal(err)
						}
						if err := r.Sources[0].Trouble(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func packed(b *testing.B, how string, data []byte) []byte {
	b.Helper()
	var out bytes.Buffer
	switch how {
	case "gz":
		w := gzip.NewWriter(&out)
		if _, err := w.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	case "zst":
		w, err := zstd.NewWriter(&out)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	default:
		return data
	}
	return out.Bytes()
}

// BenchmarkFinder measures the scan of every byte for candidates.
func BenchmarkFinder(b *testing.B) {
	for _, log := range []struct {
		name string
		data []byte
	}{
		{"ndjson", generated(b, corpus.Options{Format: corpus.NDJSON})[:1<<20]},
		{"console", generated(b, corpus.Options{Format: corpus.Console})[:1<<20]},
		{"underscores", bytes.Repeat([]byte("some_snake_case_key=1 "), 1<<20/22)},
	} {
		b.Run("log="+log.name, func(b *testing.B) {
			b.SetBytes(int64(len(log.data)))
			for b.Loop() {
				var f classify.Finder
				f.Reset(log.data)
				for at := f.Next(0); at >= 0; {
					at = f.Next(at + 1)
				}
			}
		})
	}
}

// BenchmarkZstdGoroutines measures decoding alone, by the number of the decoder's goroutines; package
// parse uses 1.
func BenchmarkZstdGoroutines(b *testing.B) {
	data := generated(b, corpus.Options{Format: corpus.NDJSON})
	frame := packed(b, "zst", data)
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(n))
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			for b.Loop() {
				if err := d.Reset(bytes.NewReader(frame)); err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPartial writes and reads spilled entries, each of one session with one failure.
func BenchmarkPartial(b *testing.B) {
	tally := &aggregate.Tally{}
	const rows = 200_000
	for i := range rows {
		e := parse.Event{Time: int64(i) << 40, OfDay: timestamp.NoTime, Session: fmt.Appendf(nil, "1_MX4%d", i)}
		tally.Add(&e, &classify.Verdict{Failure: true, Error: 1, Method: 1, Evidence: classify.ByName}, int64(i))
	}
	part := tally.Parts()[0]
	var written bytes.Buffer
	if err := (partial.Codec{}).Write(&written, part); err != nil {
		b.Fatal(err)
	}
	perRow := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := (partial.Codec{}).Write(io.Discard, part); err != nil {
				b.Fatal(err)
			}
		}
		perRow(b)
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			p, err := partial.Codec{}.Read(bytes.NewReader(written.Bytes()), int64(written.Len()))
			if err != nil {
				b.Fatal(err)
			}
			c, err := p.Open(true)
			if err != nil {
				b.Fatal(err)
			}
			for n := 0; ; n++ {
				if _, err := c.Next(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		perRow(b)
	})
}
