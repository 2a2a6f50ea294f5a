package corpus

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otlog/otlog/classify/catalogue"
	_ "github.com/otlog/otlog/internal/testgc"
)

func generate(t testing.TB, o Options) (string, *Truth) {
	t.Helper()
	var b bytes.Buffer
	truth, err := Generate(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), truth
}

// The corpora of the tests.
var corpora = []Options{
	{Format: NDJSON, Seed: 1, Size: 3_000_000},
	{Format: NDJSON, Seed: 2, Size: 1_000_000, Days: 1, ErrorRate: .3},
	{Format: NDJSON, Seed: 3, Size: 2_000_000, ErrorRate: 1},
	{Format: NDJSON, Seed: 4, Size: 500_000, ErrorRate: -1},
	{Format: Console, Seed: 5, Size: 3_000_000},
	{Format: Console, Seed: 6, Size: 1_000_000, Days: 40, ErrorRate: 1},
	{Format: Console, Seed: 7, Size: 1_000_000, Days: 2, ErrorRate: .5},
	{Format: NDJSON, Seed: 8, Size: 2_000_000, ErrorRate: .1, Seconds: true},
	{Format: NDJSON, Seed: 9, Size: 500_000, ErrorRate: 1, Seconds: true},
	{Format: Console, Seed: 10, Size: 1_000_000, ErrorRate: .2, Seconds: true},
	{Format: App, Seed: 11, Size: 2_000_000},
	{Format: App, Seed: 12, Size: 2_000_000, ErrorRate: 1},
	{Format: NDJSON, Seed: 13, Size: 1_000_000, Telemetry: .6},
	{Format: NDJSON, Seed: 14, Size: 1_000_000, Telemetry: -1, ErrorRate: .1},
	{Format: NDJSON, Seed: 15, Size: 1_000_000, SessionSize: 3000},
	{Format: App, Seed: 16, Size: 500_000, SessionSize: 1000},
	{Format: Console, Seed: 17, Size: 500_000, SessionSize: 800, ErrorRate: .2},
}

func label(o Options) string {
	return fmt.Sprintf("%s/%v/seconds %v/telemetry %v/sessions of %d", o.Format, o.ErrorRate, o.Seconds, o.Telemetry, o.SessionSize)
}

// phrases returns the phrases of the catalogue.
func phrases() []Phrase {
	list := []Phrase{}
	for _, p := range catalogue.Phrases() {
		phrase := Phrase{Text: p.Text, Error: p.Error.Name()}
		if p.Method != 0 {
			phrase.Method = p.Method.Name()
		}
		list = append(list, phrase)
	}
	return list
}

// TestTruth compares the Truth with a second look at the bytes. Phrases do not change the bytes, but
// they classify more records and hide no failure.
func TestTruth(t *testing.T) {
	var mutex sync.Mutex
	seen := map[string]int64{} // records by phrase
	t.Run("corpora", func(t *testing.T) {
		for _, o := range corpora {
			t.Run(label(o), func(t *testing.T) {
				t.Parallel()
				data, before := generate(t, o)
				found := decode(t, o.Format, data)
				compareTruth(t, data, before, found.look(nil))
				o.Phrases = phrases()
				again, truth := generate(t, o)
				if again != data {
					t.Fatal("phrases changed the bytes")
				}
				look := found.look(o.Phrases)
				compareTruth(t, data, truth, look)
				more := truth.Totals.Records.Classified - before.Totals.Records.Classified
				if more < 0 || more == 0 && o.ErrorRate < 1 {
					t.Errorf("phrases classified %d records more", more)
				}
				if less := truth.Totals.Failures - before.Totals.Failures; less < 0 {
					t.Errorf("phrases hid %d failures", -less)
				}
				mutex.Lock()
				defer mutex.Unlock()
				for text, n := range look.phrased {
					seen[text] += n
				}
			})
		}
	})
	for _, text := range []string{"onPublishingTimeout", "Could not publish in a reasonable amount of time",
		"End-user denied permission to hardware devices", "The selected voice or video devices are unavailable",
		"(1501) msg: stream not found", "Cannot call forceDisconnect(). You are not connected", "Token expired (1004)"} {
		if seen[text] == 0 {
			t.Errorf("no record is classified by %q: %v", text, seen)
		}
	}
}

