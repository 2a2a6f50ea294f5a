// Package browsertest opens the HTML pages of otlog in a real browser and uses them as people
// do: with a mouse, with a keyboard, on a phone, on paper and in dark mode.
//
// The browser is the installed one, or the one that OTLOG_BROWSER names. Without a browser the
// tests are skipped, unless CI=true. The tests build the command from this tree, which Go's
// cache of test results does not notice: run them with -count=1.
package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	_ "embed"
)

const (
	wholeRun = 4 * time.Minute  // with building the command
	oneTest  = 45 * time.Second // on a machine that is busy
	starting = 30 * time.Second
	closing  = 10 * time.Second
	changing = 5 * time.Second // of a page after a key or a click
)

// browser opens tabs; nil if no browser is installed.
var browser context.Context

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browsertest:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	path := findBrowser()
	if path == "" {
		if os.Getenv("CI") == "true" {
			return 1, errors.New("no browser: install chromium, or name one with OTLOG_BROWSER")
		}
		return m.Run(), nil // every test skips itself
	}
	ctx, cancel := context.WithTimeout(context.Background(), wholeRun)
	defer cancel()
	dir, err := os.MkdirTemp("", "otlog-browsertest-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := makePages(ctx, dir); err != nil {
		return 1, err
	}
	stop, err := startBrowser(ctx, path, filepath.Join(dir, "profile"))
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	return m.Run(), nil
}

// findBrowser returns the path of a browser, "" if none is installed. If OTLOG_BROWSER names a
// browser that does not exist, the tests fail.
func findBrowser() string {
	if path := os.Getenv("OTLOG_BROWSER"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startBrowser starts the browser of all tests; stop ends it and waits for it.
func startBrowser(ctx context.Context, path, profile string) (stop func() error, err error) {
	// The defaults of chromedp are headless, without sync and background networking.
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// No request may leave the machine.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, killed := chromedp.NewExecAllocator(ctx, options...)
	ctx, cancel := chromedp.NewContext(ctx)
	// The browser ends with the context of the first call, so that context has no deadline.
	late := time.AfterFunc(starting, cancel)
	if err := chromedp.Do(ctx); err != nil {
		killed()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	late.Stop()
	browser = ctx
	return func() error {
		defer killed()
		bounded, cancel := context.WithTimeout(ctx, closing)
		defer cancel()
		return chromedp.Cancel(bounded)
	}, nil
}

// A tab shows a page, and records requests, messages and dialogs.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	said     []string // messages on the console, exceptions, violations, dialogs
}

// lookJS defines the functions that tests call in a page.
//
//go:embed look.js
var lookJS string

// open opens a page in a tab of its own that ends with the test.
func open(t *testing.T, file string) *tab {
	t.Helper()
	b := blank(t)
	b.visit(file)
	return b
}

// blank opens an empty tab, to be configured before it loads a page.
func blank(t *testing.T) *tab {
	t.Helper()
	if browser == nil {
		t.Skip("no browser is installed: these tests need chromium, or OTLOG_BROWSER")
	}
	ctx, close := chromedp.NewContext(browser)
	t.Cleanup(close)
	ctx, cancel := context.WithTimeout(ctx, oneTest)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	b.check(chromedp.Listen(ctx, b.listen))
	// Tabs run in parallel, and each must act as the one in front.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.size(1280, 900, false)
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, arg.Value.String())
		}
		b.said = append(b.said, fmt.Sprintf("console.%s: %s", e.Type, strings.Join(words, " ")))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.said = append(b.said, fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text))
	case *page.EventJavascriptDialogOpening:
		b.said = append(b.said, fmt.Sprintf("%s: %s", e.Type, e.Message))
		// A dialog blocks the page, and a listener must not call the browser.
		go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	}
}

func (b *tab) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// visit loads a page from disk and waits until it is drawn.
func (b *tab) visit(file string) {
	b.Helper()
	b.check(chromedp.Do(b.ctx, chromedp.Navigate("file://"+file), chromedp.Evaluate[chromedp.Void](lookJS)))
}

// size sets the size of the window. A phone obeys the viewport of the page.
func (b *tab) size(width, height int64, phone bool) {
	b.Helper()
	var options []chromedp.EmulateViewportOption
	if phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.check(chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height, options...)))
}

// press types keys at the focus.
func (b *tab) press(keys string, options ...chromedp.KeyOption) {
	b.Helper()
	b.check(chromedp.Do(b.ctx, chromedp.KeyEvent(keys, options...)))
}

// click clicks on the middle of the element that an expression returns.
func (b *tab) click(expression string) {
	b.Helper()
	at := eval[[2]float64](b, "look.middle("+expression+")")
	b.check(chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1])))
}

// until waits for a condition of the page. chromedp.Poll compiles a string, which the policy of
// the page forbids.
func (b *tab) until(condition string) {
	b.Helper()
	held, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](fmt.Sprintf(
		`look.until(() => (%s), %d)`, condition, changing.Milliseconds()), chromedp.EvalAwaitPromise))
	b.check(err)
	if !held {
		b.Fatalf("after %v this does not hold: %s", changing, condition)
	}
}

// eval returns the value of an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return out
}

// call runs a command of the browser.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	out, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.Fatalf("%s: %v", command.Method, err)
	}
	return out
}

// run runs a part of a test in the tab.
func (b *tab) run(name string, test func(*tab)) {
	outer := b.T
	outer.Run(name, func(t *testing.T) {
		b.T = t
		defer func() { b.T = outer }()
		test(b)
	})
}

// noise reports every request except for the page itself, and every message.
func (b *tab) noise(file string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if want := []string{"file://" + file}; !slices.Equal(b.requests, want) {
		b.Errorf("requests: %q, want only the page itself", b.requests)
	}
	for _, said := range b.said {
		b.Error(said)
	}
}
