package unpack_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zip"
	"github.com/ulikunitz/xz"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/unpack"
)

// A file is a member of an archive. A name with a slash at its end is a directory.
type file struct {
	name string
	data []byte
}

func tarred(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		head := &tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data))}
		if strings.HasSuffix(f.name, "/") {
			head.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(head); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, method uint16, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		head := &zip.FileHeader{Name: f.name, Method: method}
		create := w.CreateHeader
		if method == zip.Store { // with its size in the header before it, as tools write it
			head.CRC32, head.CompressedSize64, head.UncompressedSize64 = crc32.ChecksumIEEE(f.data), uint64(len(f.data)), uint64(len(f.data))
			create = w.CreateRaw
		}
		m, err := create(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A content is the text of an input, or its error.
type content struct {
	name string
	data []byte
	err  error
}

// contents reads all inputs of a source.
func contents(s parse.Source, o parse.Options) []content {
	var out []content
	for in, err := range inputs(s, o) {
		c := content{name: in.Name, err: err}
		if err == nil {
			c.data, _, c.err = drain(in)
		}
		out = append(out, c)
	}
	return out
}

// unpacked reads an archive as a file and from the standard input, which must
// give the same, and removes its temporary files.
func unpacked(t *testing.T, data []byte) []content {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a", data, 0o666); err != nil {
		t.Fatal(err)
	}
	got := contents(parse.Source{Path: "a"}, parse.Options{SectionSize: 100})
	piped := contents(stream(bytes.NewReader(data)), parse.Options{})
	for i := range piped {
		piped[i].name = strings.Replace(piped[i].name, "stdin", "a", 1)
	}
	if shown(got) != shown(piped) {
		t.Errorf("a file gives\n%sa pipe\n%s", shown(got), shown(piped))
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("files left: %q, %v", left, err)
	}
	return got
}

func shown(all []content) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "%s: %d bytes, %v\n", c.name, len(c.data), c.err)
	}
	return b.String()
}

func TestArchives(t *testing.T) {
	log := logOf(3000)
	var utf16 []byte
	for _, c := range []byte("a line\n") {
		utf16 = append(utf16, c, 0)
	}
	files := []file{
		{"logs/", nil},
		{"logs/app.log", log},
		{"logs/app.log.1.gz", gzipped(t, log)},
		{"./logs/rel.txt", []byte("a\n")},
		{"logs/empty.log", nil},
		{"logs/picture.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")},
		{"logs/.hidden/x.log", log},
		{"__MACOSX/._app.log", []byte("\x00\x05")},
		{"logs/app.log", []byte("again\n")},
		{"logs/old-logs.tar", tarred(t, file{"x.log", log})},
		{"logs/core.log", bytes.Repeat([]byte{0}, 600)},
		{"../../etc/\x1b[2Jsys.log", []byte("b\n")},
		{`dir\windows.log`, append([]byte("\xff\xfe"), utf16...)},
	}
	want := []content{
		{"a/logs/app.log", log, nil},
		{"a/logs/app.log.1.gz", log, nil},
		{"a/logs/rel.txt", []byte("a\n"), nil},
		{"a/logs/empty.log", nil, parse.ErrEmpty},
		{"a/logs/picture.png", nil, errors.New("not a log: binary data")},
		{"a/logs/app.log (2)", []byte("again\n"), nil},
		{"a/logs/old-logs.tar", nil, errors.New("not unpacked: a tar in a ")},
		{"a/logs/core.log", nil, errors.New("not a log: binary data, NUL byte at offset 0")},
		{"a/../../etc/\x1b[2Jsys.log", []byte("b\n"), nil},
		{`a/dir\windows.log`, []byte("\xef\xbb\xbfa line\n"), nil},
	}
	tarOf := tarred(t, files...)
	for name, data := range map[string][]byte{
		"tar":         tarOf,
		"tar.gz":      gzipped(t, tarOf),
		"tar.gz, two": gzipped(t, tarOf[:5000], tarOf[5000:]),
		"tar.zst":     zstded(t, tarOf),
		"tar.xz":      xzed(t, tarOf, xz.WriterConfig{}),
		"tar.lz4":     lz4ed(t, tarOf),
		"zip":         zipped(t, zip.Deflate, files...),
		"zip, stored": zipped(t, zip.Store, files...),
		"zip.gz":      gzipped(t, zipped(t, zip.Deflate, files...)),
	} {
		t.Run(name, func(t *testing.T) {
			got := unpacked(t, data)
			if len(got) != len(want) {
				t.Fatalf("got\n%s", shown(got))
			}
			for i, w := range want {
				g := got[i]
				switch {
				case g.name != w.name || !bytes.Equal(g.data, w.data):
					t.Errorf("got %s with %d bytes, want %s with %d", g.name, len(g.data), w.name, len(w.data))
				case (g.err == nil) != (w.err == nil) || g.err != nil && !strings.HasPrefix(g.err.Error(), w.err.Error()):
					t.Errorf("%s: %v, want %v", g.name, g.err, w.err)
				}
			}
		})
	}
}

