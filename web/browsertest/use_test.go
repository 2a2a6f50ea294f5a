package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestSaved saves the report in each form: the files are those that the command writes.
func TestSaved(t *testing.T) {
	b := open(t, "file://"+pageFile)
	b.choose("files", filepath.Join(root, "testdata/weeks/2026-W46.jsonl.zst"), filepath.Join(root, "testdata/weeks/2026-W47.jsonl.zst"))
	b.reported()
	// The counts stay: another window needs no reading.
	eval[bool](b, `(chosen = null, true)`)
	b.set("window", "1w")
	b.until(`el("work").hidden`, reading)
	for format, name := range map[string]string{"html": "otlog-report.html", "markdown": "otlog-report.md", "json": "otlog-report.json", "csv": "otlog-errors.csv"} {
		got := b.saved(format, name)
		want, _ := native(t, filepath.Join(root, "testdata/weeks"), "report", "--format", format, "--window", "1w", "2026-W46.jsonl.zst", "2026-W47.jsonl.zst")
		if format == "json" {
			compare(t, name, got, want)
		} else if got != want {
			t.Errorf("%s has %d bytes that differ from the %d of the command", name, len(got), len(want))
		}
	}
	counts := filepath.Join(t.TempDir(), "otlog-counts.arrow")
	b.check(os.WriteFile(counts, []byte(b.saved("partial", "otlog-counts.arrow")), 0o644))
	got, _ := native(t, t.TempDir(), "report", "--format", "json", "--window", "1w", counts)
	want, _ := native(t, filepath.Join(root, "testdata/weeks"), "report", "--format", "json", "--window", "1w", "2026-W46.jsonl.zst", "2026-W47.jsonl.zst")
	compare(t, counts, got, want)
	b.quiet()
}

// saved presses a button and returns the file that is saved.
func (b *tab) saved(format, name string) string {
	b.Helper()
	b.check(chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("[data-save="+format+"]"))))
	path := filepath.Join(downloads, name)
	for range 600 {
		if content, err := os.ReadFile(path); err == nil && len(content) > 0 {
			b.check(os.Remove(path))
			b.until(`el("work").hidden`, changing)
			return string(content)
		}
		eval[int](b, "new Promise((done) => setTimeout(() => done(1), 50))")
	}
	b.Fatalf("%s was not saved; the page says %q and %q", name, b.text("status"), b.text("trouble"))
	return ""
}

// TestShown reads the report in its frame: its style and its script work, and it cannot reach the page.
func TestShown(t *testing.T) {
	b := open(t, "file://"+pageFile)
	b.choose("files", filepath.Join(root, "testdata/logs/saved-from-browser.log"))
	b.reported()
	if eval[bool](b, `(() => { try { return !!el("report").contentDocument; } catch { return false; } })()`) {
		t.Error("the report has the rights of the page")
	}
	if got := eval[string](b, `el("report").getAttribute("sandbox")`); got != "allow-scripts" {
		t.Errorf("sandbox: %q", got)
	}
	frame := b.frame()
	for expression, want := range map[string]bool{
		"document.querySelector('h1').textContent.length > 20": true,
		// The report's script adds the controls.
		"document.querySelectorAll('nav input, thead button').length > 2":                                                    true,
		"getComputedStyle(document.querySelector('.alarm')).borderLeftStyle === 'solid'":                                     true,
		"document.querySelectorAll('a[title^=https]').length > 0 && document.querySelectorAll('a[href^=http]').length === 0": true,
		"(() => { try { return !!parent.document.title; } catch { return false; } })()":                                      false,
	} {
		if got := eval[bool](frame, expression); got != want {
			t.Errorf("%s: got %v", expression, got)
		}
	}
	// The links of the report lead to its sections.
	eval[bool](frame, "(document.querySelector('nav li:last-child a').click(), true)")
	frame.until("location.hash.length > 1 && document.querySelector(location.hash).getBoundingClientRect().top < innerHeight", changing)
	b.quiet()
}

