package unpack_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"github.com/otlog/otlog/parse"
)

func TestFirstBytesDecideHowASourceIsRead(t *testing.T) {
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
		{"zstd after a skippable frame", "a.zst", append(skippable("index"), zstded(t, object)...), object, "zstd", "jsonl"},
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

func TestOpenRejectsOtherData(t *testing.T) {
	binaryData := bytes.Repeat([]byte("\x7fELF\x00\x01\x00\x00"), 100)
	encrypted := make([]byte, 4000) // no NUL byte in a hundred
	rand.NewChaCha8([32]byte{}).Read(encrypted)
	thrice := gzipped(t, gzipped(t, gzipped(t, logOf(10))))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, parse.ErrEmpty.Error()},
		{"gzip of nothing", gzipped(t, nil), parse.ErrEmpty.Error()},
		{"gzip of nothing twice", gzipped(t, nil, nil), parse.ErrEmpty.Error()},
		{"zstd of nothing", append(skippable("x"), zstded(t, nil)...), parse.ErrEmpty.Error()},
		{"binary data", binaryData, "not a log: binary data, NUL byte at offset 4, starts with 7f 45 4c 46 00 01 00 00 (supported are text in UTF-8 and UTF-16, Parquet and Arrow, and gzip, zstd, bzip2, xz, lz4, snappy, brotli, tar and zip)"},
		{"binary data in gzip", gzipped(t, binaryData), "not a log: binary data"},
		{"bytes that say nothing", encrypted, "not a log: binary data, "},
		{"UTF-32", []byte("\xff\xfe\x00\x00a\x00\x00\x00"), "not a log: UTF-32"},
		{"an Arrow stream that ends early", []byte("\xff\xff\xff\xff\x10\x00"), "arrow data is truncated near byte 6: the 0 decoded bytes before it were read"},
		{"a Parquet file without its end", []byte("PAR1\x15\x04\x15\x04 and so on"), "parquet data is truncated near byte 18: the 0 decoded bytes before it were read"},
		{"Avro", []byte("Obj\x01\x04\x14avro.codec"), "Avro data is not supported: convert it to Parquet or NDJSON (avro-tools tojson FILE > FILE.jsonl)"},
		{"ORC", []byte("ORC\x11\x00\x00"), "ORC data is not supported: convert it to Parquet or NDJSON (orc-tools data FILE > FILE.jsonl)"},
		{"compress", []byte("\x1f\x9d\x90a"), "not a log: compress (.Z) data is not supported (supported are "},
		{"7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), "not a log: 7z data"},
		{"rar", []byte("Rar!\x1a\x07\x01\x00"), "not a log: rar data"},
		{"gzip thrice", thrice, "not unpacked: compressed more than twice (gzip+gzip+gzip)"},
		{"gzip's first bytes and no more", []byte("\x1f\x8b"), "gzip data is truncated near byte 2: the 0 decoded bytes before it were read"},
		{"garbage after them", append([]byte("\x1f\x8b"), logOf(10)...), "gzip data is damaged near byte "},
		{"gzip that ends before its first byte", gzipped(t, logOf(10))[:12], "gzip data is truncated near byte 12: the 0 decoded bytes before it were read"},
		{"zstd's first bytes and no more", []byte("\x28\xb5\x2f\xfd"), "zstd data is truncated near byte 4: the 0 decoded bytes before it were read"},
		{"garbage after those", append([]byte("\x28\xb5\x2f\xfd"), logOf(10)...), "zstd data is damaged near byte "},
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
			var unreadable *parse.UnreadableError
			var damage *parse.DamageError
			switch {
			case errors.As(err, &unreadable):
				if unreadable.Bytes == 0 {
					t.Error("nothing accounts for what was looked at")
				}
			case errors.As(err, &damage):
				if damage.Offset != 0 || damage.Compression == "" {
					t.Errorf("damage is %+v", damage)
				}
			case !errors.Is(err, parse.ErrEmpty):
				t.Errorf("%T", err)
			}
		})
	}
	if _, err := first(t, parse.Source{Path: filepath.Join(t.TempDir(), "gone.log")}, parse.Options{}); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "gone") {
		t.Errorf("a missing file is %v", err) // the caller names it
	}
	if _, err := first(t, parse.Source{Path: t.TempDir()}, parse.Options{}); err == nil {
		t.Error("a directory was opened")
	}
}

func TestDamagedStreamsAreReadUpToTheDamage(t *testing.T) {
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
		{"garbage after gzip", append(bytes.Clone(packed), "more than a header of text"...), "gzip", int64(len(packed)) + 26, len(log)},
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
			var damage *parse.DamageError
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
			for _, s := range []string{fmt.Sprintf(" near byte %d", damage.Input), fmt.Sprintf(": the %d decoded bytes before it were read", damage.Offset)} {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
		})
	}
}
