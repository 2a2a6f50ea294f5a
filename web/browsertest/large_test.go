package browsertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// large returns the path of a log of more than 100 MB, compressed with gzip.
var large = sync.OnceValues(func() (string, error) {
	path := filepath.Join(dir, "large.log.gz")
	out, err := exec.Command(filepath.Join(dir, "gencorpus"), "-format", "app", "-layout", "gz", "-size", "900MB", "-o", path).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	if info, err := os.Stat(path); err != nil || info.Size() < 100e6 {
		return "", fmt.Errorf("it has %d bytes: %w", info.Size(), err)
	}
	return path, nil
})

// TestLarge compares the report of a large log with that of the command, and states how long both take.
// Other programs that run take their share of the time, so CPU times are stated too.
func TestLarge(t *testing.T) {
	path, err := large()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	cmd := exec.Command(command, "report", "--format", "json", "--", path)
	cmd.Dir = filepath.Dir(path)
	cmd.Args[len(cmd.Args)-1] = filepath.Base(path)
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("command: %.1f s, %.1f s of CPU", time.Since(begun).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	b := open(t, "file://"+pageFile)
	eval[bool](b, "program().then(() => true)") // as it is when somebody has looked for a file
	before := cpu(b)
	begun = time.Now()
	b.choose("files", path)
	b.reported()
	t.Logf("page: %.1f s, %.1f s of CPU", time.Since(begun).Seconds(), cpu(b)-before)
	compare(t, path, reportOf(b, "json"), string(want))
	b.quiet()
}

// cpu returns the seconds that the processes of the browser have used.
func cpu(b *tab) float64 {
	b.Helper()
	info, err := chromedp.CallBrowser(b.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	b.check(err)
	sum := 0.0
	for _, p := range info.ProcessInfo {
		sum += p.CPUTime
	}
	return sum
}

// TestCancel ends a run while a large log is read: the worker is gone at once, and the page works again.
func TestCancel(t *testing.T) {
	path, err := large()
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, "file://"+pageFile)
	var mu sync.Mutex
	workers := 0
	b.check(chromedp.Listen(b.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *target.EventAttachedToTarget:
			if e.TargetInfo.Type == "worker" {
				workers++
			}
		case *target.EventDetachedFromTarget:
			workers--
		}
	}))
	running := func() int {
		mu.Lock()
		defer mu.Unlock()
		return workers
	}
	yes := true
	call(b, target.SetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, Flatten: &yes, Filter: target.Filter{{Type: "worker"}, {Exclude: true}}})
	b.choose("files", path)
	b.until(`el("bar").value > 0.02`, reading)
	if got := eval[float64](b, `el("bar").value`); got > 0.9 {
		t.Errorf("the progress begins with %.2f", got)
	}
	if n := running(); n != 1 {
		t.Fatalf("%d workers while the log is read", n)
	}
	if got := b.text("amount"); !regexp.MustCompile(`^[\d.]+ [kM]B of 100\.5 MB, [\d.]+ [kM]B a second$`).MatchString(got) {
		t.Errorf("progress: %q", got)
	}
	b.click("cancel")
	b.until(`el("work").hidden`, changing)
	if got := b.text("status"); got != "Cancelled." {
		t.Errorf("status: %q", got)
	}
	for end := time.Now().Add(changing); running() != 0; {
		if time.Now().After(end) {
			t.Fatal("the worker has not ended")
		}
		eval[int](b, "new Promise((done) => setTimeout(() => done(1), 50))")
	}
	if eval[bool](b, `!el("result").hidden`) {
		t.Error("a report is shown")
	}
	b.choose("files", filepath.Join(root, "testdata/logs/saved-from-browser.log"))
	b.reported()
	b.quiet()
}
