package parse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
)

// tree makes files in a new directory, goes there, and returns its path. A name
// that ends in a slash is an empty directory.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range names {
		if err := os.MkdirAll(path.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if err := os.WriteFile(name, []byte("a line\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found returns the paths that Find finds, with slashes.
func found(args ...string) (paths []string, passed int, err error) {
	sources, passed, err := Find(args)
	for _, s := range sources {
		paths = append(paths, filepath.ToSlash(s.Path))
	}
	return paths, passed, err
}

func TestFind(t *testing.T) {
	dir := tree(t,
		"logs/b.log", "logs/a.jsonl", "logs/notes.md", "logs/deep/er/c.txt", "logs/.hidden.log", "logs/.git/d.log",
		"logs/deep/e.log.gz", "logs/deep/core", "x[1].log", "plain", ".dot.log", "empty/", "others/a.png",
	)
	tests := []struct {
		name   string
		args   string
		want   string
		passed int
	}{
		{"a file, whatever it is called", "plain logs/notes.md", "plain logs/notes.md", 0},
		{"arguments in their order", "logs/b.log logs/a.jsonl", "logs/b.log logs/a.jsonl", 0},
		{"a directory: the logs below it, sorted", "logs", "logs/a.jsonl logs/b.log logs/deep/e.log.gz logs/deep/er/c.txt", 2},
		{"a directory with a slash", "logs/", "logs/a.jsonl logs/b.log logs/deep/e.log.gz logs/deep/er/c.txt", 2},
		{"the current directory", ".", "logs/a.jsonl logs/b.log logs/deep/e.log.gz logs/deep/er/c.txt x[1].log", 4},
		{"a hidden directory that is named", "logs/.git", "logs/.git/d.log", 0},
		{"the standard input", "- logs/b.log -", "- logs/b.log", 0},

		{"a pattern", "logs/*", "logs/a.jsonl logs/b.log logs/notes.md", 0},
		{"a pattern for one character", "logs/?.log", "logs/b.log", 0},
		{"a class", "logs/[ab].*", "logs/a.jsonl logs/b.log", 0},
		{"a pattern for directories", "logs/*/*", "logs/deep/core logs/deep/e.log.gz", 0},
		{"any number of directories", "logs/**/*.[lt]*", "logs/b.log logs/deep/e.log.gz logs/deep/er/c.txt", 0},
		{"none included", "logs/**/b.log", "logs/b.log", 0},
		{"at the start", "**/c.txt", "logs/deep/er/c.txt", 0},
		{"at the end", "logs/deep/**", "logs/deep/core logs/deep/e.log.gz logs/deep/er/c.txt", 0},
		{"in the middle of others", "l*/**/er/**/*.txt", "logs/deep/er/c.txt", 0},
		{"a hidden file that the pattern names", ".*.log logs/.h*", ".dot.log logs/.hidden.log", 0},
		{"a hidden directory that the pattern names", "logs/.g*/*.log", "logs/.git/d.log", 0},
		{"and below any number of others", "**/.git/*.log", "logs/.git/d.log", 0},
		{"a whole path", dir + "/logs/*.log", filepath.ToSlash(dir) + "/logs/b.log", 0},
		{"a file whose name is a pattern", "x[1].log", "x[1].log", 0},

		{"a file once, by name", "logs/b.log logs/b.log", "logs/b.log", 0},
		{"however it is spelled", "./logs/b.log logs//b.log logs/deep/../b.log " + dir + "/logs/b.log", "./logs/b.log", 0},
		{"and found", "logs/b.log logs/*.log ./logs", "logs/b.log logs/a.jsonl logs/deep/e.log.gz logs/deep/er/c.txt", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, passed, err := found(strings.Fields(test.args)...)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, strings.Fields(test.want)) || passed != test.passed {
				t.Errorf("got %q and %d passed over, want %s and %d", got, passed, test.want, test.passed)
			}
		})
	}
}

func TestFindSaysWhatIsInVain(t *testing.T) {
	tree(t, "a.log", "empty/", "others/a.png", "logs/b.log")
	tests := []struct {
		name, args, want string
		err              []string
	}{
		{"a missing file", "gone.log", "", []string{"gone.log: ", "no such file"}},
		{"an empty directory", "empty", "", []string{"empty: no logs"}},
		{"a directory without logs", "others", "", []string{"others: no logs", "*.log"}},
		{"a pattern that matches nothing", "*.gz", "", []string{"*.gz: no file matches"}},
		{"one below a directory that is missing", "gone/*.log", "", []string{"gone/*.log: no file matches"}},
		{"one that matches a directory only", "lo*", "", []string{"lo*: no file matches"}},
		{"a bad pattern", "logs/[a", "", []string{"logs/[a: syntax error in pattern"}},
		{"beside sources that are there", "gone.log a.log *.gz logs empty", "a.log logs/b.log", []string{"gone.log: ", "\n*.gz: no file matches", "\nempty: no logs"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := found(strings.Fields(test.args)...)
			if err == nil {
				t.Fatalf("no error, and %q", got)
			}
			for _, s := range test.err {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error is %q, want %q in it", err, s)
				}
			}
			if !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
	if _, _, err := Find([]string{"gone.log"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v, which is not fs.ErrNotExist", err)
	}
}

func TestFindFollowsLinks(t *testing.T) {
	tree(t, "store/2026-11-02.log", "elsewhere/x.log", "logs/a.log")
	for link, target := range map[string]string{
		"current":          "store",
		"logs/today.log":   "../store/2026-11-02.log",
		"logs/copy.log":    "a.log",
		"logs/broken.log":  "gone.log",
		"logs/more":        "../elsewhere", // a directory: could lead in a circle
		"store/latest.log": "2026-11-02.log",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, args, want string }{
		{"to a directory, when named", "current", "current/2026-11-02.log"},
		{"to a directory, in a pattern", "current/2*.log", "current/2026-11-02.log"},
		{"to a file, when named", "logs/today.log", "logs/today.log"},
		{"to files in a directory", "logs", "logs/a.log logs/today.log"},
		{"to files that a pattern matches", "logs/*.log", "logs/a.log logs/today.log"},
		{"a file and a link to it are one", "store/2026-11-02.log current store logs/today.log", "store/2026-11-02.log"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := found(strings.Fields(test.args)...)
			if err != nil || !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestNamedLikeLog(t *testing.T) {
	for _, name := range []string{
		"a.log", "a.LOG", "a.txt", "a.json", "a.jsonl", "a.ndjson", "server.out", "server.err",
		"a.log.gz", "a.log.zst", "a.jsonl.zstd", "a.txt.gzip",
		"a.log.1", "a.log.2.gz", "a.log.2026-11-02", "a.log.2026-11-02.gz", "a.log-20261102", "a.log-20261102.gz", "a.log.20261102_1.zst",
		"a.log.bz2", "a.log.xz", "a.txt.lz4", "a.log.zip", "logs.tar.gz", "app.log.tgz",
		"a-2026.11.02.log", "syslog", "syslog.1", "syslog.2.gz", "catalina.2026-11-02.log",
	} {
		if !namedLikeLog(name) {
			t.Errorf("%s is a log", name)
		}
	}
	for _, name := range []string{
		"", ".", "1", "2026-11-02", "core", "a.png", "a.go", "a.log.bak", "a.logs", "a.gz", "a.tar.gz", "a.zip", "a.1", "log.d", "catalog.db", "README",
	} {
		if namedLikeLog(name) {
			t.Errorf("%s is no log", name)
		}
	}
}

func TestOnlyWhatAPatternMayMatchIsWalked(t *testing.T) {
	tests := []struct {
		pattern, dir string
		want         bool
	}{
		{"*.log", "a", false},
		{"a/*.log", "a", true},
		{"a/*.log", "b", false},
		{"a/*.log", "a/b", false},
		{"?/b/*.log", "a/b", true},
		{"*/*", ".git", false},
		{".g*/*", ".git", true},
		{"**", "a/b/c", true},
		{"a/**", "a/b/c", true},
		{"a/**", "b", false},
		{"a/**/c", "a/b/c/d", true},
		{"**/.git/*", "a/.git", true},
	}
	for _, test := range tests {
		if got := matchBelow(strings.Split(test.pattern, "/"), strings.Split(test.dir, "/")); got != test.want {
			t.Errorf("%s below %s: got %v, want %v", test.pattern, test.dir, got, test.want)
		}
	}
}

// logOf returns n lines that do not compress to nothing.
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

// skippable is a zstd frame that a decoder passes over.
func skippable(content string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("\x5a\x2a\x4d\x18"), uint32(len(content)))
	return append(b, content...)
}

// open writes data to a file and opens it, which must hold one input.
func open(t *testing.T, name string, data []byte, sectionSize int64) (*Input, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return first(t, Source{Path: p}, Options{SectionSize: sectionSize})
}

// first opens a source and returns the first input in it.
func first(t *testing.T, s Source, o Options) (*Input, error) {
	t.Helper()
	next, stop := iter.Pull2(Open(s, o))
	t.Cleanup(stop)
	in, err, ok := next()
	if !ok {
		t.Fatal("no input")
	}
	return in, err
}

// drain reads an input to its end: the bytes of its blocks, in order, how many
// bytes were passed over, and what ended it if it was not the end.
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

const noSections = 1 << 40

func TestOpenReadsWhatTheFirstBytesTell(t *testing.T) {
	log, object := logOf(5000), []byte("{\"a\":1}\n{\"b\":2}\n") // the log is larger than a sample
	tests := []struct {
		name, file          string
		data                []byte
		want                []byte
		compression, format string
	}{
		{"plain", "a.log", log, log, "", "console"},
		{"plain objects", "a.log", object, object, "", "jsonl"},
		{"no line feed at the end", "a.log", []byte("a\nb"), []byte("a\nb"), "", "console"},
		{"one line feed", "a.log", []byte("\n"), []byte("\n"), "", "console"},
		{"one byte of a magic number", "a.log", []byte("\x1f"), []byte("\x1f"), "", "console"},
		{"gzip", "a.log.gz", gzipped(t, log), log, "gzip", "console"},
		{"gzip of objects", "a.gz", gzipped(t, object), object, "gzip", "jsonl"},
		{"gzip of several members", "a.gz", gzipped(t, []byte("a\nb"), []byte("c\n"), nil, log), append([]byte("a\nbc\n"), log...), "gzip", "console"},
		{"gzip whose first member is empty", "a.gz", gzipped(t, nil, object), object, "gzip", "jsonl"},
		{"zstd", "a.log.zst", zstded(t, log), log, "zstd", "console"},
		{"zstd of several frames", "a.zst", zstded(t, []byte("a\nb"), []byte("c\n"), log), append([]byte("a\nbc\n"), log...), "zstd", "console"},
		{"zstd behind a skippable frame", "a.zst", append(skippable("index"), zstded(t, object)...), object, "zstd", "jsonl"},
		{"zstd around a skippable frame", "a.zst", slices.Concat(zstded(t, []byte("a\n")), skippable("x"), zstded(t, []byte("b\n"))), []byte("a\nb\n"), "zstd", "console"},
		{"gzip under the name of zstd", "a.log.zst", gzipped(t, log), log, "gzip", "console"},
		{"zstd under the name of a log", "a.log", zstded(t, log), log, "zstd", "console"},
		{"plain under the name of gzip", "a.log.gz", log, log, "", "console"},
		{"a stray NUL byte", "a.log", append(logOf(10), 0, '\n'), append(logOf(10), 0, '\n'), "", "console"},
		{"UTF-8 with a byte order mark", "a.log", []byte("\xef\xbb\xbf{\"a\":1}\n"), []byte("\xef\xbb\xbf{\"a\":1}\n"), "", "jsonl"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, err := open(t, test.file, test.data, noSections)
			if err != nil {
				t.Fatal(err)
			}
			if in.Compression != test.compression || in.Format.Name != test.format || len(in.Readers()) != 1 {
				t.Errorf("got %q, %s and %d readers", in.Compression, in.Format.Name, len(in.Readers()))
			}
			got, skipped, err := drain(in)
			if err != nil || skipped != 0 || !bytes.Equal(got, test.want) {
				t.Errorf("got %d bytes, %d skipped, %v, want %d bytes", len(got), skipped, err, len(test.want))
			}
			if in.Decoded() != int64(len(test.want)) {
				t.Errorf("decoded %d bytes, want %d", in.Decoded(), len(test.want))
			}
		})
	}
}

func TestOpenRefusesWhatIsNoLog(t *testing.T) {
	binaryData := bytes.Repeat([]byte("\x7fELF\x00\x01\x00\x00"), 100)
	encrypted := make([]byte, 4000) // no NUL byte in a hundred
	rand.NewChaCha8([32]byte{}).Read(encrypted)
	thrice := gzipped(t, gzipped(t, gzipped(t, logOf(10))))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, ErrEmpty.Error()},
		{"gzip of nothing", gzipped(t, nil), ErrEmpty.Error()},
		{"gzip of nothing twice", gzipped(t, nil, nil), ErrEmpty.Error()},
		{"zstd of nothing", append(skippable("x"), zstded(t, nil)...), ErrEmpty.Error()},
		{"binary data", binaryData, "not a log: binary data, NUL byte at offset 4, starts with 7f 45 4c 46 00 01 00 00 (understood are text in UTF-8 and UTF-16, and gzip, zstd, bzip2, xz, lz4, tar and zip)"},
		{"binary data in gzip", gzipped(t, binaryData), "not a log: binary data"},
		{"bytes that say nothing", encrypted, "not a log: binary data, "},
		{"UTF-32", []byte("\xff\xfe\x00\x00a\x00\x00\x00"), "not a log: UTF-32"},
		{"a partial", []byte("\xff\xff\xff\xff\x10\x00"), "not a log: an Arrow stream; if otlog scan has written it, "},
		{"compress", []byte("\x1f\x9d\x90a"), "not a log: compress (.Z) data is not understood (understood are "},
		{"7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), "not a log: 7z data"},
		{"rar", []byte("Rar!\x1a\x07\x01\x00"), "not a log: rar data"},
		{"gzip thrice", thrice, "not unpacked: compressed more than twice (gzip+gzip+gzip)"},
		{"gzip's first bytes and no more", []byte("\x1f\x8b"), "gzip stream is damaged near byte 2, after 0 decoded bytes: unexpected end of file"},
		{"garbage behind them", append([]byte("\x1f\x8b"), logOf(10)...), "gzip stream is damaged near byte "},
		{"gzip that ends before its first byte", gzipped(t, logOf(10))[:12], "gzip stream is damaged near byte 12, after 0 decoded bytes: unexpected end of file"},
		{"zstd's first bytes and no more", []byte("\x28\xb5\x2f\xfd"), "zstd stream is damaged near byte 4, after 0 decoded bytes: unexpected end of file"},
		{"garbage behind those", append([]byte("\x28\xb5\x2f\xfd"), logOf(10)...), "zstd stream is damaged near byte "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := open(t, "a.log", test.data, 16)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("got %q, want %q", err, test.want)
			}
			var unreadable *UnreadableError
			var damage *DamageError
			switch {
			case errors.As(err, &unreadable):
				if unreadable.Bytes == 0 {
					t.Error("nothing accounts for what was looked at")
				}
			case errors.As(err, &damage):
				if damage.Offset != 0 || damage.Compression == "" {
					t.Errorf("damage is %+v", damage)
				}
			case !errors.Is(err, ErrEmpty):
				t.Errorf("%T", err)
			}
		})
	}
	if _, err := first(t, Source{Path: filepath.Join(t.TempDir(), "gone.log")}, Options{}); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "gone") {
		t.Errorf("a missing file is %v", err) // the caller names it
	}
	if _, err := first(t, Source{Path: t.TempDir()}, Options{}); err == nil {
		t.Error("a directory was opened")
	}
}

func TestDamagedStreamsGiveAllBeforeTheDamage(t *testing.T) {
	log := logOf(20_000) // several blocks
	packed := gzipped(t, log)
	packedZstd := zstded(t, log[:len(log)/2], log[len(log)/2:])
	flipped := bytes.Clone(packedZstd)
	flipped[len(flipped)*3/4] ^= 0x10
	packedLz4 := lz4ed(t, log, lz4.BlockSizeOption(lz4.Block64Kb))
	packedXz := xzed(t, log, xz.WriterConfig{BlockSize: 64 << 10})
	tests := []struct {
		name        string
		data        []byte
		compression string
		input       int64 // where it is damaged
		atLeast     int   // decoded bytes
	}{
		{"gzip cut off in the middle", packed[:len(packed)/2], "gzip", int64(len(packed) / 2), len(log) / 3},
		{"gzip without its checksum", packed[:len(packed)-8], "gzip", int64(len(packed) - 8), len(log)},
		{"gzip with another checksum", append(bytes.Clone(packed[:len(packed)-8]), "checksum"...), "gzip", int64(len(packed)), len(log)},
		{"garbage behind gzip", append(bytes.Clone(packed), "more than a header of text"...), "gzip", int64(len(packed)) + 26, len(log)},
		{"zstd cut off in the middle", packedZstd[:len(packedZstd)*3/4], "zstd", int64(len(packedZstd) * 3 / 4), len(log) / 2},
		{"lz4 cut off in the middle", packedLz4[:len(packedLz4)/2], "lz4", int64(len(packedLz4) / 2), len(log) / 3},
		{"xz cut off in the middle", packedXz[:len(packedXz)/2], "xz", int64(len(packedXz) / 2), len(log) / 3},
		{"xz in gzip cut off in the middle", gzipped(t, packedXz[:len(packedXz)/2]), "xz", int64(len(packedXz) / 2), len(log) / 3},
		{"zstd with a flipped bit", flipped, "zstd", int64(len(packedZstd)), len(log) / 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in, err := open(t, "a.log", test.data, noSections)
			if err != nil {
				t.Fatal(err)
			}
			got, skipped, err := drain(in)
			var damage *DamageError
			if !errors.As(err, &damage) {
				t.Fatalf("ended with %v", err)
			}
			if !bytes.HasPrefix(log, got) || len(got) < test.atLeast || len(got) > 0 && got[len(got)-1] != '\n' {
				t.Errorf("got %d bytes, want a part of whole lines of at least %d", len(got), test.atLeast)
			}
			if int64(len(got))+skipped != in.Decoded() || damage.Offset != in.Decoded() {
				t.Errorf("%d bytes in lines and %d skipped, but %d decoded, damage at %d", len(got), skipped, in.Decoded(), damage.Offset)
			}
			if damage.Compression != test.compression || damage.Input > test.input || damage.Input < test.input/2 {
				t.Errorf("%s is damaged near byte %d, want %s near %d", damage.Compression, damage.Input, test.compression, test.input)
			}
			if s := fmt.Sprintf("near byte %d, after %d decoded bytes", damage.Input, damage.Offset); !strings.Contains(err.Error(), s) {
				t.Errorf("%q does not say %q", err, s)
			}
		})
	}
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
		{"gzip broken off behind its end", gzipped(t, log), broken, log, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// A pipe gives what there is, and a reader that has ended says so
			// once: a terminal would wait for more.
			stdin := iotest.HalfReader(io.MultiReader(bytes.NewReader(test.data), &once{t: t, err: test.err}))
			in, err := first(t, Source{Path: "-"}, Options{Stdin: stdin, SectionSize: 16})
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
		_, got := first(t, Source{Path: "-"}, Options{Stdin: &once{t: t, err: err}})
		var damage *DamageError
		if err == io.EOF && got != ErrEmpty || err == broken && !(errors.As(got, &damage) && errors.Is(got, broken)) {
			t.Errorf("a standard input that starts with %v is %v", err, got)
		}
	}
}

// once is a reader that has nothing but an error, and is read once.
type once struct {
	t   *testing.T
	err error
}

func (o *once) Read([]byte) (int, error) {
	err := o.err
	if err == nil {
		o.t.Error("read behind its end")
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
