package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/parse"
)

// A secret is what no output may contain. shown are the pieces that must not occur.
type secret struct {
	name, text string
	shown      []string
	field      bool   // it is known without a key, so it is found in any field
	key, value string // of one that is known only by its key, as a field
}

const tokenBody = "cGFydG5lcl9pZD00NSZzaWc9UTdodW50ZXJaOSZkYXRh"

var secrets = []secret{
	{"token", "T1==" + tokenBody, []string{tokenBody[:20], tokenBody[20:]}, true, "", ""},
	{"token in base64", base64.URLEncoding.EncodeToString([]byte("T1==" + tokenBody)), []string{base64.URLEncoding.EncodeToString([]byte("T1==" + tokenBody))[12:]}, true, "", ""},
	{"web token", "eyJhbGciOiJSUzI1NiJ9.eyJRN2h1bnRlclo5IjoxfQ.UTdodW50ZXJaOQ", []string{"eyJRN2h1bnRlclo5IjoxfQ", "UTdodW50ZXJaOQ"}, true, "", ""},
	{"e-mail", "q7hunter+z9@q7mail.example", []string{"q7hunter", "q7mail"}, true, "", ""},
	{"IPv4", "203.0.113.77", []string{"203.0.113.77", "203%2E0"}, true, "", ""},
	{"IPv6", "2001:db8:dead:beef::77", []string{"dead:beef", "dead%3Abeef", "dead%253Abeef"}, true, "", ""},
	{"mapped", "::ffff:203.0.113.77", []string{"203.0.113.77"}, true, "", ""},
	{"password of a URL", "https://user:Q7hunter@media.example/x", []string{"Q7hunter"}, true, "", ""},
	{"candidate", "candidate:1 1 udp 1677729535 203.0.113.77 46154 typ srflx raddr 192.0.2.99 rport 9", []string{"203.0.113.77", "192.0.2.99"}, true, "", ""},
	{"authorization", "Authorization: Basic UTdodW50ZXI6Wjk=", []string{"UTdodW50ZXI6Wjk"}, false, "Authorization", "Basic UTdodW50ZXI6Wjk="},
	{"cookie", "Cookie: a=1; sid=Q7hunter; b=2", []string{"Q7hunter"}, false, "Cookie", "a=1; sid=Q7hunter; b=2"},
	{"API secret", "apiSecret=0123456789abcdefQ7", []string{"0123456789abcdef"}, false, "apiSecret", "0123456789abcdefQ7"},
	{"query", "https://media.example/x?token=Q7hunter&password=Q8hunter", []string{"Q7hunter", "Q8hunter"}, false, "token", "Q7hunter"},
	{"connection data", "connectionData=Q7hunter", []string{"Q7hunter"}, false, "connectionData", "Q7hunter"},
}

// encodings are how logs write secrets.
var encodings = []struct {
	name  string
	write func(string) string
}{
	{"plain", func(s string) string { return s }},
	{"URL", url.QueryEscape},
	{"URL in a URL", func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }},
	{"Unicode escapes", strings.NewReplacer("=", `\u003d`, "@", `\u0040`, "&", `\u0026`).Replace},
	{"JSON in a string", func(s string) string { return `{\"v\":\"` + s + `\"}` }},
}

// fields are how records without a message have a secret under its key.
var fields = []string{
	`"name":"OT_TIMEOUT","KEY":"VALUE"`,
	`"name":"OT_TIMEOUT","KEY":["VALUE","VALUE"]`,
	`"name":"OT_TIMEOUT","x":{"KEY":{"value":"VALUE","x":{"y":["VALUE"]}}}`,
	`"error":{"name":"OT_TIMEOUT","KEY":"VALUE"}`,
	`"message":{"name":"OT_TIMEOUT","KEY":"VALUE"}`,
	`"name":"OT_TIMEOUT","x":[{"KEY":"VALUE"}]`,
	`"name":"OT_TIMEOUT","x":[{"value":"VALUE","name":"KEY"}]`,
	`"name":"OT_TIMEOUT","x":"{\"KEY\":\"VALUE\"}"`,
	`"message":"OT_TIMEOUT for VALUE","KEY":"VALUE"`,
}

