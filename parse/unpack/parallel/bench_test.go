package parallel_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/otlog/otlog/parse/unpack/parallel"
)

// BenchmarkRead measures decompression alone, by the number of pieces: none is the serial reader.
func BenchmarkRead(b *testing.B) {
	log := logOf(1_000_000)
	streams := []struct {
		name   string
		stream []byte
	}{
		{"frames", each(log, 8<<20, framed)},
		{"blocks", each(log, 0xff00, block)},
	}
	for _, s := range streams {
		for _, pieces := range []int{0, 1, 2, 3} {
			b.Run(fmt.Sprintf("%s/pieces=%d", s.name, pieces), func(b *testing.B) {
				b.SetBytes(int64(len(log)))
				pool := parallel.NewPool(max(pieces-1, 0))
				for b.Loop() {
					var serial decoders
					open := serial.opener(s.stream)
					var r io.Reader
					if in := bytes.NewReader(s.stream); pieces == 0 {
						serial, err := open(in)
						if err != nil {
							b.Fatal(err)
						}
						r = serial
					} else {
						r = parallelReader(s.stream, in, open, pool)
					}
					if n, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err != nil || n != int64(len(log)) {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}