func TestArchivesWithoutLogs(t *testing.T) {
	tests := []struct {
		name  string
		data  []byte
		want  string
		files int64
	}{
		{"nothing in a zip", zipped(t, zip.Deflate), "empty: nothing to read", 0},
		{"a directory", tarred(t, file{"logs/", nil}), "empty: nothing to read", 0},
		{"other files", tarred(t, file{"a.png", []byte("\x89PNG\x00")}, file{"b.md", []byte("y")}, file{"c.txt", []byte("y")}, file{"d", nil}),
			"no logs in this archive, but 1 not text, 1 source code or documentation, 1 without any sign of a log, 1 empty", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			seen := &sieve.Sieve{}
			got := contents(stream(bytes.NewReader(test.data)), parse.Options{Sieve: seen})
			left := seen.LeftOut()
			if len(got) != 1 || got[0].name != "stdin" || !strings.HasPrefix(got[0].err.Error(), test.want) || left.Files() != test.files {
				t.Errorf("got %s%s left out", shown(got), left.String())
			}
		})
	}
}

// wholeLinesOf checks that each member gives whole lines of its log.
func wholeLinesOf(t *testing.T, log []byte, got []content) {
	t.Helper()
	for _, c := range got {
		if !bytes.HasPrefix(log, c.data) || len(c.data) > 0 && c.data[len(c.data)-1] != '\n' {
			t.Errorf("%s: %d bytes that are not whole lines", c.name, len(c.data))
		}
	}
}

func TestArchivesCutOffAnywhere(t *testing.T) {
	log := logOf(100)
	files := []file{{"one.log", log}, {"two.log", log}, {"pic.png", log}, {"three.log.gz", gzipped(t, log)}}
	tarOf := tarred(t, files...)
	for name, data := range map[string][]byte{
		"tar": tarOf, "tar.gz": gzipped(t, tarOf), "zip": zipped(t, zip.Deflate, files...), "zip, stored": zipped(t, zip.Store, files...),
	} {
		t.Run(name, func(t *testing.T) {
			end := len(data)
			if name == "tar" {
				end -= 1024 // its end mark, half of which is enough
			}
			for cut := 600; cut < end; cut += 1 + len(data)/100 {
				got := contents(stream(bytes.NewReader(data[:cut])), parse.Options{})
				wholeLinesOf(t, log, got)
				read, damaged := 0, false
				for _, c := range got {
					read += len(c.data)
					var damage *parse.DamageError
					damaged = damaged || errors.As(c.err, &damage)
				}
				if !damaged {
					t.Errorf("%d of %d bytes: no error in\n%s", cut, len(data), shown(got))
				}
				if read < len(log) && cut > len(data)*3/4 && name != "tar.gz" {
					t.Errorf("%d of %d bytes: only\n%s", cut, len(data), shown(got))
				}
			}
		})
	}
}

func TestArchivesWithFlippedBits(t *testing.T) {
	log := logOf(100)
	files := []file{{"one.log", log}, {"two.log", log}, {"three.log.gz", gzipped(t, log)}}
	for _, data := range [][]byte{tarred(t, files...), zipped(t, zip.Deflate, files...), zipped(t, zip.Store, files...)} {
		for at := 0; at < len(data); at += 1 + len(data)/200 {
			flipped := bytes.Clone(data)
			flipped[at] ^= 1 << (at % 8)
			contents(stream(bytes.NewReader(flipped)), parse.Options{}) // does not panic, and ends
		}
	}
}

func TestDamageInATar(t *testing.T) {
	log := logOf(20)
	tarOf := tarred(t, file{"one.log", log}, file{"two.log", log}, file{"three.log", log})
	size := len(log) + 512 + (-len(log))&511 // of a member
	broken := bytes.Clone(tarOf)
	broken[size+150] ^= 1 // in the checksum of the second header
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"sound", tarOf, []string{"one.log", "two.log", "three.log"}},
		{"a broken header", broken, []string{"one.log", "three.log", "a: tar data is damaged near byte"}},
		{"two tars", slices.Concat(tarOf, tarred(t, file{"four.log", log})), []string{"one.log", "two.log", "three.log", "four.log"}},
		{"garbage after it", slices.Concat(tarOf, []byte("garbage")), []string{"one.log", "two.log", "three.log", "a: tar data is damaged near byte"}},
		{"no end mark", tarOf[:3*size], []string{"one.log", "two.log", "three.log", "a: tar data is damaged near byte"}},
		{"half an end mark", tarOf[:3*size+512], []string{"one.log", "two.log", "three.log"}},
		{"cut off in a file", tarOf[:size+600], []string{"one.log", "two.log: 73 bytes, tar data is truncated near byte"}},
		{"cut off in gzip", gzipped(t, tarOf)[:200], []string{"one.log: 353 bytes, gzip data is truncated near byte 200: the 380 decoded bytes before it were read"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := unpacked(t, test.data)
			wholeLinesOf(t, log, got)
			if len(got) != len(test.want) {
				t.Fatalf("got\n%s", shown(got))
			}
			for i, want := range test.want {
				if strings.HasSuffix(want, ".log") {
					want = "a/" + want + ": " + fmt.Sprint(len(log)) + " bytes, <nil>"
				}
				if line := shown(got[i : i+1]); !strings.Contains(strings.Replace(line, "a: 0 bytes, ", "a: ", 1), want) {
					t.Errorf("got %s, want %s", line, want)
				}
			}
		})
	}
}

