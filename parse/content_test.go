package parse

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

func contentOf(text string) Content {
	var c Content
	c.add([]byte(text))
	return c
}

func TestContentsJoin(t *testing.T) {
	const check = "123456789"
	if c := contentOf(check); c != (Content{9, 0xcbf43926}) {
		t.Errorf("got %x, want the check value of CRC-32", c)
	}
	long := strings.Repeat("\x00\xff", 5<<20)
	for _, parts := range [][]string{
		{""}, {check}, {"", check}, {check, ""}, {"", "", check}, {"1", "23456789"}, {"12345678", "9"},
		{"123", "", "456", "789"}, strings.Split(check, ""), {"\x00", "\x00\x00"}, {"\x00", "a"},
		{"a", long, "b"}, {long, long}, {long[1:], check, long},
	} {
		var joined Content
		for _, part := range parts {
			joined.join(contentOf(part))
		}
		if want := contentOf(strings.Join(parts, "")); joined != want {
			t.Errorf("%d parts of %.20q…: got %x, want %x", len(parts), parts[0], joined, want)
		}
	}
}

func TestContentsJoinWhereverTheyAreCut(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 71))
		text := make([]byte, r.IntN(1<<r.IntN(20)))
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		var joined Content
		for rest := text; len(rest) > 0; {
			n := 1 + r.IntN(min(len(rest), 1+len(rest)/2))
			joined.join(contentOf(string(rest[:n])))
			rest = rest[n:]
		}
		if want := contentOf(string(text)); joined != want {
			t.Fatalf("seed %d: got %x, want %x", seed, joined, want)
		}
	}
}

// readAll reads readers to their ends and returns the content of their input.
func readAll(readers ...*Reader) Content {
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
		want := contentOf(strings.TrimPrefix(log, string(utf8BOM)))
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
