package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ticketText is a log as its console shows it.
const ticketText = `2026-11-23T10:44:25.959Z 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B joining with camera = 1
2026-11-23T10:44:25.972Z 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004) +0ms
    at Session.connect (https://clinic.example/opentok.js:100048:21)
2026-11-23T10:44:25.973Z 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B OT.exception :: title: Authentication error (1004) msg: Token expired (1004)
2026-11-23T10:44:31.213Z 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5C OpenTok:Session:error OT_INVALID_SESSION_ID: Session not found (1005) +0ms
2026-11-23T10:44:35.319Z 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5C leaving
`

// TestPastedLogs checks that a log counts the same however a person passes it on.
func TestPastedLogs(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(ticketText, "\n"), "\n")
	without := strings.Join(append(lines[:2:2], lines[3:]...), "") // stack lines
	each := func(log, prefix, suffix string) string {
		return regexp.MustCompile(`(?m)^(.+)$`).ReplaceAllString(log, prefix+"$1"+suffix)
	}
	numbered := ""
	for i, line := range strings.SplitAfter(without, "\n") {
		numbered += fmt.Sprintf("%d. %s", i+1, line)
	}
	cells := regexp.MustCompile(`(?m)^(\S+) (.*)$`)
	mail := "From: a@clinic.example\nSubject: it does not work\nMIME-Version: 1.0\n"
	part := func(kind, encoding, body string) string {
		return "Content-Type: " + kind + "\nContent-Transfer-Encoding: " + encoding + "\n\n" + body
	}
	var printable strings.Builder
	w := quotedprintable.NewWriter(&printable)
	fmt.Fprint(w, ticketText)
	w.Close()
	encoded := base64.StdEncoding.EncodeToString([]byte(ticketText)) + "\n"
	for name, log := range map[string]string{
		"indented":                     "The customer says:\n" + each(without, "    ", ""),
		"indented by a tab":            each(without, "\t", ""),
		"quoted":                       each(ticketText, "> ", ""),
		"quoted twice":                 each(ticketText, ">> ", ""),
		"quoted in a reply":            each(ticketText, "> > ", ""),
		"a list":                       each(without, "- ", ""),
		"another list":                 each(without, "* ", ""),
		"a numbered list":              numbered,
		"a fence":                      "See:\n```\n" + ticketText + "```\nThanks\n",
		"a table in Markdown":          "| time | message |\n|---|---|\n" + cells.ReplaceAllString(without, "| $1 | $2 |"),
		"psql":                         " time | message\n------+---------\n" + cells.ReplaceAllString(without, " $1 | $2") + "(5 rows)\n",
		"MySQL":                        "+------+---------+\n| time | message |\n+------+---------+\n" + cells.ReplaceAllString(without, "| $1 | $2 |") + "+------+---------+\n",
		"a host before the time":       each(without, "web-0 ", ""),
		"a pod and a container":        each(without, "web-0 app ", ""),
		"docker compose":               each(without, "web-1  | ", ""),
		"grep -H":                      each(ticketText, "logs/app.log:", ""),
		"double quotes":                each(ticketText, `"`, `",`),
		"a diff":                       "--- a/app.log\n+++ b/app.log\n@@ -0,0 +1,6 @@\n" + each(ticketText, "+", ""),
		"INSERT":                       cells.ReplaceAllString(without, "INSERT INTO logs VALUES (1,'$1','$2');"),
		"logfmt":                       cells.ReplaceAllString(without, `level=error msg="$2" ts=$1`),
		"YAML":                         cells.ReplaceAllString(without, "- message: '$2'\n  timestamp: '$1'"),
		"quoted-printable":             mail + part("text/plain; charset=utf-8", "quoted-printable", printable.String()),
		"base64":                       mail + part("text/plain", "base64", encoded),
		"alternatives":                 mail + "Content-Type: multipart/alternative; boundary=b\n\n--b\n" + part("text/plain", "7bit", ticketText) + "--b\n" + part("text/html", "7bit", "<p>"+ticketText+"</p>\n") + "--b--\n",
		"HTML":                         mail + part("text/html", "7bit", "<html><body><p>Hello</p><pre>"+html.EscapeString(ticketText)+"</pre></body></html>\n"),
		"a part of HTML":               mail + part("text/html", "base64", base64.StdEncoding.EncodeToString([]byte("<div>"+strings.ReplaceAll(html.EscapeString(ticketText), "\n", "<br>")+"</div>"))+"\n"),
		"attached":                     mail + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=app.log\n" + part("application/octet-stream", "base64", encoded) + "--b--\n",
		"attached to a forwarded mail": mail + "Content-Type: message/rfc822\n\n" + mail + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + part("text/plain; name=app.log", "base64", encoded) + "--b--\n",
		"an mbox":                      "From a@clinic.example Tue Nov 24 09:00:00 2026\n" + mail + part("text/plain", "quoted-printable", printable.String()),
		"an mbox of two mails":         "From a@clinic.example Tue Nov 24 09:00:00 2026\n" + mail + "\nsee the next mail\n\nFrom a@clinic.example Tue Nov 24 09:01:00 2026\n" + mail + part("text/plain", "base64", encoded),
		"a mail after blank lines":     "\n\n" + mail + part("text/plain", "base64", encoded),
		"a mail with carriage returns": strings.ReplaceAll(mail+part("text/plain", "base64", encoded), "\n", "\r"),
		"a part of a mail":             part("text/plain", "base64", encoded),
		"a part and its boundary":      "--b\n" + part("text/plain", "quoted-printable", printable.String()) + "\n--b--\n",
		"a line like an mbox":          "From a@clinic.example Tue Nov 24 09:00:00 2026\n" + ticketText,
		"a line From":                  "From now on the camera is on\n" + ticketText,
		"a line Content-Type":          "Content-Type: text/plain\n" + ticketText,
		"a header in a log":            part("text/plain", "base64", ticketText),
	} {
		got, want := countsOf(t, log), countsOf(t, ticketText)
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestQuotedConsole checks that a saved console counts the same in a reply to a mail: the stack lines
// after an error stay with it.
func TestQuotedConsole(t *testing.T) {
	log, err := os.ReadFile("../../testdata/logs/saved-from-browser.log")
	if err != nil {
		t.Fatal(err)
	}
	want := countsOf(t, string(log))
	for _, mark := range []string{"> ", ">", "> > ", ">> "} {
		if got := countsOf(t, regexp.MustCompile(`(?m)^(.+)$`).ReplaceAllString(string(log), mark+"$1")); got != want {
			t.Errorf("%q: got %s, want %s", mark, got, want)
		}
	}
	const timed = "11:23:15.271 OT_TIMEOUT: a\n11:23:25.271 OT_TIMEOUT: b\n"
	if got, want := countsOf(t, regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSpace(timed), ">")), countsOf(t, timed); got != want {
		t.Errorf("a time after a mark: got %s, want %s", got, want)
	}
}

// countsOf returns the numbers of a log that its shape must not change.
func countsOf(t *testing.T, log string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ticket")
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Totals struct {
			Sessions, Failures int
			First              string `json:"first_seen"`
			Last               string `json:"last_seen"`
		}
	}
	if err := json.Unmarshal(runWell(t, "report", "--format", "json", path), &r); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d failures, %d sessions, %s to %s", r.Totals.Failures, r.Totals.Sessions, r.Totals.First, r.Totals.Last)
}
