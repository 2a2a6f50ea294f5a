package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// attacks are texts that must not reach a terminal, a page or a spreadsheet as they are.
func attacks() map[string]string {
	return map[string]string{
		"escape sequence":      "\x1b[31;1mred\x1b]0;title\x07\x1b[2J",
		"hyperlink":            "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
		"C1 controls":          "\u009b31mred\u0085\u008d\u0090q\u009c",
		"raw C1 bytes":         "\x9b31m\x85\x90q\x9c",
		"DEL and backspace":    "a\x7f\x7f\b\b\vb\f",
		"bidi controls":        "\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c",
		"invisible characters": "a\u200bb\ufeffc\u00add\U000e0041\u2028e\u2029",
		"invalid UTF-8":        "\xff\xfe\xc3(\xed\xa0\x80\xf8\x88",
		"markup":               `<script>window.hit=1</script><img src=x onerror="window.hit=1">'"&lt;`,
		"closing markup":       `--></style></script></title></svg><b onmouseover=window.hit=1>`,
		"formula":              `=cmd|' /C calc'!A0`,
		"formula with a plus":  `+1+cmd|x`,
		"formula with an at":   `@SUM(1+1)`,
		"Markdown":             "|x|`y`![a](javascript:window.hit=1)[b](http://evil.example)<b>**",
		"template":             "{{.}}${x}%s%n%!d(MISSING)",
	}
}

// TestAttacks runs every command on logs whose every text is an attack, in every format.
func TestAttacks(t *testing.T) {
	for name, attack := range attacks() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			paths := writeAttack(t, dir, attack)
			bad := filepath.Join(dir, "cut "+fileName(attack)+".log.gz")
			if err := os.WriteFile(bad, []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"), 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, bad)
			partial := filepath.Join(dir, "all.arrow")
			all := append([]string{"--show-sessions"}, paths...)
			check := func(args ...string) {
				t.Helper()
				checkAttack(t, attack, args)
			}
			for _, format := range []string{"text", "json", "csv", "markdown", "html"} {
				check(append([]string{"report", "--format", format}, all...)...)
				check(append([]string{"report", "--format", format, "--window", "1d", "--by", "sdk"}, all...)...)
				check(append([]string{"report", "--format", format, "--baseline", paths[0]}, paths[1:]...)...)
				check("diff", "--format", format, paths[0], paths[1])
			}
			check(append([]string{"scan", "--show-sessions", "-o", partial}, paths...)...)
			check("report", "--show-sessions", partial)
			for _, format := range []string{"text", "json", "markdown"} {
				check(append([]string{"session", "--format", format}, paths...)...)
				check(append([]string{"session", "--format", format, "1_MX40NTAxMjM0NX5-" + attack}, paths...)...)
			}
			for _, format := range []string{"text", "json", "markdown"} {
				check("explain", "--format", format, attack)
				check("explain", "--format", format, "OT_TIMEOUT "+attack+" Session.publish")
			}
			check(append([]string{"events"}, paths...)...)
			check(append([]string{"formats"}, paths...)...)
			check(append([]string{"hash"}, "1_"+attack)...)
			// What a user passes on is not trusted either.
			report, _, err := newRoot(streams{}).Find([]string{"report"})
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir()) // for the file of --output
			report.Flags().VisitAll(func(f *pflag.Flag) { check("report", "--"+f.Name+"="+attack, paths[0]) })
			check("report", "--"+attack, attack, paths[0])
			check(attack)
			check("explain", "--format", attack, "OT_TIMEOUT")
			check("report", filepath.Join(dir, "missing "+attack))
			check("report", "-o", filepath.Join(dir, "no "+attack, "x"), paths[0])
		})
	}
}

// checkAttack runs a command, and checks what it writes.
func checkAttack(t *testing.T, attack string, args []string) {
	t.Helper()
	none, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	var out, errs bytes.Buffer
	_ = run(args, streams{in: none, out: &out, err: &errs})
	short := fmt.Sprintf("%.50q", args)
	for _, written := range []struct {
		to   string
		text string
	}{{"standard output", out.String()}, {"standard error", errs.String()}} {
		if at := hiddenIn(written.text); at >= 0 {
			t.Errorf("%s: %s has hidden characters: %q", short, written.to, around(written.text, at))
		}
		if strings.Contains(written.text, "MISSING)") && !strings.Contains(attack, "MISSING") {
			t.Errorf("%s: %s formats the attack", short, written.to)
		}
	}
	text := out.String()
	switch format := formatIn(args); format {
	case "json":
		for dec := json.NewDecoder(&out); ; {
			var any any
			if err := dec.Decode(&any); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", short, err)
				break
			}
		}
	case "csv":
		r := csv.NewReader(&out)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Errorf("%s: %v", short, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s: a cell is a formula: %q", short, cell)
				}
			}
		}
	case "html", "markdown":
		active := []string{"<script>window.hit", "<img", "<b ", "<b>"}
		if format == "markdown" {
			active = append(active, "](javascript:", "](http://evil.example")
		}
		for _, markup := range active {
			// A backslash escapes in Markdown.
			if at := strings.Index(strings.ReplaceAll(text, "\\"+markup[:1], ""), markup); at >= 0 {
				t.Errorf("%s: %s", short, markup)
			}
		}
	}
}

