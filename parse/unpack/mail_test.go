package unpack_test

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/otlog/otlog/parse"
)

// TestMails checks which texts are mails, and what is read of them.
func TestMails(t *testing.T) {
	const log = "2026-11-02T10:44:25Z session=1_MX40 one\n2026-11-02T10:44:26Z code=2001 two\n"
	encoded := base64.StdEncoding.EncodeToString([]byte(log)) + "\n"
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	io.WriteString(w, log)
	w.Close()
	printable := strings.ReplaceAll(b.String(), "\r\n", "\n")
	const (
		header   = "From: a@b.example\nSubject: log\n"
		kind     = "Content-Type: text/plain\n"
		base     = "Content-Transfer-Encoding: base64\n\n"
		quoted   = "Content-Transfer-Encoding: quoted-printable\n\n"
		mixed    = "Content-Type: multipart/mixed; boundary=x\n\n"
		envelope = "From a@b.example Tue Nov  3 09:00:00 2026\n"
	)
	utf16 := func(s string, endian unicode.Endianness, bom unicode.BOMPolicy) string {
		s, _ = unicode.UTF16(endian, bom).NewEncoder().String(s)
		return s
	}
	ends := func(s, end string) string { return strings.ReplaceAll(s, "\n", end) }
	mail := header + kind + base + encoded
	for _, c := range []struct {
		name, text string
		want       []string // the texts; nil: the source itself
	}{
		{"a mail", mail, []string{log}},
		{"blank lines first", "\n\r\n" + mail, []string{log}},
		{"a byte order mark first", "\ufeff\n" + mail, []string{log}},
		{"UTF-16 with its mark", utf16(mail, unicode.LittleEndian, unicode.UseBOM), []string{log}},
		{"UTF-16 without", utf16("\n"+mail, unicode.BigEndian, unicode.IgnoreBOM), []string{log}},
		{"carriage returns", ends(mail, "\r"), []string{log}},
		{"UTF-16 and carriage returns", utf16(ends(mail, "\r"), unicode.LittleEndian, unicode.UseBOM), []string{log}},
		{"CR LF", ends(mail, "\r\n"), []string{log}},
		{"an mbox of one", envelope + mail, []string{log}},
		{"an mbox of Thunderbird", "From - Tue Nov 03 09:00:00 2026\n" + mail, []string{log}},
		{"an mbox of two", envelope + mail + "\n" + envelope + header + kind + quoted + printable, []string{log, log}},
		{"an mbox of two, CR LF", ends(envelope+mail+"\n"+envelope+mail, "\r\n"), []string{log, log}},
		{"an mbox with plain text", envelope + header + kind + "\n" + log + "\n" + envelope + mail, []string{log + "\n", log}},
		{"an mbox with a damaged mail", envelope + header + kind + base + "!!\n\n" + envelope + mail, []string{"", log}},
		{"a mail that quotes an mbox", header + kind + "\n" + log + "\n" + envelope + log, []string{log + "\n" + envelope + log}},
		{"a part", kind + base + encoded, []string{log}},
		{"a part with its encoding only", quoted + printable, []string{log}},
		{"a part with its boundary", "--x\n" + kind + base + encoded + "--x--\n", []string{log}},
		{"a part with its boundary, CR LF", ends("--x\n"+kind+quoted+printable+"\n--x--\n", "\r\n"), []string{ends(log, "\r\n")}},
		{"a part without its end", "--x\n" + kind + base + encoded, []string{log}},
		{"two parts", "--x\n" + kind + "\nsee below\n--x\n" + kind + base + encoded + "--x--\n", []string{"see below", log}},
		{"a part of parts", mixed + "--x\n" + kind + base + encoded + "--x--\n", []string{log}},

		{"a line From", "From now on: log\n" + log, nil},
		{"a line From and a date", envelope + log, nil},
		{"a line From, a date, a blank line", envelope + "\n" + log, nil},
		{"lines of fields", "From: a\nTo: b\nSubject: c\n" + log, nil},
		{"a content type", kind + log, nil},
		{"a content type and a blank line", kind + "\n" + log, nil},
		{"a header of its own", kind + base[:len(base)-1] + log, nil},
		{"base64 that is none", kind + base + log, nil},
		{"quoted-printable that is none", kind + quoted + log, nil},
		{"an encoding that does nothing", kind + "Content-Transfer-Encoding: 8bit\n\n" + log, nil},
		{"dashes and a content type", "--x\n" + kind + "\n" + log, nil},
		{"blank lines and a log", "\n\n" + log, nil},
	} {
		path := filepath.Join(t.TempDir(), "saved")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		want, packing := c.want, "mail"
		if want == nil {
			want, packing = []string{c.text}, ""
		}
		var got []string
		for in, err := range inputs(parse.Source{Path: path}, parse.Options{}) {
			text := ""
			if err == nil {
				data, _, _ := drain(in)
				text = string(data)
			}
			if in.Compression != packing {
				t.Errorf("%s: packing %q, want %q", c.name, in.Compression, packing)
			}
			got = append(got, text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
}
