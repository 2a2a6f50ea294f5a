package parse

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
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

// open writes data to a file and returns the first input in it.
func open(t *testing.T, name string, data []byte, sectionSize int64) (*Input, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return first(t, Source{Path: p}, Options{SectionSize: sectionSize})
}

// stream is a source that is read from r, named like the standard input.
func stream(r io.Reader) Source {
	return Source{Path: "-", Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// inputs yields the inputs of a source.
func inputs(s Source, o Options) iter.Seq2[*Input, error] {
	return func(yield func(*Input, error) bool) {
		f, err := Open(s)
		if err != nil {
			yield(&Input{Name: s.String()}, err)
			return
		}
		defer f.Close()
		f.Inputs(o)(yield)
	}
}

// first opens a source and returns the first input in it.
func first(t *testing.T, s Source, o Options) (*Input, error) {
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
func drain(in *Input) (data []byte, skipped int64, err error) {
	for _, r := range in.Readers() {
		var b Block
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

func TestStdin(t *testing.T) {
	log := logOf(5000)
	broken := errors.New("broken")
	tests := []struct {
		name    string
		data    []byte
		err     error // what ends it
		want    []byte
		skipped int64
	}{
		{"plain", log, io.EOF, log, 0},
		{"gzip", gzipped(t, log), io.EOF, log, 0},
		{"broken off", log, broken, log, 0},
		{"broken off early, within a line", []byte("a\nb\nc"), broken, []byte("a\nb\n"), 1},
		{"gzip broken off after its end", gzipped(t, log), broken, log, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// A pipe returns the bytes that are there, and a reader must not be read after its
			// end: a terminal would wait for more.
			stdin := iotest.HalfReader(io.MultiReader(bytes.NewReader(test.data), &once{t: t, err: test.err}))
			in, err := first(t, stream(stdin), Options{SectionSize: 16})
			if err != nil {
				t.Fatal(err)
			}
			got, skipped, err := drain(in)
			if !bytes.Equal(got, test.want) || skipped != test.skipped || in.Decoded() != int64(len(got))+skipped {
				t.Errorf("got %d bytes, %d skipped of %d, want %d, %d", len(got), skipped, in.Decoded(), len(test.want), test.skipped)
			}
			if test.err == io.EOF {
				if err != nil {
					t.Errorf("ended with %v", err)
				}
				return
			}
			var damage *DamageError
			if !errors.As(err, &damage) || !errors.Is(err, broken) || damage.Offset != in.Decoded() {
				t.Errorf("ended with %v", err)
			}
		})
	}
	for _, err := range []error{io.EOF, broken} {
		_, got := first(t, stream(&once{t: t, err: err}), Options{})
		var damage *DamageError
		if err == io.EOF && got != ErrEmpty || err == broken && !(errors.As(got, &damage) && errors.Is(got, broken)) {
			t.Errorf("a standard input that starts with %v is %v", err, got)
		}
	}
}

// once is a reader that returns an error, and must be read only once.
type once struct {
	t   *testing.T
	err error
}

func (o *once) Read([]byte) (int, error) {
	err := o.err
	if err == nil {
		o.t.Error("read after its end")
		return 0, io.EOF
	}
	o.err = nil
	return 0, err
}

func TestLargePlainFilesAreReadInSections(t *testing.T) {
	log := logOf(3000)
	const size = 10_000
	in, err := open(t, "a.log", log, size)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(in.Readers()), (len(log)+size-1)/size; got != want {
		t.Errorf("%d readers, want %d", got, want)
	}
	got, skipped, err := drain(in)
	if err != nil || skipped != 0 || !bytes.Equal(got, log) || in.Decoded() != int64(len(log)) {
		t.Errorf("got %d bytes, %d skipped of %d, %v", len(got), skipped, in.Decoded(), err)
	}
	for _, sectionSize := range []int64{int64(len(log)), int64(len(log)) + 1} {
		if in, err := open(t, "a.log", log, sectionSize); err != nil || len(in.Readers()) != 1 {
			t.Errorf("a file that fits one section: %v", err)
		}
	}
	// A compressed file cannot be read from the middle.
	if in, err := open(t, "a.log.gz", gzipped(t, log), 16); err != nil || len(in.Readers()) != 1 {
		t.Errorf("a compressed file: %v", err)
	}
}

// TestSourceThatIsNoFile reads a stream from elsewhere, as one from a bucket, to its events.
func TestSourceThatIsNoFile(t *testing.T) {
	log := "2026-11-02T10:44:25Z OT_TIMEOUT: too late\n2026-11-02T10:44:26Z joined\n"
	var read atomic.Int64
	closed := false
	packed := gzipped(t, []byte(log))
	s := Source{Name: "bucket/app.log.gz", Progress: &read, Open: func() (io.ReadCloser, error) {
		return closeNoter{bytes.NewReader(packed), &closed}, nil
	}}
	f, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for in, err := range f.Inputs(Options{}) {
		if err != nil || in.Name != s.Name || in.Compression != "gzip" {
			t.Errorf("got %s, %s, %v", in.Name, in.Compression, err)
		}
		var d Decoder
		var b Block
		for in.Readers()[0].Next(&b) == nil {
			for e := range d.Events(&b, finding(always)) {
				events = append(events, string(e.Text))
			}
		}
	}
	if want := strings.Split(strings.TrimSpace(log), "\n"); !slices.Equal(events, want) {
		t.Errorf("got %q, want %q", events, want)
	}
	if read.Load() != int64(len(packed)) {
		t.Errorf("the progress is %d bytes of %d", read.Load(), len(packed))
	}
	if err := f.Close(); err != nil || !closed {
		t.Errorf("not closed: %v", err)
	}
}

// closeNoter is a stream that notes when it is closed.
type closeNoter struct {
	io.Reader
	closed *bool
}

func (c closeNoter) Close() error {
	*c.closed = true
	return nil
}

func TestSourceThatCannotBeOpened(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Open(Source{Open: func() (io.ReadCloser, error) { return nil, broken }}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestOpenFunctionOfAFile opens a file by a function, and reads it as by its path.
func TestOpenFunctionOfAFile(t *testing.T) {
	log := logOf(3000)
	path := filepath.Join(t.TempDir(), "a.log")
	if err := os.WriteFile(path, log, 0o666); err != nil {
		t.Fatal(err)
	}
	in, err := first(t, Source{Name: "x", Open: func() (io.ReadCloser, error) { return os.Open(path) }}, Options{SectionSize: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := drain(in)
	if err != nil || !bytes.Equal(got, log) || len(in.Readers()) < 2 || in.Name != "x" {
		t.Errorf("got %d bytes of %s by %d readers, %v", len(got), in.Name, len(in.Readers()), err)
	}
}

func TestFileIsReadFromItsFirstByte(t *testing.T) {
	log := logOf(3000)
	for name, s := range map[string]Source{
		"a long stream":  stream(bytes.NewReader(log)),
		"a short stream": stream(bytes.NewReader(log[:100])),
	} {
		f, err := Open(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f.Stream())
		if err != nil || !bytes.HasPrefix(log, got) || len(got) < 100 || !bytes.HasPrefix(got, f.Head()) || len(f.Head()) != min(len(got), HeadSize) {
			t.Errorf("%s: got %d bytes, %d at its head, %v", name, len(got), len(f.Head()), err)
		}
		if _, _, ok := f.Regular(); ok {
			t.Errorf("%s is a regular file", name)
		}
	}
	f, err := Open(stream(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	var copied bytes.Buffer
	f.Tee(&copied)
	for in := range f.Inputs(Options{}) {
		if _, _, err := drain(in); err != nil {
			t.Error(err)
		}
	}
	if !bytes.Equal(copied.Bytes(), log) {
		t.Errorf("%d bytes of %d were copied", copied.Len(), len(log))
	}
	broken := errors.New("broken")
	if f, err = Open(stream(&once{t: t, err: broken})); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f.Stream()); err != broken {
		t.Errorf("got %v", err)
	}
}

// TestLogsInBase64AreRefused checks that a log in base64 that cannot be decoded is not read as one
// without failures, unless the user names a format.
func TestLogsInBase64AreRefused(t *testing.T) {
	const line = "2026-11-23T10:44:25.959Z session=1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004)\n"
	value := base64.StdEncoding.EncodeToString([]byte(line))
	for text, want := range map[string][2]bool{ // refused, and refused in a named format
		"key-1: " + value + "\n":      {true, false},
		"key-1\t" + value + "\n":      {false, false},
		value:                         {false, false},
		`[{"value":"` + value + `"}]`: {false, false},
		line + value:                  {false, false},
		`{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-23T10:44:25.959Z","request":{"postData":{"encoding":"base64","text":"` + value + `"}}}]}}`: {false, false},
	} {
		for i, format := range []string{"", "console"} {
			source := Source{Path: "-", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
			f, err := Open(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range f.Inputs(Options{Format: format}) {
				var unread *UnreadableError
				if got := errors.As(err, &unread) && strings.Contains(err.Error(), "base64 -d"); got != want[i] || err != nil && !got {
					t.Errorf("format %q, %s: %v", format, text, err)
				}
			}
			f.Close()
		}
	}
}
