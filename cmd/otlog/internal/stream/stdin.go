package stream

import (
	"io"

	"github.com/otlog/otlog/parse"
)

// SetStdin makes the source "-" read from in.
func SetStdin(sources []parse.Source, in io.ReadCloser) {
	for i := range sources {
		if sources[i].Path == "-" {
			sources[i].Open = func() (io.ReadCloser, error) { return in, nil }
		}
	}
}