func compareTruth(t *testing.T, data string, truth *Truth, l *look) {
	t.Helper()
	for _, text := range l.several {
		t.Errorf("two names or sessions in one record: %s", text)
	}
	got := truth.Totals
	want := Totals{
		Bytes: int64(len(data)), Lines: l.physical, Named: l.named, Sessions: int64(len(l.sessions)), Failures: got.Failures,
		Records: Kinds{Classified: l.classified, Clean: l.clean, Telemetry: l.post},
	}
	if got != want {
		t.Errorf("totals\n truth %+v\n found %+v", got, want)
	}
	compareToLook(t, truth, l)
	named := int64(0)
	for _, n := range truth.Names {
		named += n.Records
		if found := l.names[NameCount{Day: n.Day, Name: n.Name}]; found != n.Records {
			t.Errorf("%s %s: %d records in the truth, found %d", n.Day, n.Name, n.Records, found)
		}
	}
	if named != l.named {
		t.Errorf("%d named records by day, found %d", named, l.named)
	}
	for id, events := range l.events {
		if events[0].variation != "Attempt" {
			t.Errorf("%s begins with %s", id, events[0].variation)
		}
	}
	rate := float64(l.named) / float64(l.records)
	if asked := truth.ErrorRate; math.Abs(rate-asked) > .003+.05*asked || asked == 1 && rate != 1 {
		t.Errorf("share of named records: asked for %v, found %v", asked, rate)
	}
	checkTimes(t, truth, l.times)
	checkSums(t, truth)
}

// compareToLook compares the rows.
func compareToLook(t *testing.T, truth *Truth, l *look) {
	t.Helper()
	for _, c := range []struct {
		daily bool
		truth facts
	}{{true, factsOf(truth.Errors, truth.Methods)}, {false, factsOf(truth.ErrorsTotal, truth.MethodsTotal)}} {
		for i, text := range l.sums(c.daily).facts().compare(c.truth) {
			if i == 20 {
				t.Error("and more")
				break
			}
			t.Errorf("found %s", text)
		}
	}
}

// checkTimes checks the order and the range of times.
func checkTimes(t *testing.T, truth *Truth, times []time.Time) {
	var latest time.Time
	end := truth.Start.AddDate(0, 0, truth.Days)
	late := 0
	for _, at := range times {
		if at.Before(truth.Start) || !at.Before(end) {
			t.Fatalf("time %v is not in the %d days from %v", at, truth.Days, truth.Start)
		}
		if at.Before(latest) {
			late++
		}
		if latest.Sub(at) > maxDelay*time.Millisecond {
			t.Fatalf("time %v comes %v late", at, latest.Sub(at))
		}
		if at.After(latest) {
			latest = at
		}
	}
	if late == 0 {
		t.Error("no record is out of order")
	}
	if end.Sub(latest) > time.Duration(truth.Days)*24*time.Hour/4 {
		t.Errorf("the last record is of %v, the corpus should reach %v", latest, end)
	}
}

