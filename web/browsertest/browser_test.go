// Package browsertest uses the page of otlog in a real browser, as a person does: files are chosen or
// dropped, the report is read, a run is cancelled. What the page reports is compared with what the
// command reports of the same files.
//
// The browser is the installed one, or the one that OTLOG_BROWSER names. Without a browser the
// tests fail. They build the page and the command from this tree, which Go's cache of test results does
// not notice: run them with -count=1.
package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const (
	root     = "../.."
	wholeRun = 8 * time.Minute // with building the command twice
	starting = 30 * time.Second
	closing  = 10 * time.Second
	changing = 30 * time.Second // of the page after a click, on a machine that is busy
	reading  = 3 * time.Minute  // of a large log
)

// What TestMain makes.
var (
	opened    context.Context // opens tabs
	dir       string          // of all files of the tests
	pageFile  string          // the page
	command   string          // the path of otlog
	downloads string          // where the browser saves files
	outside   *network        // what requests of the browser come to
)

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
	path, err := findBrowser()
	if err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), wholeRun)
	defer cancel()
	if dir, err = os.MkdirTemp("", "otlog-web-"); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pageFile, command, downloads = filepath.Join(dir, "otlog.html"), filepath.Join(dir, "otlog"), filepath.Join(dir, "downloads")
	if err := os.Mkdir(downloads, 0o755); err != nil {
		return 1, err
	}
	for _, build := range []struct {
		dir  string
		args []string
	}{
		{root, []string{"build", "-ldflags=-X main.version=devel", "-o", command, "./cmd/otlog"}},
		{root, []string{"build", "-o", filepath.Join(dir, "gencorpus"), "./bench/gencorpus"}},
		{filepath.Join(root, "web"), []string{"run", ".", "-o", pageFile}},
	} {
		cmd := exec.CommandContext(ctx, "go", build.args...)
		cmd.Dir = build.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("go %s: %w: %s", strings.Join(build.args, " "), err, out)
		}
	}
	outside = newNetwork()
	defer outside.Close()
	stop, err := startBrowser(ctx, path)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	return m.Run(), nil
}

func findBrowser() (string, error) {
	if path := os.Getenv("OTLOG_BROWSER"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no browser: install chromium, or name one with OTLOG_BROWSER")
}

// startBrowser starts the browser of all tests; stop ends it and waits for it.
func startBrowser(ctx context.Context, path string) (stop func() error, err error) {
	// The defaults of chromedp are headless, without sync and background networking.
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// Every request comes to the proxy, those to this machine too.
		chromedp.Flag("proxy-server", outside.Listener.Addr().String()),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
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
	opened = ctx
	yes := true
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: downloads, EventsEnabled: &yes}); err != nil {
		killed()
		return nil, err
	}
	return func() error {
		defer killed()
		bounded, cancel := context.WithTimeout(ctx, closing)
		defer cancel()
		return chromedp.Cancel(bounded)
	}, nil
}

// A network is what the browser takes for all other machines: a proxy that notes each request, and
// answers with a page of a test, or with nothing.
type network struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
	pages    map[string]string // by host: the file of a page
}

func newNetwork() *network {
	n := &network{pages: map[string]string{}}
	n.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		n.requests = append(n.requests, r.Method+" "+r.URL.String()+r.Host)
		file := n.pages[r.Host]
		n.mu.Unlock()
		if file == "" || r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, file)
	}))
	n.Start()
	return n
}

// serve makes a file the page of a host.
func (n *network) serve(host, file string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pages[host] = file
}

// seen returns the requests so far that mention a word.
func (n *network) seen(word string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []string
	for _, r := range n.requests {
		if strings.Contains(r, word) {
			out = append(out, r)
		}
	}
	return out
}

// A tab shows a page, and records messages and dialogs.
type tab struct {
	*testing.T
	ctx context.Context

	mu   sync.Mutex
	said []string // messages on the console, exceptions, violations, dialogs
}

// open opens an address in a tab of its own that ends with the test.
func open(t *testing.T, address string) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(opened)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, reading+changing)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	b.check(chromedp.Listen(ctx, b.listen))
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.check(chromedp.Do(b.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address)))
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
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

// quiet reports every message of the browser.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, said := range b.said {
		b.Error(said)
	}
}

func (b *tab) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// until waits for a condition of the page.
func (b *tab) until(condition string, long time.Duration) {
	b.Helper()
	held, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`new Promise((done) => {
		const end = performance.now() + %d;
		const again = () => (%s) ? done(true) : performance.now() > end ? done(false) : setTimeout(again, 20);
		again();
	})`, long.Milliseconds(), condition), chromedp.EvalAwaitPromise))
	b.check(err)
	if !held {
		b.Fatalf("after %v this does not hold: %s; the page says %q and %q", long, condition, b.text("status"), b.text("trouble"))
	}
}

// eval returns the value of an expression in the page, of a promise what it becomes.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
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

// text returns the text of an element that is shown, by its ID.
func (b *tab) text(id string) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf("document.getElementById(%q).innerText", id))
}

// choose chooses files with the control of an ID.
func (b *tab) choose(id string, files ...string) {
	b.Helper()
	var all []string
	for _, f := range files {
		path, err := filepath.Abs(f)
		b.check(err)
		all = append(all, path)
	}
	b.check(chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS("#"+id), all)))
}

// set chooses an option of a control.
func (b *tab) set(id, value string) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event("change")); return true; })()`, id, value))
}

// reported waits for a report.
func (b *tab) reported() {
	b.Helper()
	b.until(`/^Report made/.test(el("status").textContent) || !el("trouble").hidden && el("work").hidden`, reading)
	if got := b.text("status"); !strings.HasPrefix(got, "Report made") {
		b.Fatalf("no report, but: %q, %q", got, b.text("trouble"))
	}
}

// drop drops files or folders on the page.
func (b *tab) drop(files ...string) {
	b.Helper()
	data := &input.DragData{Items: []*input.DragDataItem{}, DragOperationsMask: 1}
	for _, f := range files {
		path, err := filepath.Abs(f)
		b.check(err)
		data.Files = append(data.Files, path)
	}
	for _, what := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: what, X: 200, Y: 200, Data: data})
	}
}