func TestMembersOfAZipThatCannotBeRead(t *testing.T) {
	log := logOf(20)
	data := zipped(t, zip.Deflate, file{"one.log", log}, file{"two.log", log}, file{"three.log", log})
	// change changes a byte of two.log in the directory, and in the header before the member.
	change := func(offset int, value byte) []byte {
		out := bytes.Clone(data)
		for magic, more := range map[string]int{"PK\x03\x04": 0, "PK\x01\x02": 2} {
			at := bytes.Index(out, []byte(magic))
			at += 4 + bytes.Index(out[at+4:], []byte(magic))
			out[at+offset+more] = value
		}
		return out
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"encrypted", change(6, 9), "not unpacked: this member of a zip is encrypted"},
		{"an unknown method", change(8, 9), "not unpacked: compression method 9 of a zip is not supported"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := unpacked(t, test.data)
			if len(got) != 3 || got[1].err == nil || got[1].err.Error() != test.want || !bytes.Equal(got[0].data, log) || !bytes.Equal(got[2].data, log) {
				t.Errorf("got\n%s", shown(got))
			}
			// And without the directory.
			got = unpacked(t, test.data[:bytes.Index(test.data, []byte("PK\x01\x02"))])
			if len(got) != 4 || got[1].err == nil || got[1].err.Error() != test.want || !bytes.Equal(got[2].data, log) ||
				!strings.HasPrefix(got[3].err.Error(), "zip data is damaged near byte ") {
				t.Errorf("without directory got\n%s", shown(got))
			}
		})
	}
}

func TestRareMethodsOfAZip(t *testing.T) {
	log := packedLog()
	for method, packed := range map[uint16][]byte{unpack.ZipZstd: zstded(t, log), unpack.ZipBzip2: stored(t, "log.bz2"), unpack.ZipXz: stored(t, "log.xz")} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		m, err := w.CreateRaw(&zip.FileHeader{
			Name: "a.log", Method: method, CRC32: crc32.ChecksumIEEE(log),
			CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(log)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(packed); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{b.Bytes(), b.Bytes()[:b.Len()-30]} { // with its directory and without
			if got := unpacked(t, data); got[0].err != nil || !bytes.Equal(got[0].data, log) {
				t.Errorf("method %d: got\n%s", method, shown(got))
			}
		}
	}
}

// TestExpansionOfArchives reads archives that expand to more than their size without
// compression.
func TestExpansionOfArchives(t *testing.T) {
	text := logOf(2000)
	text = text[:len(text)&^(unpack.TarBlock-1)]
	sparse := make([]byte, unpack.TarBlock)
	for at, field := range map[int]string{
		0: "a.log", 100: "0000644", 124: fmt.Sprintf("%011o", len(text)), 136: "00000000000", 156: "S", 257: "ustar  ",
		386: "00000000000", 398: fmt.Sprintf("%011o", len(text)), // a piece, and nothing after it
		483: "17777777777", // the size of all
	} {
		copy(sparse[at:], field)
	}
	sum := 8 * int(' ')
	for _, c := range sparse[:unpack.TarBlock] {
		sum += int(c)
	}
	copy(sparse[148:], fmt.Sprintf("%06o\x00 ", sum))
	sparse = append(append(sparse, text...), make([]byte, 2*unpack.TarBlock)...)

	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 100 { // a directory that lists one member a hundred times
		m, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%02d.log", i), Method: zip.Deflate})
		if err == nil && i == 0 {
			_, err = m.Write(bytes.Repeat([]byte("a line\n"), 100_000))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	overlapping := b.Bytes()
	directory := bytes.Index(overlapping, []byte("PK\x01\x02"))
	const entry = 46 + 6
	for i := 1; i < 100; i++ {
		to := overlapping[directory+i*entry:]
		copy(to[:42], overlapping[directory:][:42])
		copy(to[42:46], []byte{0, 0, 0, 0}) // the offset of the first one
	}
	for name, data := range map[string][]byte{"a sparse file": sparse, "members that overlap": overlapping} {
		t.Run(name, func(t *testing.T) {
			setExpansionFloor(t, 1<<20)
			var read, given int
			for in, err := range inputs(stream(bytes.NewReader(data)), parse.Options{MaxExpansion: 50}) {
				if err == nil {
					_, _, err = drain(in)
					read += int(in.Decoded())
				}
				if err != nil && (strings.Contains(err.Error(), "times its size, which no log does: stopped near byte ") ||
					strings.Contains(err.Error(), "99 members contain bytes of others")) {
					given++
				}
			}
			if given == 0 || read > 16<<20 {
				t.Errorf("%d bytes were read, %d inputs given up", read, given)
			}
		})
	}
}
