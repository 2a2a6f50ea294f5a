package parse

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otlog/otlog/parse/digest"
)

// readAll reads readers to their ends and returns the content of their input.
func readAll(readers ...*Reader) digest.Content {
	var b Block
	for _, r := range readers {
		r.limits = small
		for r.Next(&b) == nil {
		}
	}
	return (&Input{readers: readers}).Content()
}

// TestContentDoesNotDependOnBlocksOrSections reads logs of all formats in several ways. All
// decoded bytes belong to the content, whatever became of their records.
func TestContentDoesNotDependOnBlocksOrSections(t *testing.T) {
	formats := append(splitFormats(), Format{Name: "console", stacks: true}, Format{Name: "jsonl"})
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 72))
		log := randomShapes(r)
		if r.IntN(2) == 0 {
			log = randomLog(r)
		}
		var want digest.Content
		want.Add([]byte(strings.TrimPrefix(log, string(utf8BOM))))
		if r.IntN(3) == 0 && !strings.HasPrefix(log, string(utf8BOM)) {
			log = string(utf8BOM) + log
		}
		for _, f := range formats {
			for name, src := range map[string]io.Reader{
				"whole":        strings.NewReader(log),
				"byte by byte": iotest.OneByteReader(strings.NewReader(log)),
				"by halves":    iotest.HalfReader(strings.NewReader(log)),
				"breaks off":   io.MultiReader(strings.NewReader(log), iotest.ErrReader(errors.New("broken"))),
			} {
				if got := readAll(newReader(src, f)); got != want {
					t.Fatalf("seed %d, %s, %s: got %x, want %x\n%.2000q", seed, f.Name, name, got, want, log)
				}
			}
			if f.kind != byLine {
				continue
			}
			var sections []*Reader
			size := int64(len(log))
			for from := int64(0); from < size; {
				to := min(from+4+r.Int64N(1+size/3), size)
				sections = append(sections, newSection(strings.NewReader(log), from, to, size, f))
				from = to
			}
			if got := readAll(sections...); got != want {
				t.Fatalf("seed %d, %s, %d sections: got %x, want %x\n%.2000q", seed, f.Name, len(sections), got, want, log)
			}
		}
	}
}