// frame returns the frame of the report, which has a process of its own.
func (b *tab) frame() *tab {
	b.Helper()
	targets, err := chromedp.Targets(b.ctx)
	b.check(err)
	for _, found := range targets {
		if found.Type == "iframe" && found.URL == "about:srcdoc" {
			ctx, end := chromedp.NewContext(b.ctx, chromedp.WithTargetID(found.TargetID))
			b.Cleanup(end)
			return &tab{T: b.T, ctx: ctx}
		}
	}
	b.Fatalf("the frame is not among %d targets", len(targets))
	return nil
}

// TestSmall uses the page on a small screen: nothing is wider than it, before and with a report.
func TestSmall(t *testing.T) {
	b := open(t, "file://"+pageFile)
	b.check(chromedp.Do(b.ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch)))
	fits := func(when string) {
		t.Helper()
		if got := eval[[]string](b, `[...document.body.querySelectorAll("*")].filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > 360.5).map((e) => e.localName + "#" + e.id)`); len(got) > 0 {
			t.Errorf("%s: wider than the screen: %v", when, got)
		}
		if got := eval[int](b, "document.documentElement.scrollWidth"); got > 360 {
			t.Errorf("%s: the page is %d wide", when, got)
		}
	}
	fits("before")
	b.choose("files", filepath.Join(root, "testdata/logs/saved-from-browser.log"))
	b.reported()
	eval[bool](b, `(messages("Not everything could be read.", "otlog: "+"a".repeat(500)), working("Reading"), el("amount").textContent = "1,000.0 MB of 9,999.0 MB, 100.0 MB a second", true)`)
	fits("with a report")
	picture(b, "small")
	b.quiet()
}

// picture keeps a picture of the page in the folder that OTLOG_PICTURES names.
func picture(b *tab, name string) {
	b.Helper()
	into := os.Getenv("OTLOG_PICTURES")
	if into == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.check(err)
	b.check(os.WriteFile(filepath.Join(into, name+".png"), shot, 0o644))
}

// TestKeyboard reaches every control with the keyboard, starts nothing by that, and finds names for them.
func TestKeyboard(t *testing.T) {
	b := open(t, "file://"+pageFile)
	b.choose("files", filepath.Join(root, "testdata/logs/saved-from-browser.log"))
	b.reported()
	picture(b, "large")
	want := eval[[]string](b, `[...document.querySelectorAll("input, select, button, iframe")].filter((e) => e.getClientRects().length).map((e) => e.id || e.dataset.save)`)
	if len(want) < 12 {
		t.Fatalf("controls: %v", want)
	}
	eval[bool](b, `(document.activeElement.blur(), document.getSelection().removeAllRanges(), true)`)
	var got []string
	for range len(want) {
		last := strings.Join(got, " ")
		b.check(chromedp.Do(b.ctx, chromedp.KeyEvent(kb.Tab)))
		const focused = `(document.activeElement.id || document.activeElement.dataset.save || "")`
		b.until(fmt.Sprintf(`%s !== "" && !%q.endsWith(%[1]s)`, focused, last), changing) // another process has the frame
		got = append(got, eval[string](b, focused))
		if !eval[bool](b, `document.activeElement.localName === "iframe" || getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
			t.Errorf("%s: the focus cannot be seen", got[len(got)-1])
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the keyboard reaches %v, want %v", got, want)
	}
	// The keyboard reaches the report, too.
	b.frame().until(`document.activeElement.textContent === "Skip to the report"`, changing)
	for _, node := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		switch role := strings.Trim(string(node.Role.Value), `"`); role {
		case "button", "checkbox", "combobox", "progressbar", "Iframe", "region", "RootWebArea":
			if node.Name == nil || strings.Trim(string(node.Name.Value), `" `) == "" {
				t.Errorf("the %s of node %s has no name", role, node.NodeID)
			}
		}
	}
	b.quiet()
}
