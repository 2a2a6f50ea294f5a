package partial

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/streams"
)

// FuzzOpen opens any stream as a file with a valid digest. The file is rejected, or it can be
// read, added up and written again without a change.
func FuzzOpen(f *testing.F) {
	x := plain()
	tiny := crafted(f, entries(
		aggregate.Entry{From: aggregate.FromSource, Evidence: []aggregate.Evidence{x}},
		aggregate.Entry{ID: id(1), Key: 1, Buckets: []aggregate.Bucket{aggregate.NoBucket, aggregate.BucketOf(at)}},
		aggregate.Entry{ID: id(2), From: aggregate.FromConnection, Session: aggregate.Link{ID: id(1)}, Client: aggregate.Link{ID: id(3)}, Evidence: []aggregate.Evidence{x, x}},
		aggregate.Entry{ID: id(3), From: aggregate.FromClient, SDK: 1, Session: aggregate.Link{Several: true}, Steps: []aggregate.Step{
			aggregate.NewStep(1, streams.IDs{}, id(3), at/1e6, 1, true, 0), aggregate.NewStep(1, streams.IDs{Stream: 1, Subscriber: 2}, id(3), at/1e6+500, 1, false, aggregate.Failed),
		}},
	))
	tiny.Missing, tiny.Catalogues = []string{"x"}, []string{"1"}
	for _, file := range []*File{tiny, small(), smallWithIDs()} {
		for _, compress := range []bool{false, true} {
			f.Add(streamOf(written(f, file, compress)))
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		file := sealed(stream)
		var got []string
		var read *File
		n := allocates(func() {
			var err error
			if read, err = opened(file); err == nil {
				err = walk(read.Part)
			}
			if err == nil {
				got, err = contents(read.Part)
			}
			if err != nil {
				read = nil
				var version *VersionError // has a hint
				if strings.Contains(err.Error(), "\n") && !errors.As(err, &version) {
					t.Errorf("not one line: %v", err)
				}
			}
		})
		if n > mostAllocated(len(file)) {
			t.Errorf("%d bytes were allocated for a file of %d", n, len(file))
		}
		if read == nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, read, false); err != nil {
			t.Fatal(err)
		}
		again, err := use(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again, got) {
			t.Errorf("got  %s\nwant %s", strings.Join(again, "\n     "), strings.Join(got, "\n     "))
		}
	})
}

// walk reads all entries, with and without steps.
func walk(p *aggregate.Part) error {
	for _, steps := range []bool{false, true} {
		c, err := p.Open(steps)
		if err != nil {
			return err
		}
		for err == nil {
			_, err = c.Next()
		}
		c.Close()
		if err != io.EOF {
			return err
		}
	}
	return nil
}
