package unpack_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack"
)

// packedLog is the content of the files in testdata. They were made by tools for which there is
// no writer in Go: bzip2 -9, and xz in several blocks with another checksum.
func packedLog() []byte { return logOf(200) }

func stored(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// written returns data as a compressor writes it.
func written(t *testing.T, data []byte, compressor func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := compressor(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// xzed packs data with a small dictionary, unless c has one: every reader allocates it.
func xzed(t *testing.T, data []byte, c xz.WriterConfig) []byte {
	t.Helper()
	c.DictCap = cmp.Or(c.DictCap, 1<<16)
	return written(t, data, func(w io.Writer) (io.WriteCloser, error) { return c.NewWriter(w) })
}

func lz4ed(t *testing.T, data []byte, options ...lz4.Option) []byte {
	t.Helper()
	return written(t, data, func(w io.Writer) (io.WriteCloser, error) {
		z := lz4.NewWriter(w)
		return z, z.Apply(append([]lz4.Option{lz4.BlockSizeOption(lz4.Block64Kb)}, options...)...)
	})
}

// packed returns a log in every compression, and the log itself.
func packed(t *testing.T) (map[string][]byte, []byte) {
	t.Helper()
	log := packedLog()
	half := len(log) / 2
	return map[string][]byte{
		"gzip":               gzipped(t, log),
		"gzip, members":      gzipped(t, log[:half], log[half:]),
		"zstd":               zstded(t, log),
		"bzip2":              stored(t, "log.bz2"),
		"xz":                 xzed(t, log, xz.WriterConfig{}),
		"xz, blocks":         stored(t, "log.xz"),
		"xz, no check":       xzed(t, log, xz.WriterConfig{NoCheckSum: true, BlockSize: 3000}),
		"xz, crc32":          xzed(t, log, xz.WriterConfig{CheckSum: xz.CRC32}),
		"xz, streams":        slices.Concat(xzed(t, log[:half], xz.WriterConfig{}), make([]byte, 8), xzed(t, log[half:], xz.WriterConfig{})),
		"xz, empty stream":   slices.Concat(xzed(t, nil, xz.WriterConfig{}), xzed(t, log, xz.WriterConfig{})),
		"lz4":                lz4ed(t, log),
		"lz4, frames":        slices.Concat(lz4ed(t, log[:half]), lz4ed(t, nil), lz4ed(t, log[half:])),
		"lz4, small blocks":  lz4ed(t, log, lz4.BlockSizeOption(lz4.Block64Kb), lz4.BlockChecksumOption(true)),
		"lz4, old":           lz4ed(t, log, lz4.LegacyOption(true)),
		"lz4, skippable":     slices.Concat(skippable("index"), lz4ed(t, log[:half]), skippable("x"), lz4ed(t, log[half:])),
		"lz4, skippable two": slices.Concat(skippable(""), skippable("index"), lz4ed(t, log)),
		"zstd, skippable":    slices.Concat(skippable(strings.Repeat("x", unpack.HeadSize)), zstded(t, log)),
	}, log
}

func TestCompressions(t *testing.T) {
	all, log := packed(t)
	all["bzip2, streams"] = slices.Concat(stored(t, "log.bz2"), stored(t, "log.bz2"))
	for name, data := range all {
		t.Run(name, func(t *testing.T) {
			want := log
			if name == "bzip2, streams" {
				want = slices.Concat(log, log)
			}
			for _, around := range []string{"", "gzip+", "xz+"} {
				data, compression := data, around+strings.Split(name, ",")[0]
				switch around {
				case "gzip+":
					data = gzipped(t, data)
				case "xz+":
					data = xzed(t, data, xz.WriterConfig{})
				}
				in, err := open(t, "a.log", data, noSections)
				if err != nil {
					t.Fatal(err)
				}
				got, skipped, err := drain(in)
				if err != nil || skipped != 0 || !bytes.Equal(got, want) || in.Compression != compression {
					t.Errorf("%s: got %d bytes of %d, %d skipped, %v", in.Compression, len(got), len(want), skipped, err)
				}
			}
		})
	}
}

func TestCutOffAnywhere(t *testing.T) {
	all, log := packed(t)
	for name, data := range all {
		if strings.HasSuffix(name, "members") || strings.HasSuffix(name, "streams") || strings.HasSuffix(name, "frames") || strings.Contains(name, "skippable") {
			continue // may end between two of them
		}
		t.Run(name, func(t *testing.T) {
			for cut := 6; cut < len(data); cut += 1 + len(data)/60 {
				if name == "lz4, old" && cut > len(data)-5 {
					break // its end is not marked
				}
				got, err := lines(t, data[:cut])
				var damage *parse.DamageError
				if !errors.As(err, &damage) || !strings.Contains(err.Error(), " data is truncated near byte ") {
					t.Fatalf("%d bytes: %v", cut, err)
				}
				if damage.Input > int64(cut) || damage.Compression != strings.Split(name, ",")[0] {
					t.Errorf("%d bytes: %v", cut, err)
				}
				if !bytes.HasPrefix(log, got) || len(got) > 0 && got[len(got)-1] != '\n' {
					t.Fatalf("%d bytes: got %d bytes that are not whole lines of the log", cut, len(got))
				}
			}
		})
	}
}

// lines reads the first input of a source to its end, and checks that all bytes are accounted
// for.
func lines(t *testing.T, data []byte) ([]byte, error) {
	t.Helper()
	in, err := first(t, stream(bytes.NewReader(data)), parse.Options{})
	if err != nil {
		return nil, err
	}
	got, skipped, err := drain(in)
	if int64(len(got))+skipped != in.Decoded() {
		t.Errorf("%d bytes in lines and %d skipped of %d", len(got), skipped, in.Decoded())
	}
	var damage *parse.DamageError
	if errors.As(err, &damage) && damage.Offset != in.Decoded() {
		t.Errorf("%d bytes were decoded, but the damage is at %d", in.Decoded(), damage.Offset)
	}
	return got, err
}

func TestFlippedBits(t *testing.T) {
	all, log := packed(t)
	for name, data := range all {
		t.Run(name, func(t *testing.T) {
			for at := 0; at < len(data); at += 1 + len(data)/60 {
				flipped := bytes.Clone(data)
				flipped[at] ^= 1 << (at % 8)
				got, err := lines(t, flipped)
				// Some bits have no meaning, and some formats no checksum.
				if err == nil && !bytes.Equal(got, log) && at > 6 && name != "lz4, old" && name != "xz, no check" && !strings.Contains(name, "skippable") {
					t.Errorf("byte %d: no error, and %d bytes", at, len(got))
				}
			}
		})
	}
}

func TestXzRefuses(t *testing.T) {
	sound := xzed(t, packedLog(), xz.WriterConfig{DictCap: 1 << 20})
	// header is the first block's, remade by change.
	header := func(change func(fields []byte)) []byte {
		data := bytes.Clone(sound)
		const from = 12 // after the stream header
		n := (int(data[from]) + 1) * 4
		change(data[from : from+n-4])
		binary.LittleEndian.PutUint32(data[from+n-4:], crc32.ChecksumIEEE(data[from:from+n-4]))
		return data
	}
	dictionary := bytes.LastIndexByte(sound[:12+(int(sound[12])+1)*4-4], lzma.EncodeDictCap(1<<20)) - 12
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"a large dictionary", header(func(f []byte) { f[dictionary] = lzma.EncodeDictCap(unpack.MaxWindow + 1) }), "dictionary larger than 128 MiB"},
		{"the largest one", header(func(f []byte) { f[dictionary] = lzma.EncodeDictCap(unpack.MaxWindow) }), ""},
		{"another filter", header(func(f []byte) { f[dictionary-2] = 3 }), "a filter other than LZMA2"},
		{"garbage after the end", append(bytes.Clone(sound), "more than a header of text"...), "the data after its end"},
		{"odd padding", append(bytes.Clone(sound), 0, 0), "xz data is truncated near byte "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := lines(t, test.data)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestExpansionHasALimit(t *testing.T) {
	const line = "a line that says the same again and again\n"
	log := bytes.Repeat([]byte(line), 200_000)
	bomb := gzipped(t, log)
	tests := []struct {
		name  string
		limit int64
		floor int64
		ends  bool
	}{
		{"above the limit", 50, 1 << 20, true},
		{"not below the floor", 50, int64(len(log)), false},
		{"below the limit", 2000, 1 << 20, false},
		{"no limit", -1, 1, false},
		{"the default", 0, 1, false},
	}
	for _, test := range tests {
		for _, layers := range []int{1, 2} {
			data := bomb
			if layers == 2 {
				data = gzipped(t, bomb)
			}
			setExpansionFloor(t, test.floor)
			in, err := first(t, stream(bytes.NewReader(data)), parse.Options{MaxExpansion: test.limit * int64(layers*layers)})
			if err != nil {
				t.Fatal(err)
			}
			got, skipped, err := drain(in)
			if !test.ends {
				if err != nil || !bytes.Equal(got, log) {
					t.Errorf("%s, %d layers: %d bytes, %v", test.name, layers, len(got), err)
				}
				continue
			}
			if err == nil || !strings.Contains(err.Error(), "times its size, which no log does: stopped near byte ") || !strings.Contains(err.Error(), "--max-expansion") {
				t.Errorf("%s, %d layers: %v", test.name, layers, err)
			}
			if !bytes.HasPrefix(log, got) || int64(len(got)) < test.floor-parse.BlockSize || len(got) == len(log) || int64(len(got))+skipped != in.Decoded() {
				t.Errorf("%s, %d layers: %d bytes", test.name, layers, len(got))
			}
		}
	}
}
