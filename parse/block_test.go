package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/textline"
)

// small are limits that short logs reach. As by default, a record may be longer than a stack
// line.
var small = limits{block: 64, record: 2 * textline.MaxFrame}

// A piece is the extent of a record.
type piece struct {
	offset, bytes, lines int64
	skipped              bool
}

// pieces reads readers to their end and returns all records by offset.
func pieces(t *testing.T, readers ...*Reader) []piece {
	t.Helper()
	var out []piece
	for _, r := range readers {
		r.limits = small
		var d Decoder
		var b Block
		for {
			err := r.Next(&b)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for e, skipped := range d.Events(&b, finding(never)) {
				if skipped != nil {
					out = append(out, piece{skipped.Offset, skipped.Bytes, skipped.Lines, true})
				} else {
					out = append(out, piece{e.Offset, int64(e.Bytes), int64(e.Lines), false})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b piece) int { return int(a.offset - b.offset) })
	return out
}

// naivePieces divides data line by line, by the definition of a record.
func naivePieces(data string, f Format) []piece {
	var out []piece
	open := false // stack lines belong to the last record
	var offset int64
	for line := range strings.Lines(data) {
		n := int64(len(line))
		last := len(out) - 1
		content := strings.TrimSuffix(line, "\n")
		switch {
		case len(line) > small.record:
			out = append(out, piece{offset, n, 1, true})
			open = false
		case open && f.stacks && f.continues([]byte(content)) && out[last].bytes+n <= int64(small.record):
			out[last].bytes += n
			out[last].lines++
		default:
			cut := !f.stacks && jsontext.OpensObject([]byte(strings.TrimLeft(content, " \t"))) && !strings.HasSuffix(content, "}")
			out = append(out, piece{offset, n, 1, cut})
			open = strings.TrimSpace(line) != ""
		}
		offset += n
	}
	return out
}

// randomLog writes lines of every kind that matters for the division.
func randomLog(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(60) {
		switch r.IntN(14) {
		case 0:
			b.WriteString("\n")
		case 1:
			b.WriteString("  \t\n")
		case 2, 3:
			b.WriteString("    at fn (https://a.example/x.js:1:2)\n")
		case 4:
			b.WriteString("debug @ opentok.js:36032\n")
		case 5:
			fmt.Fprintf(&b, "%s\n", strings.Repeat("x", r.IntN(300)))
		case 6:
			fmt.Fprintf(&b, "\t%s\r\n", strings.Repeat("y", r.IntN(200)<<r.IntN(6)))
		case 7:
			fmt.Fprintf(&b, "{\"a\":\"%s\"}\n", strings.Repeat("z", r.IntN(100)))
		case 8:
			if r.IntN(4) == 0 {
				fmt.Fprintf(&b, "%s\n", strings.Repeat("o", small.record-10+r.IntN(2*small.record)))
			}
		case 9:
			b.WriteString(" ERROR  OpenTok:Session:error indented, but no stack line\n")
		default:
			fmt.Fprintf(&b, "2026-11-02T00:00:00Z app line %d\n", r.IntN(1000))
		}
	}
	s := b.String()
	if r.IntN(3) == 0 {
		s = strings.TrimSuffix(s, "\n")
	}
	return s
}

func TestRecordsDoNotDependOnBlocksOrSections(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		log := randomLog(r)
		format := Format{Name: "console", stacks: true}
		if r.IntN(3) == 0 {
			format = Format{Name: "jsonl"}
		}
		want := naivePieces(log, format)

		if got := pieces(t, newReader(iotest.HalfReader(strings.NewReader(log)), format)); !slices.Equal(got, want) {
			t.Fatalf("seed %d, %s, in one piece:\n got %v\nwant %v", seed, format.Name, got, want)
		}
		var sections []*Reader
		size := int64(len(log))
		for from := int64(0); from < size; {
			to := min(from+1+r.Int64N(1+size/3), size)
			sections = append(sections, newSection(strings.NewReader(log), from, to, size, format))
			from = to
		}
		if got := pieces(t, sections...); !slices.Equal(got, want) {
			t.Fatalf("seed %d, %s, in %d sections:\n got %v\nwant %v", seed, format.Name, len(sections), got, want)
		}
	}
}

// TestEmptySectionsKeepTheBlock reads sections in which no line starts.
func TestEmptySectionsKeepTheBlock(t *testing.T) {
	log := strings.Repeat(strings.Repeat("x", 50)+"\n", 100)
	size := int64(len(log))
	var b Block
	for from := int64(0); from < size; from += 5 {
		r := newSection(strings.NewReader(log), from, min(from+5, size), size, Format{Name: "console", stacks: true})
		r.limits = small
		for r.Next(&b) == nil {
		}
		if cap(b.Data) > 2*textline.MaxFrame {
			t.Fatalf("after the section at %d the block has room for %d bytes", from, cap(b.Data))
		}
	}
}

func TestReaderReturnsAllBeforeDamage(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("one\ntwo\nthr"), iotest.ErrReader(broken))
	r := newReader(src, Format{Name: "jsonl"})
	var b Block
	if err := r.Next(&b); err != nil || string(b.Data) != "one\ntwo\n" {
		t.Fatalf("first block is %q, %v", b.Data, err)
	}
	if err := r.Next(&b); err != nil || b.Skipped == nil || b.Skipped.Offset != 8 || b.Skipped.Bytes != 3 || b.Skipped.Reason != Damaged {
		t.Fatalf("the truncated line is %+v, %v", b.Skipped, err)
	}
	var damage *DamageError
	if err := r.Next(&b); !errors.As(err, &damage) || !errors.Is(err, broken) || damage.Offset != 11 {
		t.Fatalf("the end is %v, want the source's error at offset 11", err)
	}
}