// checkSums checks that the parts of a Truth agree.
func checkSums(t *testing.T, truth *Truth) {
	var classified, named, failures, shapes, lines, days int64
	for _, r := range truth.ErrorsTotal {
		classified += r.Lines
		failures += r.Failures
		named += r.Evidence["name"]
		sum := int64(0)
		for _, n := range r.Evidence {
			sum += n
		}
		if sum != r.Lines || r.Failures > r.Lines || r.Sessions > r.Failures || r.Error == nil && r.Evidence["none"] != sum {
			t.Errorf("%s: %d failures in %d sessions, %d lines, by evidence %v", r.Method, r.Failures, r.Sessions, r.Lines, r.Evidence)
		}
	}
	if failures != truth.Totals.Failures {
		t.Errorf("%d failures in the rows, %d in the totals", failures, truth.Totals.Failures)
	}
	if named != truth.Totals.Named {
		t.Errorf("%d records by name in the rows, %d in the totals", named, truth.Totals.Named)
	}
	for _, r := range truth.Errors {
		days += r.Lines
	}
	for _, n := range truth.Shapes {
		shapes += n
	}
	k := truth.Totals.Records
	lines = k.Classified + k.Clean + k.Telemetry + k.Skipped
	if classified != k.Classified || days != k.Classified || shapes != lines {
		t.Errorf("rows %d, by day %d, classified %d; shapes %d, records %d", classified, days, k.Classified, shapes, lines)
	}
	if lines > truth.Totals.Lines {
		t.Errorf("%d records in %d lines", lines, truth.Totals.Lines)
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	for _, f := range []Format{NDJSON, Console} {
		o := Options{Format: f, Seed: 7, Size: 400_000}
		a, ta := generate(t, o)
		b, tb := generate(t, o)
		if a != b || !reflect.DeepEqual(ta, tb) {
			t.Errorf("%s: the same options gave another corpus", f)
		}
		o.Seed = 8
		c, tc := generate(t, o)
		if a == c || reflect.DeepEqual(ta.Errors, tc.Errors) {
			t.Errorf("%s: another seed gave the same corpus", f)
		}
	}
}

// TestSize checks that a corpus ends at the first record boundary at or after its size, and that
// records have at most 64 KiB.
func TestSize(t *testing.T) {
	for _, f := range []Format{NDJSON, Console} {
		for _, size := range []int64{1, 5_000, 123_456, 1_000_000} {
			data, _ := generate(t, Options{Format: f, Size: size})
			if int64(len(data)) < size {
				t.Errorf("%s: asked for %d bytes, got %d", f, size, len(data))
			}
			if !strings.HasSuffix(data, "\n") {
				t.Errorf("%s: the last line has no end", f)
			}
			if f == NDJSON {
				if int64(len(data)) > size+20_000 { // failures that have begun are completed
					t.Errorf("%s: went on after %d bytes up to %d", f, size, len(data))
				}
			}
			for _, line := range strings.Split(data, "\n") {
				if len(line) > 64<<10 {
					t.Errorf("%s: a line of %d bytes", f, len(line))
				}
			}
		}
	}
}

// TestReference compares the table of names with the reference.
func TestReference(t *testing.T) {
	if len(names) != 55+22 || len(known) != 55+22 || strings.Count(more, "\nOT_") != 22 {
		t.Errorf("%d names, the reference has %d, of these %d undocumented", len(names), len(known), strings.Count(more, "\nOT_"))
	}
	for i := range names {
		n := &names[i]
		methods, ok := known[n.text]
		if !ok {
			t.Errorf("%s is not in the reference", n.text)
		}
		want := "unknown"
		if len(methods) == 1 {
			want = methods[0]
		}
		if n.only.String() != want {
			t.Errorf("%s: only method is %v, want %s", n.text, n.only, want)
		}
		if c := finalCode(n.msg); c != 0 && c != n.code {
			t.Errorf("%s: code %d, its message says %d", n.text, n.code, c)
		}
		if n.voices&publisherVoice != 0 && n.pub == "" || n.voices&subscriberVoice != 0 && n.sub == "" {
			t.Errorf("%s: no text for one of its voices", n.text)
		}
	}
}

// TestCodes compares the table of codes with the catalogue, which the second look uses.
func TestCodes(t *testing.T) {
	mine := map[raising]bool{}
	for _, r := range raises {
		for _, code := range r.codes {
			mine[raising{r.name, r.method, int(code)}] = true
			mine[raising{r.name, "unknown", int(code)}] = true
		}
	}
	for r := range raisings {
		if !mine[r] {
			t.Errorf("%+v is in the catalogue only", r)
		}
	}
	for r := range mine {
		if !raisings[r] {
			t.Errorf("%+v is not in the catalogue", r)
		}
	}
	for i := range names {
		if n := &names[i]; n.code != 0 && !raised(n.text, n.code, unknown.String()) && !strings.Contains(n.text, "PROXY_URL") {
			t.Errorf("%s is never raised with %d", n.text, n.code)
		}
	}
}

// TestEveryFailure checks that corpora contain everything that makes failures hard to count.
func TestEveryFailure(t *testing.T) {
	for _, f := range []Format{NDJSON, Console} {
		_, truth := generate(t, Options{Format: f, Size: 8_000_000, Phrases: phrases()})
		evidence, nameless, folded, sessionless, aside := map[string]int64{}, 0, 0, 0, int64(0)
		for _, r := range truth.ErrorsTotal {
			for kind, n := range r.Evidence {
				evidence[kind] += n
			}
			switch {
			case r.Error == nil && r.Code != nil && r.Failures > 0:
				nameless++
			case r.Error == nil && r.Code == nil && r.Method == "unknown":
				aside += r.Lines - r.Failures
			case r.Error != nil && strings.HasPrefix(*r.Error, "OT_SOCKET_CLOSE") && r.Lines > 2*r.Failures:
				folded++
			}
		}
		for _, r := range truth.Errors {
			if r.Failures > 0 && r.Sessions == 0 {
				sessionless++
			}
		}
		for _, kind := range evidenceNames[byNothing:] {
			if evidence[kind] == 0 {
				t.Errorf("%s: no evidence is %s", f, kind)
			}
		}
		if nameless == 0 || folded == 0 || sessionless == 0 {
			t.Errorf("%s: %d nameless rows, %d of sockets, %d of no session", f, nameless, folded, sessionless)
		}
		if f == NDJSON && aside == 0 {
			t.Errorf("%s: no telemetry is of no failure", f)
		}
		if lines := truth.Totals.Records.Classified; truth.Totals.Failures*5/4 > lines {
			t.Errorf("%s: %d failures in %d lines", f, truth.Totals.Failures, lines)
		}
	}
}

// TestEveryName checks that all names and methods occur.
func TestEveryName(t *testing.T) {
	_, truth := generate(t, Options{Size: 4_000_000, ErrorRate: 1})
	seen, methods := map[string]bool{}, map[string]bool{}
	for _, r := range truth.ErrorsTotal {
		seen[*r.Error] = true
		methods[r.Method] = true
	}
	for name := range known {
		if !seen[name] {
			t.Errorf("%s does not appear", name)
		}
	}
	for _, m := range methodNames {
		if !methods[m] {
			t.Errorf("%s does not appear", m)
		}
	}
}

// TestEveryShape checks that all constructs and near misses occur.
func TestEveryShape(t *testing.T) {
	data, truth := generate(t, Options{Size: 3_000_000})
	text, console := generate(t, Options{Size: 2_000_000, Format: Console})
	for sh := range shapes {
		name := shapeNames[sh]
		if sh == nearMiss {
			continue
		}
		if truth.Shapes[name] == 0 && sh != cleanBlank {
			t.Errorf("ndjson: no %s", name)
		}
		if console.Shapes[name] == 0 && !sh.telemetry() && !slices.Contains([]shape{appNested, appNewline, appTab, appDirective}, sh) {
			t.Errorf("console: no %s", name)
		}
	}
	for _, m := range mutationNames {
		if truth.Shapes["near."+m] == 0 || console.Shapes["near."+m] == 0 {
			t.Errorf("no near miss of kind %s", m)
		}
	}
	for _, l := range []*look{decodeJSON(t, data).look(nil), decodeConsole(t, text).look(nil)} {
		near := nearWords(l.texts)
		for _, what := range []string{"suffix", "prefix_not", "suffix_ms", "digit", "lower", "prefix_x"} {
			if near[what] == 0 {
				t.Errorf("no mutated name of kind %s", what)
			}
		}
		all := strings.Join(l.texts, "\n")
		for _, what := range []string{" OT_ ", " OT-", "OTErrorClass", "OT_RETRY_BUDGET", "1500 ms", "HTTP 404", "port 1500",
			"code=1006 clean=false", "State Change Failed", "Invalid state transition", "OTRN JS", "Failed to load resource"} {
			if !strings.Contains(all, what) {
				t.Errorf("no %q in a clean record", what)
			}
		}
	}
	for m := nearSuffix; m < mutations; m++ {
		got := string(m.append(nil, "OT_TIMEOUT"))
		for _, w := range words(directive.Replace(got)) {
			if _, ok := known[w]; ok {
				t.Errorf("%s makes %q, a name", mutationNames[m], got)
			}
		}
	}
	for _, what := range []string{`{\"name\":\"OT_`, `\nOT_`, `\tOT_`, `\u001b[31mOT_`, `"%cOT_`, `"name":"OT_`} {
		if !strings.Contains(data, what) {
			t.Errorf("ndjson: no %s", what)
		}
	}
	for _, what := range []string{"\n    at ", " @ opentok.js:", "\n\n", `call failed {"name":"OT_`, "session=1_MX4"} {
		if !strings.Contains(text, what) {
			t.Errorf("console: no %s", what)
		}
	}
}

// nearWords counts near misses by kind.
func nearWords(texts []string) map[string]int {
	count := map[string]int{}
	for _, text := range texts {
		for _, w := range words(directive.Replace(text)) {
			for kind, name := range map[string]string{
				"suffix": strings.TrimSuffix(w, "S"), "suffix_ms": strings.TrimSuffix(w, "_MS"), "digit": strings.TrimSuffix(w, "2"),
				"prefix_not": strings.TrimPrefix(w, "NOT_"), "prefix_x": strings.TrimPrefix(w, "X"), "lower": strings.ToUpper(w),
			} {
				if _, ok := known[name]; ok {
					count[kind]++
				}
			}
		}
	}
	return count
}

// TestRealism checks averages.
func TestRealism(t *testing.T) {
	data, truth := generate(t, Options{Size: 8_000_000})
	l := decodeJSON(t, data).look(nil)
	if n := truth.Totals.Bytes / truth.Totals.Lines; n < 300 || n > 400 {
		t.Errorf("average line of %d bytes", n)
	}
	if p := 1 - float64(l.bearing)/float64(l.records); p < .02 || p > .045 {
		t.Errorf("%.3f of the records bear no session", p)
	}
	if n := truth.Totals.Sessions * 1_000_000_000 / truth.Totals.Bytes; n < 80_000 || n > 130_000 {
		t.Errorf("%d sessions a GB", n)
	}
	most, least := int64(0), int64(math.MaxInt64)
	for _, r := range truth.ErrorsTotal {
		if r.Error != nil {
			most, least = max(most, r.Lines), min(least, r.Lines)
		}
	}
	if most < 20*least {
		t.Errorf("rows have %d to %d lines: not Zipf", least, most)
	}
}

// TestApp checks averages of an application log.
func TestApp(t *testing.T) {
	data, truth := generate(t, Options{Format: App, Size: 4_000_000, ErrorRate: .02, Phrases: phrases()})
	k := truth.Totals.Records
	if k.Telemetry != 0 || strings.Contains(data, "clientSystemTime") {
		t.Errorf("%d records are telemetry", k.Telemetry)
	}
	if n := truth.Totals.Bytes / truth.Totals.Lines; n < 440 || n > 480 {
		t.Errorf("average line of %d bytes", n)
	}
	if p := float64(k.Classified) / float64(k.Classified+k.Clean); p < .035 || p > .05 {
		t.Errorf("%.3f of the lines show an error", p)
	}
}

// TestTelemetry checks the share of telemetry, with failures.
func TestTelemetry(t *testing.T) {
	for _, share := range []float64{-1, .25, .5, .9} {
		_, truth := generate(t, Options{Size: 2_000_000, Telemetry: share})
		posts := int64(0)
		for name, n := range truth.Shapes {
			if strings.HasPrefix(name, "telemetry.") {
				posts += n
			}
		}
		if p := float64(posts) / float64(truth.Totals.Lines); math.Abs(p-max(share, 0)) > .02 {
			t.Errorf("asked for %v of telemetry, got %.3f", share, p)
		}
	}
}

// TestSessionSize checks the mean size of sessions.
func TestSessionSize(t *testing.T) {
	for _, c := range []struct {
		format              Format
		size, atMost, least int64
	}{{App, 1000, 1400, 900}, {NDJSON, 3000, 3800, 2800}, {App, 50_000, 55_000, 40_000}} {
		_, truth := generate(t, Options{Format: c.format, Size: 8_000_000, SessionSize: c.size})
		if n := truth.Totals.Bytes / truth.Totals.Sessions; n < c.least || n > c.atMost {
			t.Errorf("%s: asked for sessions of %d bytes, got %d", c.format, c.size, n)
		}
	}
}

func TestSessionID(t *testing.T) {
	r := newRNG(1)
	for range 200 {
		id := string(sessionID(&r, "45012345", 1793577600000))
		if len(id) < 66 || len(id) > 76 || id[1:6] != "_MX40" {
			t.Fatalf("odd session ID %q", id)
		}
		body := strings.TrimRight(id[2:], "-")
		raw, err := base64.RawURLEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		if f := strings.Split(string(raw), "~"); f[0] != "1" || f[1] != "45012345" || f[3] != "1793577600000" {
			t.Fatalf("session ID holds %q", raw)
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, o := range []Options{
		{Format: "xml"}, {Size: -1}, {Days: -1}, {ErrorRate: 1.1}, {ErrorRate: math.NaN()},
		{Start: time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Telemetry: .1}, {Telemetry: .95}, {Telemetry: math.NaN()}, {Format: App, Telemetry: .5}, {SessionSize: -1}, {SessionSize: 100}, {SessionSize: 1000},
	} {
		if _, err := Generate(io.Discard, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	if _, err := Generate(broken{}, Options{}); err == nil {
		t.Error("a write error was dropped")
	}
}

func TestWriteJSON(t *testing.T) {
	_, truth := generate(t, Options{Size: 200_000})
	var b bytes.Buffer
	if err := truth.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Truth
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*truth, back) {
		t.Error("the truth does not read back as it was written")
	}
}

func BenchmarkGenerate(b *testing.B) {
	list := phrases()
	for _, f := range []Format{NDJSON, Console} {
		b.Run(string(f), func(b *testing.B) {
			const size = 16_000_000
			b.SetBytes(size)
			b.ReportAllocs()
			for range b.N {
				if _, err := Generate(io.Discard, Options{Format: f, Size: size, Phrases: list}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
