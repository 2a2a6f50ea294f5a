package browsertest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const root = "../.."

var (
	command string // the path of otlog
	pageDir string // of the pages, and of the logs made for them
)

// A site is a page that otlog makes.
type site struct {
	name    string
	args    []string // without the format
	damaged bool     // some of the input is damaged on purpose
}

var sites = []site{
	{name: "weeks", args: []string{"--window", "1w", "testdata/weeks"}},
	{name: "days", args: []string{"--window", "1d", "testdata/weeks"}},
	{name: "whole", args: []string{"testdata/logs"}},
	{name: "groups", args: []string{"--window", "1w", "--by", "sdk", "testdata/weeks"}},
	{name: "diff", args: []string{"diff", "testdata/weeks/2026-W46.jsonl.zst", "testdata/weeks/2026-W47.jsonl.zst"}},
	{name: "empty", args: []string{made("empty.log")}},
	{name: "many", args: []string{"--window", "1w", made("many.jsonl")}},
	{name: "hostile", args: []string{"--window", "1w", made("hostile")}, damaged: true},
	{name: "hostile-diff", args: []string{"diff", made("hostile", "0", hostile[0].name), made("hostile", "3", hostile[3].name)}},
	{name: "hostile-filter", args: []string{"--session", hostileSession, "--sdk", hostileSDK, made("hostile", "1", hostile[1].name)}},
}

// made returns the argument for a log that is made for the tests.
func made(names ...string) string { return filepath.Join(append([]string{"{made}"}, names...)...) }

func (s *site) file() string { return filepath.Join(pageDir, s.name+".html") }

// TestPages runs every check on every page, in one tab for each page.
func TestPages(t *testing.T) {
	for i := range sites {
		s := &sites[i]
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, s.file())
			for _, check := range []struct {
				name  string
				check func(*tab, *site)
			}{
				{"keyboard", checkKeyboard}, // first, before anything moves the focus
				{"structure", checkStructure},
				{"names", checkNames},
				{"widths", checkWidths},
				{"contrast", checkContrast},
				{"dark", checkDark},
				{"paper", checkPaper},
				{"quiet", checkQuiet}, // last, after all other checks
			} {
				b.run(check.name, func(b *tab) { check.check(b, s) })
			}
		})
	}
}

func siteOf(t *testing.T, name string) *site {
	t.Helper()
	i := slices.IndexFunc(sites, func(s site) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("there is no page %q", name)
	}
	return &sites[i]
}

// otlog runs the command in the root of the tree and returns what it prints.
func (s *site) otlog(ctx context.Context, format string) ([]byte, error) {
	args := slices.Clone(s.args)
	for i, arg := range args {
		args[i] = strings.Replace(arg, "{made}", pageDir, 1)
	}
	cmd := exec.CommandContext(ctx, command, append(args, "--format", format)...)
	cmd.Dir = root
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); s.damaged && errors.As(err, &exit) && exit.ExitCode() == 3 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("otlog %q: %w\n%s", args, err, stderr.Bytes())
	}
	return stdout.Bytes(), nil
}

// makePages builds the command and makes all pages.
func makePages(ctx context.Context, dir string) error {
	pageDir, command = dir, filepath.Join(dir, "otlog")
	build := exec.CommandContext(ctx, "go", "build", "-o", command, "./cmd/otlog")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building otlog: %w\n%s", err, out)
	}
	if err := makeLogs(dir); err != nil {
		return err
	}
	for i := range sites {
		page, err := sites[i].otlog(ctx, "html")
		if err != nil {
			return err
		}
		if err := os.WriteFile(sites[i].file(), page, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func makeLogs(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "empty.log"), []byte("2026-11-16T10:00:00.000Z all is well\n"), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "many.jsonl"), manyErrors(), 0o644); err != nil {
		return err
	}
	return makeHostile(filepath.Join(dir, "hostile"))
}

// monday is the first day of 2026-W43.
var monday = time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC)

const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