// leaks writes a directory with each secret in each encoding: in messages at their start, end and middle,
// in every field of telemetry and of wrappers, or under its key, in names of fields, in damaged records, and in the names of
// members of an archive.
func leaks(t *testing.T, s secret) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var console, wrapped, damaged bytes.Buffer
	for i, e := range encodings {
		text := e.write(s.text)
		at := fmt.Sprintf("2026-11-23T10:%02d", i)
		for n, form := range []string{"OT_TIMEOUT: § (1500)", "Session.publish :: OT_TIMEOUT §", "§ OT_TIMEOUT", `{"error":"OT_TIMEOUT","x":"§"}`} {
			fmt.Fprintf(&console, "%s:%02dZ %s\n", at, n, strings.ReplaceAll(form, "§", text))
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&wrapped, `{"time":"%s:10Z","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5","level":"error","message":"OT_CONNECT_FAILED","detail":%s,"user":%[2]s}`+"\n", at, quoted)
		fmt.Fprintf(&damaged, `{"time":"%s:20Z","message":"OT_TIMEOUT","x":%s`+"\n", at, quoted)
		if !s.field {
			for n, form := range fields {
				fmt.Fprintf(&wrapped, `{"time":"%s:3%dZ","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5",%s}`+"\n", at, n, strings.NewReplacer("KEY", s.key, "VALUE", e.write(s.value)).Replace(form))
			}
			continue
		}
		fmt.Fprintf(&wrapped, `{"time":"%s:11Z","sessionId":%s,"connectionId":%[2]s,"level":%[2]s,"message":"OT_TIMEOUT"}`+"\n", at, quoted)
		fmt.Fprintf(&wrapped, `{"time":"%s:12Z","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5","message":"OT_TIMEOUT",%s:1}`+"\n", at, quoted)
		for n, end := range []string{"Attempt", "Failure"} {
			fmt.Fprintf(&wrapped, `{"action":"Publish","variation":%q,"sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5","clientSystemTime":%d,"clientVersion":%s,"userAgent":%[3]s,"source":%[3]s,"guid":%[3]s,"clientInstanceId":%[3]s,"connectionId":%[3]s,"streamId":%[3]s,"failureReason":%[3]s,"failureMessage":%[3]s,"payload":{"reason":%[3]s,"message":%[3]s},"failureCode":1500}`+"\n",
				end, 1763894665000+int64(i)*60_000+int64(n)*1000, quoted)
		}
	}
	write("console.log", console.Bytes())
	write("wrapped.jsonl", wrapped.Bytes())
	write("damaged.jsonl", append(damaged.Bytes(), "{\"time\":\"2026-11-23T10:00:00Z\",\"message\":\"x\"}\n"...))
	if !s.field {
		table := "timestamp,name," + s.key + ",sessionId\n"
		elements := "<log>"
		for i := range 3 {
			at := fmt.Sprintf("2026-11-23T11:00:0%dZ", i)
			table += at + ",OT_TIMEOUT," + s.value + ",1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5\n"
			elements += "<record><timestamp>" + at + "</timestamp><name>OT_TIMEOUT</name><" + s.key + ">" + s.value + "</" + s.key + "></record>"
		}
		write("table.csv", []byte(table))
		write("elements.xml", []byte(elements+"</log>"))
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, name := range []string{"logs/" + url.PathEscape(s.text) + ".log", "logs/" + strings.ReplaceAll(s.text, "/", "_") + "/app.log", strings.ReplaceAll(s.text, "/", "_") + ".png"} {
		m, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(console.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("archive.zip", archive.Bytes())
	return dir
}

// TestNoOutputContainsASecret runs every command that reads logs, in every format, on every secret.
func TestNoOutputContainsASecret(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", os.Getenv("XDG_CONFIG_HOME"))
	for _, s := range secrets {
		t.Run(s.name, func(t *testing.T) {
			dir := leaks(t, s)
			partial := filepath.Join(t.TempDir(), "a.arrow")
			messages := said(t, "scan", "--show-sessions", "-o", partial, dir)
			scanned, err := os.ReadFile(partial)
			if err != nil {
				t.Fatalf("no partial: %v: %s", err, messages)
			}
			s.check(t, "scan", append(scanned, messages...))
			console, err := os.ReadFile(filepath.Join(dir, "console.log"))
			if err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{
				{"report", dir}, {"report", "--show-sessions", dir}, {"report", "--format", "markdown", dir}, {"report", "--format", "html", "--show-sessions", dir},
				{"report", "--format", "json", "--by", "sdk", "--show-sessions", dir}, {"report", "--format", "json", "--by", "browser", dir}, {"report", "--format", "json", "--by", "os", dir},
				{"report", "--format", "csv", "--by", "sdk", dir}, {"report", "--format", "csv", "--table", "methods", "--by", "browser", dir},
				{"report", "--format", "arrow", "--show-sessions", dir}, {"report", "--format", "arrow", "--table", "sessions", "--show-sessions", dir},
				{"report", "--browser", "nothing", dir}, {"report", "--os", "nothing", dir}, {"report", "--fail-on", "errors.new > 0", "--baseline", dir, dir},
				{"report", "--session-field", "user", "--show-sessions", dir}, {"report", "--format", "json", "--show-sessions", partial},
				{"merge", "--force", "-o", "-", partial, dir}, {"diff", "--force", partial, dir},
				{"diff", "--by", "browser", "nothing", "never", dir},
				{"session", "--top", "0", dir}, {"session", "--format", "markdown", dir}, {"session", "--format", "json", "--top", "0", dir},
				{"session", "1_MX40NTAxMjM0NX5", dir}, {"session", "--format", "markdown", "1_MX40NTAxMjM0NX5", dir}, {"session", "--format", "json", "1_MX40NTAxMjM0NX5", dir},
				{"session", "--session-field", "user", "--format", "json", dir},
				{"events", dir}, {"events", "--once", dir}, {"events", "--session-field", "user", dir}, {"events", "--browser", "nothing", dir}, {"events", "--os", "nothing", dir}, {"events", "--apikey", "1", dir},
				{"formats", dir}, {"formats", "--session-field", "user", dir},
				{"explain", string(console)}, {"explain", "--format", "json", string(console)},
			} {
				s.check(t, fmt.Sprintf("%.80v", args), []byte(said(t, args...)))
			}
			table := filepath.Join(t.TempDir(), "a.parquet")
			s.check(t, "parquet", []byte(said(t, "report", "--format", "parquet", "--show-sessions", "-o", table, dir)))
			s.check(t, "rows of parquet", rowsOf(t, table))
		})
	}
}

// said runs a command and returns its output and its messages, whatever its status.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	run(args, streams{in: os.Stdin, out: &out, err: &out})
	if out.Len() == 0 && args[0] != "scan" && !strings.Contains(strings.Join(args, " "), "-o ") {
		t.Errorf("%.100v says nothing", args)
	}
	return out.String()
}

// check fails if an output contains the secret. The lines that repeat an argument are the user's own.
func (s *secret) check(t *testing.T, what string, output []byte) {
	t.Helper()
	for _, piece := range s.shown {
		if i := bytes.Index(output, []byte(piece)); i >= 0 {
			t.Errorf("%s: %q is shown: %q", what, piece, output[max(0, i-150):min(len(output), i+100)])
			return
		}
	}
}

// rowsOf returns the rows of a Parquet file as text.
func rowsOf(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	r := parquet.NewReader(f)
	defer r.Close()
	for rows := make([]parquet.Row, 1); ; {
		n, err := r.ReadRows(rows)
		if n > 0 {
			for _, v := range rows[0] {
				fmt.Fprintln(&out, v)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() == 0 {
		t.Error("the Parquet file has no rows")
	}
	return out.Bytes()
}

// TestSecretsAtBordersOfBlocks puts a record around the end of a block at each of its bytes.
func TestSecretsAtBordersOfBlocks(t *testing.T) {
	const line = "2026-11-23T10:00:00Z OT_TIMEOUT: T1==" + tokenBody + " ann@q7mail.example 203.0.113.77 password=Q7hunter\n"
	pad := strings.Repeat("x", 1023) + "\n"
	var log strings.Builder
	for before := range len(line) + 1 {
		rest := (before+1)*parse.BlockSize - before - log.Len()
		log.WriteString(strings.Repeat(pad, rest/len(pad)))
		if n := rest % len(pad); n > 0 {
			log.WriteString(pad[len(pad)-n:])
		}
		log.WriteString(line)
	}
	name := filepath.Join(t.TempDir(), "a.log")
	if err := os.WriteFile(name, []byte(log.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s := secret{shown: []string{tokenBody[:8], tokenBody[len(tokenBody)-8:], "q7mail", "203.0", "113.77", "Q7hunter"}}
	got := runWell(t, "events", name)
	s.check(t, "events", got)
	if n := bytes.Count(got, []byte("T1==[redacted] [e-mail] [IP] password=[redacted]")); n != len(line)+1 {
		t.Errorf("%d events, want %d", n, len(line)+1)
	}
	s.check(t, "report", runWell(t, "report", "--format", "json", name))
}

// TestRedactionChangesNoNumber compares reports with and without redaction: of clients, sessions and names
// that differ only in what is redacted.
func TestRedactionChangesNoNumber(t *testing.T) {
	var log bytes.Buffer
	for i, person := range []string{"ann@host.example", "bob@host.example", "203.0.113.5", "203.0.113.6", "ann@host.example"} {
		fmt.Fprintf(&log, `{"action":"Publish","variation":"Attempt","sessionId":%q,"clientSystemTime":%d,"userAgent":%[1]q,"streamId":"s%[3]d","guid":"g%[3]d","connectionId":"c%[3]d"}`+"\n", person, 1763894665000+int64(i)*1000, i)
		fmt.Fprintf(&log, `{"action":"Publish","variation":"Failure","sessionId":%q,"clientSystemTime":%d,"userAgent":%[1]q,"streamId":"s%[3]d","guid":"g%[3]d","connectionId":"c%[3]d","failureCode":1500,"failureReason":"x"}`+"\n", person, 1763894665100+int64(i)*1000, i)
	}
	dir := t.TempDir()
	name, partial := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "a.arrow")
	if err := os.WriteFile(name, log.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	runWell(t, "scan", "-o", partial, name)
	names := regexp.MustCompile(`\[(e-mail|IP)\]( #\d)?|(ann|bob)@host.example|203.0.113.\d|"this report was not redacted[^"]*"`)
	report := func(args ...string) string {
		return names.ReplaceAllString(fmt.Sprint(withoutSources(t, runWell(t, append([]string{"report", "--format", "json", "--by", "browser"}, args...)...))), "-")
	}
	// Rows are sorted by names, so only how many there are and their numbers can be compared.
	redacted, raw := report(name), report("--no-redact", name)
	if got, want := strings.Count(redacted, "failed_attempts"), strings.Count(raw, "failed_attempts"); got != want || got < 3 {
		t.Errorf("%d rows, without redaction %d", got, want)
	}
	if ofPartial := report(partial); ofPartial != redacted {
		t.Errorf("of the partial\n%s\nof the log\n%s", ofPartial, redacted)
	}
	sessions := map[string]int{}
	for line := range bytes.Lines(runWell(t, "events", name)) {
		var e struct{ Session string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		sessions[e.Session]++
	}
	want := map[string]int{"[e-mail]": 4, "[e-mail] #2": 2, "[IP]": 2, "[IP] #2": 2}
	if fmt.Sprint(sessions) != fmt.Sprint(want) {
		t.Errorf("events have the sessions %v, want %v", sessions, want)
	}
}

// TestNoRedact checks that what is redacted is shown when it is asked for, and that a report says so.
func TestNoRedact(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.jsonl")
	const line = `{"time":"2026-11-23T10:00:00Z","sessionId":"ann@host.example","message":"OT_TIMEOUT: ann@host.example password=hunter2"}` + "\n"
	if err := os.WriteFile(name, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"events", name}, {"events", "--once", name}, {"session", name}, {"session", "--format", "json", "ann@host.example", name},
		{"explain", line}, {"formats", name},
	} {
		if got := said(t, append([]string{args[0], "--no-redact"}, args[1:]...)...); !strings.Contains(got, "ann@host.example") {
			t.Errorf("%v: %s", args, got)
		}
		if got := said(t, args...); strings.Contains(got, "hunter2") || !strings.Contains(got, "[e-mail]") {
			t.Errorf("%v: %s", args, got)
		}
	}
	for _, format := range []string{"text", "json", "markdown", "html"} {
		if got := said(t, "report", "--format", format, "--no-redact", "--show-sessions", name); !strings.Contains(got, "not redacted") || !strings.Contains(got, "host.example") {
			t.Errorf("%s: %.2000s", format, got)
		}
		if got := said(t, "report", "--format", format, "--show-sessions", name); strings.Contains(got, "not redacted") {
			t.Errorf("%s: %.2000s", format, got)
		}
	}
}

// TestOutputSaysThatItIsNotRedacted checks every output that can say so: whoever gets a file did not see the command.
func TestOutputSaysThatItIsNotRedacted(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.jsonl")
	const line = `{"time":"2026-11-23T10:00:00Z","sessionId":"ann@host.example","message":"OT_TIMEOUT: password=hunter2"}` + "\n"
	if err := os.WriteFile(name, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"events"}, `"redacted":false}`},
		{[]string{"events", "--once"}, `"redacted":false}`},
		{[]string{"session"}, "NOT REDACTED"},
		{[]string{"session", "ann@host.example"}, "NOT REDACTED"},
		{[]string{"session", "--format", "markdown"}, "NOT REDACTED"},
		{[]string{"session", "--format", "markdown", "ann@host.example"}, "NOT REDACTED"},
		{[]string{"session", "--format", "json"}, `"redacted": false`},
		{[]string{"session", "--format", "json", "ann@host.example"}, `"redacted": false`},
		{[]string{"report"}, "NOT REDACTED"},
		{[]string{"report", "--format", "json"}, "this report was not redacted"},
		{[]string{"report", "--format", "arrow", "--hash-key-file", name}, "false"},
		{[]string{"report", "--format", "parquet", "--hash-key-file", name}, "otlog.redacted\x18\x05false"},
	} {
		args := append(test.args, name)
		if got := said(t, append(args, "--no-redact")...); !strings.Contains(got, test.want) {
			t.Errorf("%v: %q", args, got)
		}
		if got := said(t, args...); strings.Contains(got, test.want) {
			t.Errorf("%v, redacted: %q", args, got)
		}
	}
}

// TestNamesOfFilesStay checks that messages name files as the user typed them.
func TestNamesOfFilesStay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ann@host.example")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "203.0.113.5.log")
	if err := os.WriteFile(name, []byte("2026-11-23T10:00:00Z OT_TIMEOUT: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"report", name}, {"report", "--format", "json", name}, {"events", name}, {"formats", name}, {"report", name + "x"}, {"report", "--format", "json", dir}} {
		if got := said(t, args...); !strings.Contains(got, name) {
			t.Errorf("%v: %s", args, got)
		}
	}
}
