package unpack_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otlog/otlog/parse"
)

// uuencoded returns what uuencode writes.
func uuencoded(data []byte) []byte {
	var b bytes.Buffer
	b.WriteString("begin 644 app.log\n")
	for rest := data; len(rest) > 0; {
		line := rest[:min(len(rest), 45)]
		rest = rest[len(line):]
		b.WriteByte(byte(len(line)) + ' ')
		for len(line)%3 > 0 {
			line = append(line[:len(line):len(line)], 0)
		}
		digits := base64.StdEncoding.EncodeToString(line)
		for _, c := range []byte(digits) {
			n := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", c)
			b.WriteByte(" "[0] + byte(n))
		}
		b.WriteByte('\n')
	}
	b.WriteString("`\nend\n")
	return b.Bytes()
}

// inLines returns text in lines of 76 characters.
func inLines(s, end string) string {
	var b strings.Builder
	for s != "" {
		n := min(len(s), 76)
		b.WriteString(s[:n] + end)
		s = s[n:]
	}
	return b.String()
}

func TestBase64(t *testing.T) {
	log := logOf(2000)
	std := base64.StdEncoding.EncodeToString
	tests := []struct {
		name, text, layers string
	}{
		{"on one line", std(log), "base64"},
		{"in lines", inLines(std(log), "\n"), "base64"},
		{"in lines that end in CRLF", inLines(std(log), "\r\n"), "base64"},
		{"without padding", base64.RawStdEncoding.EncodeToString(log), "base64"},
		{"the other alphabet", base64.URLEncoding.EncodeToString(log), "base64"},
		{"two texts", inLines(std(log[:1000]), "\n") + inLines(std(log[1000:]), "\n"), "base64"},
		{"gzip", inLines(std(gzipped(t, log)), "\n"), "base64+gzip"},
		{"gzip of base64", string(gzipped(t, []byte(std(log)))), "gzip+base64"},
		{"a string", `"` + std(log) + `"` + "\n", "base64"},
		{"a data URL", "data:text/plain;base64," + std(log), "base64"},
		{"uuencode -m", "begin-base64 644 app.log\n" + inLines(std(log), "\n") + "====\n", "base64"},
		{"UTF-16", std([]byte("\xff\xfe" + strings.ReplaceAll("\x00"+string(log), "", "\x00")[3:])), "base64"},
		{"uuencode", string(uuencoded(log)), "uuencode"},
		{"uuencode of gzip", string(uuencoded(gzipped(t, log))), "uuencode+gzip"},
		{"a log", string(log), ""},
		{"words", strings.Repeat("OpenTok/", 20) + "\n", ""},
		{"begin", "begin 644 app.log\n" + string(log), ""},
		{"values", std(log[:30]) + "\n" + std(log[:50]) + "\n" + std(log[:300]) + "\n", ""},
	}
	for _, test := range tests {
		for in, err := range inputs(stream(iotest.OneByteReader(strings.NewReader(test.text))), parse.Options{}) {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			got, _, _ := drain(in)
			if in.Compression != test.layers || test.layers != "" && !bytes.Equal(got, log) && test.name != "UTF-16" {
				t.Errorf("%s: layers %q, got %.100q", test.name, in.Compression, got)
			}
		}
	}
	for text, want := range map[string]string{
		std(log)[:100_001]:                    "base64 data is truncated near byte 100001",
		std(log)[:100_000] + "*":              `base64 data is damaged near byte 100001 ('*' is not base64)`,
		string(uuencoded(log)[:100_000]):      "uuencode data is truncated near byte 100000",
		string(uuencoded(log)[:90_000]) + "~": "a line that uuencode does not write",
	} {
		var all error
		for in, err := range inputs(stream(strings.NewReader(text)), parse.Options{}) {
			if all = err; err == nil {
				_, _, all = drain(in)
			}
		}
		if !strings.Contains(fmt.Sprint(all), want) {
			t.Errorf("got %v, want %s", all, want)
		}
	}
}