// post returns the telemetry of an attempt to connect that fails with an error.
func post(at time.Time, session, sdk, agent, name, says string) string {
	return fmt.Sprintf(`{"logVersion":"2","clientVersion":%q,"clientSystemTime":%d,"action":"Connect","variation":"Failure","sessionId":%q,"partnerId":"45012345","connectionId":%q,"clientInstanceId":%q,"userAgent":%q,"failureReason":"ConnectToSession","failureCode":1006,"failureName":%q,"failureMessage":%q}`+"\n",
		sdk, at.UnixMilli(), session, "c-"+session, "i-"+session, agent, name, says)
}

// windowsOfMany and namesOfMany are the size of the large page.
const windowsOfMany, namesOfMany = 5, 200

// manyErrors returns a log of many errors that are not in the catalogue. Each occurs in every
// week, some of them more often from week to week.
func manyErrors() []byte {
	var b bytes.Buffer
	for week := range windowsOfMany {
		n := 0
		for name := range namesOfMany {
			for range 1 + name%4 + name*week/250 {
				at := monday.AddDate(0, 0, 7*week).Add(time.Duration(n) * 10 * time.Minute)
				b.WriteString(post(at, fmt.Sprintf("s-%d-%d", week, n), "js-2.35.2", agent, fmt.Sprintf("OT_MADE_UP_%03d", name), "made up"))
				n++
			}
		}
	}
	return b.Bytes()
}

// hostile are names of files that do harm in a page that does not escape them, and the text that
// a page must show instead.
var hostile = []struct{ name, shown string }{
	{name: "<img src=x onerror=alert(1)>.log"},
	{name: "\u202egol.\u2066evil\u2069\u200f.log", shown: `\u202egol.\u2066evil\u2069\u200f.log`},
	{name: "a</script><script>alert(2)</script>.log"},
	{name: "b</title></style><svg onload=alert(3)>.log"},
	{name: `" onmouseover="alert(4)" x='.log`},
	{name: `{{.}}{{template "cell"}}{{html .Policy}}.log`},
	{name: "&lt;iframe src=javascript:alert(5)&gt;&amp;.log"},
	{name: "--><!--]]>.log"},
	{name: "`${alert(6)}`.log"},
	{name: "two\nlines\tand\x1b[31mred.log", shown: `two\u000alines\u0009and\u001b[31mred.log`},
	{name: "no utf-8 \xff\xfe.log", shown: "no utf-8 \ufffd\ufffd.log"},
	{name: "a long name " + strings.Repeat("without-any-space-", 9) + ".log"},
}

const (
	hostileSession = `<i onclick=alert(7)>'&amp;{{.}}</i></dd>`
	hostileSDK     = `2<u>3</u>'&amp;`
	hostileAgent   = `Mozilla/5.0 (X11; <b>) Firefox/<script>alert(8)</script>` + "\u202e"
	hostileDamage  = "<marquee>damaged.log.gz"
)

// makeHostile writes a file for each name, in a directory of its own.
func makeHostile(dir string) error {
	line := func(i int) string {
		at := monday.Add(time.Duration(i) * 20 * time.Hour)
		says := "<b>Session.<i>publish</i> :: {{.}}</b>\u202e"
		return post(at, hostileSession, "js-"+hostileSDK, hostileAgent, fmt.Sprintf("OT_HOSTILE_%d", i), says) +
			post(at.Add(time.Hour), fmt.Sprintf("s-%d", i), "js-2.35.2", agent, "OT_<b>HOSTILE</b>", says) +
			fmt.Sprintf(`{"time":%q,"level":"error","msg":"OpenTok:Session:error OT_TIMEOUT: <b>Session.evil :: </b>","sessionId":"s-%d"}`+"\n", at.Format(time.RFC3339), i)
	}
	write := func(i int, name string, content []byte) error {
		path := filepath.Join(dir, fmt.Sprint(i), name)
		// A slash in a name makes a directory.
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, content, 0o644)
	}
	for i, h := range hostile {
		if err := write(i, h.name, []byte(line(i))); err != nil {
			return err
		}
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(line(len(hostile)))); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return write(len(hostile), hostileDamage, packed.Bytes()[:packed.Len()-9])
}