func TestLongLineCostsNoMemory(t *testing.T) {
	const size = 100 << 20
	src := io.MultiReader(io.LimitReader(repeat('x'), size), strings.NewReader("\nnext\n"))
	r := newReader(src, Format{Name: "console", stacks: true})
	var b Block
	if err := r.Next(&b); err != nil || b.Skipped == nil || b.Skipped.Reason != Oversize || b.Skipped.Bytes != size+1 {
		t.Fatalf("got %+v, %v", b.Skipped, err)
	}
	if cap(b.Data) > MaxRecord {
		t.Errorf("the block grew to %d bytes", cap(b.Data))
	}
	if err := r.Next(&b); err != nil || string(b.Data) != "next\n" || b.Offset != size+1 {
		t.Fatalf("the next line is %q at %d, %v", b.Data, b.Offset, err)
	}
}

// repeat is an endless source of one byte.
type repeat byte

func (c repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func TestDetect(t *testing.T) {
	tests := []struct{ name, sample, want string }{
		{"objects", "{\"a\":1}\n{\"b\":2}\n", "jsonl"},
		{"objects after a byte order mark", "\xef\xbb\xbf{\"a\":1}\n", "jsonl"},
		{"objects with one line cut off", "{\"a\":1}\n{\"b\":2}\n{\"c\"", "jsonl"},
		{"objects with a stray line", "starting\n{\"a\":1}\n{\"b\":2}\n", "jsonl"},
		{"console", "opentok.js:1 OpenTok:Session:error x\n    at y\n", "console"},
		{"console that logs an object", "a line\nanother\n{\"a\":1}\n", "console"},
		{"braces that are not an object", "{0} of {1}\n", "console"},
		{"nothing", "", "console"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := formatIn([]byte(test.sample), false, field.Names{}).Name; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestContinues(t *testing.T) {
	f := Format{Name: "console", stacks: true}
	tests := []struct {
		line string
		want bool
	}{
		{"debug @ opentok.js:36032", true},
		{"__webpack_modules__.4960.OTErrorClass.handleJsException @ opentok.js:3899", true},
		{"eval @ :1", true},
		{"(anonymous) @ :1", true},
		{"(anonymous function) @ https://a.example/app.js:12", true},
		{"await in join @ app.js:7", true},
		{"    at onSessionInfoError (https://a.example/x.js:51486:55)", true},
		{"\tcaused by: a proxy", true},
		{"opentok.js:36032 OpenTok:Session:error OT_X: msg +0ms", false},
		{`Object { code: 1006, message: "x", name: "OT_DISCONNECTED" }`, true}, // Firefox
		{`SocketError { code: 1011, message: "x", … }` + "\r", true},
		{" +26ms opentok.js:36032:13 2", true},
		{`Object { code: 1006, message: "x" } app.js:12:3`, false},
		{`10:44:25.972 Object { code: 1006, message: "x" }`, false},
		{`Object {code: 1006}`, false},
		{`location { root }`, false},
		{`{ code: 1006 }`, false},
		{"mail to bob @ example 12:30", false},
		{" LOG  OTRN JS: There was an error:  logging", false},
		{"> debug @ opentok.js:36032", true},
		{">>     at three", true},
		{">   OpenTok:Session:error OT_X: msg", false},
		{"> OpenTok:Session:error OT_X: msg", false},
		{">", false},
		{"  OpenTok:Session:error OT_X: msg", false},
		{"   ", false},
		{"", false},
	}
	for _, test := range tests {
		if got := f.continues([]byte(test.line)); got != test.want {
			t.Errorf("%q: got %v, want %v", test.line, got, test.want)
		}
	}
	indented := formatIn([]byte(" LOG  one\n LOG  two\n    at three\n"), true, field.Names{})
	if indented.continues([]byte(" some line of the app")) || !indented.continues([]byte("    at three")) {
		t.Error("in a log that is indented as a whole, only lines that are indented further continue a record")
	}
}

func TestBlockIsReused(t *testing.T) {
	line := []byte(strings.Repeat("a", 99) + "\n")
	r := newReader(bytes.NewReader(bytes.Repeat(line, 100_000)), Format{Name: "jsonl"})
	var b Block
	if err := r.Next(&b); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() {
		if err := r.Next(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a block", n)
	}
}
