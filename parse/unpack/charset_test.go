package unpack_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/unicode"
)

// utf16ed returns text in UTF-16.
func utf16ed(t *testing.T, order unicode.Endianness, policy unicode.BOMPolicy, text []byte) []byte {
	t.Helper()
	out, err := unicode.UTF16(order, policy).NewEncoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCharsets(t *testing.T) {
	log := append(logOf(5000), "Übertragung: 😀 \x00 an end\r\n"...)
	object := []byte("{\"a\":1}\n{\"b\":2}\n")
	bom := "\xef\xbb\xbf"
	little, big := unicode.LittleEndian, unicode.BigEndian
	tests := []struct {
		name         string
		data         []byte
		want, format string
	}{
		{"UTF-8", log, string(log), "console"},
		{"UTF-8 with a mark", append([]byte(bom), object...), bom + string(object), "jsonl"},
		{"UTF-16 LE", utf16ed(t, little, unicode.UseBOM, log), bom + string(log), "console"},
		{"UTF-16 BE", utf16ed(t, big, unicode.UseBOM, log), bom + string(log), "console"},
		{"UTF-16 LE of objects", utf16ed(t, little, unicode.UseBOM, object), bom + string(object), "jsonl"},
		{"UTF-16 LE without a mark", utf16ed(t, little, unicode.IgnoreBOM, logOf(5000)), string(logOf(5000)), "console"},
		{"UTF-16 BE without a mark", utf16ed(t, big, unicode.IgnoreBOM, logOf(5000)), string(logOf(5000)), "console"},
		{"UTF-16 without a mark, not all ASCII", utf16ed(t, little, unicode.IgnoreBOM, []byte("an error … of ten words or so\n")), "an error … of ten words or so\n", "console"},
		{"an odd byte at the end", []byte("\xff\xfea\x00\n\x00b"), bom + "a\n\ufffd", "console"},
		{"half a pair", []byte("\xff\xfea\x00\x3d\xd8\n\x00b\x00"), bom + "a\ufffd\nb", "console"},
		{"the other half", []byte("\xff\xfea\x00\x00\xdc\n\x00b\x00"), bom + "a\ufffd\nb", "console"},
		{"half a pair at the end", []byte("\xff\xfea\x00\x3d\xd8"), bom + "a\ufffd", "console"},
		{"a mark alone", []byte("\xff\xfe"), bom, "console"},
		{"CR", []byte("a\rb\rc"), "a\nb\nc", "console"},
		{"CR after objects", []byte("{\"a\":1}\r{\"b\":2}\r"), string(object), "jsonl"},
		{"CR in UTF-16", utf16ed(t, big, unicode.UseBOM, []byte("a\rb\r")), bom + "a\nb\n", "console"},
		{"CRLF", []byte("a\r\nb\rc\r\n"), "a\r\nb\rc\r\n", "console"},
		{"a byte that is not UTF-8", []byte("Fehler: \xfcber\n"), "Fehler: \xfcber\n", "console"},
		{"text of control characters", []byte("8=FIX\x019=5\x0135=0\x01\n"), "8=FIX\x019=5\x0135=0\x01\n", "console"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, data := range [][]byte{test.data, gzipped(t, test.data), xzed(t, test.data, xz.WriterConfig{})} {
				in, err := open(t, "a.log", data, 1000)
				if err != nil {
					t.Fatal(err)
				}
				got, skipped, err := drain(in)
				if err != nil || skipped != 0 || string(got) != test.want || in.Format.Name != test.format {
					t.Errorf("%s %s: got %.40q, %d bytes, %v", in.Compression, in.Format.Name, got, len(got), err)
				}
				if in.Decoded() != int64(len(test.want)) {
					t.Errorf("decoded %d bytes, want %d", in.Decoded(), len(test.want))
				}
			}
		})
	}
}

func TestLinesThatEndInCRAreReadInSections(t *testing.T) {
	log := logOf(3000)
	in, err := open(t, "a.log", bytes.ReplaceAll(log, []byte("\n"), []byte("\r")), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	got, skipped, err := drain(in)
	if len(in.Readers()) < 2 || err != nil || skipped != 0 || !bytes.Equal(got, log) {
		t.Errorf("%d readers, got %d bytes, %v", len(in.Readers()), len(got), err)
	}
}

func TestDamageInUTF16(t *testing.T) {
	log := logOf(20_000)
	data := gzipped(t, utf16ed(t, unicode.LittleEndian, unicode.UseBOM, log))
	got, err := lines(t, data[:len(data)/2])
	got = bytes.TrimPrefix(got, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(log, got) || len(got) < len(log)/3 || got[len(got)-1] != '\n' {
		t.Errorf("got %d bytes that are not whole lines of the log", len(got))
	}
	if err == nil || !strings.HasPrefix(err.Error(), "gzip data is truncated near byte ") {
		t.Errorf("ended with %v", err)
	}
}