func formatIn(args []string) string {
	for i, arg := range args[:len(args)-1] {
		if arg == "--format" {
			return args[i+1]
		}
	}
	return ""
}

// hiddenIn returns where a text has a character that a terminal does not show, or -1.
func hiddenIn(text string) int {
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") || c != '\n' && !unicode.IsPrint(c) {
			return i
		}
	}
	return -1
}

func around(text string, at int) string {
	return text[max(0, at-60):min(len(text), at+60)]
}

var separators = regexp.MustCompile(`[/\x00]`)

// fileName returns an attack as part of a file's name.
func fileName(attack string) string { return separators.ReplaceAllString(attack, "_") }

// writeAttack writes logs with an attack at every place of a text.
func writeAttack(t *testing.T, dir, attack string) []string {
	t.Helper()
	quoted := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a := quoted(attack)
	session := quoted("1_MX40NTAxMjM0NX5-" + attack)
	var events, console, table strings.Builder
	for i, variation := range []string{"Attempt", "Failure", "Attempt", "Success"} {
		fmt.Fprintf(&events, `{"clientVersion":%[1]s,"logVersion":"2","sessionId":%[2]s,"connectionId":%[1]s,"clientSystemTime":%[3]d,"action":"Publish","variation":%[4]q,"guid":%[1]s,"attemptId":"%[5]d","clientInstanceId":"k1","source":%[1]s,"partnerId":%[1]s,"streamId":%[1]s,"payload":{"userAgent":%[1]s,"failureReason":%[1]s,"failureCode":1500,"failureMessage":%[1]s,"error":%[1]s,"url":%[1]s,%[1]s:%[1]s}}`+"\n",
			a, session, 1795430665000+i*1000, variation, i/2)
	}
	lines := []string{
		"OT_TIMEOUT: Session.publish :: " + attack,
		attack + " OT_MADE_UP" + attack + ": Session.made" + attack + " failed",
		"OpenTok:Publisher:error OT_USER_MEDIA_ACCESS_DENIED " + attack,
		"Error 1500 in Session." + attack + " for " + attack,
		"OpenTok:GetUserMedia:error " + attack + " (NotAllowedError: " + attack + ")",
		"GET https://user:pass@" + attack + ".example/x net::ERR_BLOCKED_BY_CLIENT",
		"WebSocket connection to 'wss://" + attack + "/rumorwebsocketsv2' failed: " + attack,
	}
	for i, line := range lines {
		fmt.Fprintf(&console, "2026-11-23T10:00:%02dZ [ERROR] session=1_MX40NTAxMjM0NX5-%s %s\n", i, fileName(attack), line)
		fmt.Fprintf(&events, `{"ts":"2026-11-23T11:00:%02dZ","level":%s,"sessionId":%s,"msg":%s,%s:1}`+"\n", i, a, session, quoted(line), a)
	}
	// Two columns that may be the time, and none that is a session.
	cell := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	fmt.Fprintf(&table, "%s,%s,%s,message\n", cell("created "+attack), cell("updated "+attack), cell("user "+attack))
	for i, line := range lines {
		fmt.Fprintf(&table, "04/05/2026 10:00:%02d,05/04/2026 10:00:%02d,%s,%s\n", i, i, cell(attack), cell(line))
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, member := range []struct{ name, text string }{{"in/" + attack + ".log", console.String()}, {attack, "\x00\x01\x02" + attack}} {
		w, err := z.Create(member.name)
		if err == nil {
			_, err = w.Write([]byte(member.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, file := range []struct{ name, text string }{
		{"events.jsonl", events.String()}, {"console.log", console.String()}, {"table.csv", table.String()}, {"archive.zip", packed.String()},
	} {
		path := filepath.Join(dir, fileName(attack)+" "+file.name)
		if err := os.WriteFile(path, []byte(file.text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}
