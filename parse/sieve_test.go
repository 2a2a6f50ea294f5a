package parse

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse/sieve"
)

// sieved reads a file that was found in a directory. It returns the names of its inputs, and
// what was left out.
func sieved(t *testing.T, name string, content []byte) (read []string, left sieve.LeftOut, err error) {
	t.Helper()
	seen := &sieve.Sieve{}
	f, err := Open(Source{Name: name, Dir: "logs", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in, inErr := range f.Inputs(Options{Sieve: seen}) {
		read, err = append(read, in.Name), errors.Join(err, inErr)
	}
	if none := seen.None("logs"); (none == 1) != (len(read) == 0) {
		t.Errorf("%s: %d inputs, but %d files without a log", name, len(read), none)
	}
	return read, seen.LeftOut(), err
}

func zipOf(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func TestFilesOfDirectoriesAreReadByContent(t *testing.T) {
	const (
		png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
		line = "2026-11-23T10:44:25.972Z a line\n"
		id   = "1_MX40NTMyODc3Mn5-MTc5NTQzMDY2NTk3Mn5abcdef"
	)
	const read = "read"
	tests := []struct{ name, content, want string }{
		// Logs, whatever their names.
		{"000000", line, read},
		{"000000.gz", zipOf(line), read},
		{"part-0", `{"createdAt":"2026-11-23T10:44:25.972Z","m":"x"}` + "\n", read},
		{"log.2026-11-02", "10:44:25 a line\n", read},
		{"APP", "Nov 23 10:44:25 web-0 a line\n", read},
		{"access", `10.0.0.1 - - [23/Nov/2026:10:44:25 +0000] "GET / HTTP/1.1" 200 1` + "\n", read},
		{"words", "web-0 clinic 2026-11-23T10:44:25.972Z a line\n", read},
		{"cell", "web-0;a line, logged at 10:44:25 by a clock\n", read},
		{"epoch", `{"ts":1795430665972,"m":"x"}` + "\n", read},
		{"columns", "1795430665972,web-0,OpenTok:Session:error x\n", read},
		{"id", "somebody joined " + id + "\n", read},
		{"sdk", "OpenTok:Publisher:error it failed\n", read},
		{"name", "it failed with OT_TIMEOUT\n", read},
		{"telemetry", `{"payload":"{\"clientSystemTime\":1,\"action\":\"x\"}","clientSystemTime":"x"}` + "\n", read},
		{"ticket.md", "# Ticket\n" + strings.Repeat(line, 3), read},
		{"log.js", `{"time":"2026-11-23T10:44:25.972Z","msg":"x"}` + "\n", read},
		{"damaged.gz", zipOf("a line\n")[:12], read},
		{"app.log.xml", `<?xml version="1.0"?><log4j:event>`, "no_sign_of_a_log"},

		// Logs by their names, without any sign in their content.
		{"app.log", "a line\n", read},
		{"APP.LOG.1", "a line\n", read},
		{"app.log.2.gz", zipOf("a line\n"), read},
		{"app.log-20261102", "a line\n", read},
		{"server.out", "a line\n", read},
		{"a.jsonl", `{"message":"x"}` + "\n", read},

		// Other files.
		{"a.png", png, "not_text"},
		{"data", strings.Repeat("\x00\x01\x02", 50), "not_text"},
		{"data.gz", zipOf(png), "not_text"},
		{"opentok.js", "function f() {\n  throw new Error('OT_TIMEOUT')\n}\n", "source_code"},
		{"opentok.min.js.gz", zipOf("throw new Error('OpenTok:Session')"), "source_code"},
		{"README.md", "# otlog\n\nFinds OT_TIMEOUT since 10:44:25.\n", "source_code"},
		{"style.css", "a { color: #001122 }\n", "source_code"},
		{"package.json", "{\n  \"name\": \"clinic\",\n  \"version\": \"1.2.3\",\n  \"dependencies\": {\"@opentok/client\": \"^2.35.0\"}\n}\n", "no_sign_of_a_log"},
		{"config.json", `{"timeout":30,"session":{"ttl":3600}}`, "no_sign_of_a_log"},
		{"LICENSE", "Apache License, Version 2.0, January 2004\n", "no_sign_of_a_log"},
		{"mac.txt", "eth0 00:11:22:33:44:55\n", "no_sign_of_a_log"},
		{"page", "<!doctype html><p>hello", "no_sign_of_a_log"},
		{"_SUCCESS", "", "empty"},
		{"_SUCCESS.gz", zipOf(""), "empty"},
	}
	for _, test := range tests {
		got, left, err := sieved(t, test.name, []byte(test.content))
		want := test.want
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		switch {
		case len(got) == 1 && left.Files() == 0:
			if want != read {
				t.Errorf("%s is read, want %s", test.name, want)
			}
		case len(got) == 0 && left.Files() == 1:
			for why, f := range left {
				if f.Count > 0 && sieve.Why(why).String() != want {
					t.Errorf("%s: %s, want %s", test.name, sieve.Why(why), want)
				}
			}
		default:
			t.Errorf("%s: read %q and left out %v", test.name, got, left)
		}
	}
}

// TestNamedFilesAreAlwaysRead checks that the sieve leaves files alone that the user names.
func TestNamedFilesAreAlwaysRead(t *testing.T) {
	for _, content := range []string{"a line\n", "# README\n", "{}\n"} {
		f, err := Open(Source{Name: "opentok.js", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range f.Inputs(Options{Sieve: &sieve.Sieve{}}) {
			if n++; err != nil {
				t.Errorf("%q: %v", content, err)
			}
		}
		if n != 1 {
			t.Errorf("%q: %d inputs", content, n)
		}
	}
}

// TestWhatMayBeALogIsAnError checks that a file of a directory that cannot be read is not left
// out if it may be a log.
func TestWhatMayBeALogIsAnError(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"damaged at the start", zipOf("a line\n")[:5], "gzip data is truncated"},
		{"unknown compression", "7z\xbc\xaf\x27\x1c....", "7z data is not supported"},
		{"app.log", strings.Repeat("\x00", 100), "binary data"},
		{"events", "<?xml version=\"1.0\"?>\n<e at=\"2026-11-23 10:44:25\">OT_TIMEOUT: late</e>\n", "XML is not supported"},
	}
	for _, test := range tests {
		got, left, err := sieved(t, test.name, []byte(test.content))
		if len(got) != 1 || left.Files() != 0 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: read %q, left out %v, error %v, want %s", test.name, got, left, err, test.want)
		}
	}
	_, err := Open(Source{Name: "secret", Dir: "logs", Open: func() (io.ReadCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: "secret", Err: fs.ErrPermission}
	}})
	var unread *UnreadableError
	if !errors.As(err, &unread) || err.Error() != "not read: permission denied" {
		t.Errorf("a file that must not be opened: %v", err)
	}
}
