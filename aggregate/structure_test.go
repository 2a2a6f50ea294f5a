package aggregate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/parse"
)

// recorded returns the records of a file of testdata.
func recorded(t testing.TB, name string) (records []string) {
	t.Helper()
	f, err := os.Open("../testdata/corpus/sdk-2.35.2/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		records = append(records, lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return records
}

// A documentMaker writes records as JSON documents of random structure.
type documentMaker struct{ r *rand.Rand }

// size returns a random number up to most, small ones as often as large ones.
func (m documentMaker) size(most int) int {
	n := 1
	for n < most && m.r.IntN(6) > 0 {
		n *= 3
	}
	return 1 + m.r.IntN(min(n, most))
}

func (m documentMaker) one(of ...string) string { return of[m.r.IntN(len(of))] }

// padded returns a record with a member of some length.
func padded(record string, size int) string {
	return strings.TrimSuffix(record, "}") + `,"pad":"` + strings.Repeat("x", size) + `"}`
}

// broken returns JSON with white space at random places.
func (m documentMaker) broken(text string) string {
	switch m.r.IntN(6) {
	case 0:
		var b bytes.Buffer
		if json.Indent(&b, []byte(text), "", m.one("", " ", "  ", "\t")) == nil {
			return b.String()
		}
	case 1:
		// An opening bracket on a line of its own.
		return text[:1] + m.one("\n", "\r\n", "\n\n  ", " ") + text[1:]
	case 2:
		space := m.one("\n", "\n  ", " ", "\r\n")
		often := 1 + m.r.IntN(40)
		var b strings.Builder
		inString, escaped := false, false
		for _, c := range []byte(text) {
			b.WriteByte(c)
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				inString = !inString
			case !inString && (c == ',' || c == '{' || c == '[' || c == ':') && m.r.IntN(often) == 0:
				b.WriteString(space)
			}
		}
		return b.String()
	}
	return text
}

// metadata returns members that precede a list of records.
func (m documentMaker) metadata() string {
	n := m.size(100_000)
	switch m.r.IntN(4) {
	case 0:
		return ""
	case 1:
		return `"about":"` + strings.Repeat("y", n) + `",`
	case 2:
		return `"about":{"tags":[` + strings.Repeat(`{"id":1,"tag":"a tag"},`, n/20) + `{"id":2,"tag":"another"}]},`
	}
	return `"about":{"x":[1,2,[3]],"y":{` + strings.Repeat(`"key":"value",`, n/14) + `"z":null}},`
}

// words returns records whose messages are one word, each of a session of its own. One of them may be an error.
func (m documentMaker) words() (records []string) {
	n := 3 + m.r.IntN(57)
	failed := m.r.IntN(2 * n)
	for i := range n {
		text := m.one("ok", "joined", "ping")
		if i == failed {
			text = "OpenTok:Session:error OT_TIMEOUT: too late"
		}
		records = append(records, fmt.Sprintf(`{"timestamp":"2026-11-23T10:44:%02dZ","level":"info","message":%q,"sessionId":"1_MX40NjQ1NjA3Mn5-MTc%06dMDAwMDAwfnh4eHh4eHh4eHh4eHh4eHh4eHh4eHh-fg"}`, i, text, i))
	}
	return records
}

// document returns records as one or more documents, without line breaks at random places if it is plain.
func (m documentMaker) document(records []string, plain bool) (layout, text string) {
	broken := m.broken
	if plain {
		indented := m.r.IntN(3) == 0
		broken = func(text string) string {
			var b bytes.Buffer
			if indented && json.Indent(&b, []byte(text), "", "  ") == nil {
				return b.String()
			}
			return text
		}
	}
	array := func(records []string) string { return "[" + strings.Join(records, ",") + "]" }
	switch layout = m.one("array", "array", "lines", "joined", "values", "arrays", "member", "member", "nested", "pages"); layout {
	case "array":
		return layout, broken(array(records))
	case "lines":
		return layout, "[\n" + strings.Join(records, ",\n") + "\n]\n"
	case "joined":
		return layout, strings.Join(records, m.one("", "", " ", ","))
	case "values":
		var b strings.Builder
		between := m.one("", "\n", "\n\n")
		for _, x := range records {
			b.WriteString(broken(x) + between)
		}
		return layout, b.String()
	case "arrays":
		var b strings.Builder
		between := m.one("", "\n")
		for part := range slices.Chunk(records, 2+m.r.IntN(9)) {
			b.WriteString(array(part) + between)
		}
		return layout, b.String()
	case "member":
		return layout, broken("{" + m.metadata() + `"` + m.one("data", "logs", "events", "records", "lines") + `":` + array(records) + m.one("}", `,"next":null}`))
	case "pages":
		var b strings.Builder
		key, between := m.one("list", "items", "lines", "page"), m.one("\n", "\n", "\n\n")
		for part := range slices.Chunk(records, 2+m.r.IntN(30)) {
			b.WriteString(broken(`{"response":{"`+key+`":`+array(part)+"}}") + between)
		}
		return layout, b.String()
	default:
		return layout, broken("{" + m.metadata() + `"` + m.one("result", "hits") + `":{"total":3,"hits":` + array(records) + "}}")
	}
}

// TestDocumentsEqualTheirNDJSON checks that records count the same however a JSON document contains them,
// or are refused where the document has a record that is too long, follows a log, or follows another document
// that is on one line and longer than what is read to detect a format.
func TestDocumentsEqualTheirNDJSON(t *testing.T) {
	const seeds = 60
	recorded := recordedKinds(t)
	refused := 0
	for seed := range uint64(seeds) {
		if checkDocument(t, seed, recorded) {
			refused++
		}
	}
	if refused*5 > seeds {
		t.Errorf("%d of %d documents are refused", refused, seeds)
	}
}

func FuzzDocumentsEqualTheirNDJSON(f *testing.F) {
	recorded := recordedKinds(f)
	f.Add(uint64(129))
	f.Add(uint64(183))
	f.Add(uint64(1009109))
	f.Fuzz(func(t *testing.T, seed uint64) { checkDocument(t, seed, recorded) })
}

func recordedKinds(t testing.TB) map[string][]string {
	return map[string][]string{"console": recorded(t, "console.jsonl.gz"), "telemetry": recorded(t, "telemetry.jsonl.gz")}
}

// checkDocument scans a random document in two ways, and compares the counts with those of its NDJSON. It
// reports whether the document is refused.
func checkDocument(t *testing.T, seed uint64, recorded map[string][]string) (refused bool) {
	m := documentMaker{rand.New(rand.NewPCG(17, seed))}
	kind := m.one("console", "telemetry")
	from := m.r.IntN(len(recorded[kind]) - 60)
	records := slices.Clone(recorded[kind][from : from+3+m.r.IntN(57)])
	if m.r.IntN(3) == 0 {
		kind, records = "words", m.words()
	}
	want := scanned(t, stream([]byte(strings.Join(records, "\n"))), Options{Jobs: 1})
	mayRefuse := false
	for range m.r.IntN(3) {
		i := m.r.IntN(1 + m.r.IntN(len(records)))
		records[i] = padded(records[i], m.size(200_000))
	}
	if m.r.IntN(30) == 0 {
		records[0], mayRefuse = padded(records[0], 5<<20), true
	}
	layout, text := m.document(records, false)
	afterLog := m.r.IntN(5) == 0
	if afterLog {
		layout, text = m.document(records, true)
	}
	lead := m.one("", "", "\n", "\n\r\n \n", "\ufeff", "  \t", "\r\r", strings.Repeat("\n", m.size(100_000)), strings.Repeat(" ", m.size(100_000)), "# export of Monday\n", "2026-11-23T10:44:25Z export starts\n")
	if afterLog {
		lead = strings.Repeat(m.one("{\"message\":\"fine\",\"n\":1}\n", "2026-11-23T10:44:25Z it is fine\n"), 3500)
		mayRefuse = true
	}
	if line, rest, _ := strings.Cut(text, "\n"); len(line) > 60<<10 && strings.TrimSpace(rest) != "" {
		mayRefuse = true // the format is detected from the first line alone: those on several lines may be pieces
	}
	log := []byte(lead + text)
	var first *Account
	for i, sources := range [][]parse.Source{{write(t, "log", log)}, stream(m.packed(t, log))} {
		name := fmt.Sprintf("seed %d: %s, %s, after %d bytes, packed %t", seed, kind, layout, len(lead), i > 0)
		got := scanned(t, sources, Options{Jobs: 1 + m.r.IntN(8), Input: parse.Options{SectionSize: 1 << (10 + m.r.IntN(12))}})
		a, w := &got.Sources[0].Account, &want.Sources[0].Account
		if first == nil {
			first = a
		}
		if *first != *a {
			t.Errorf("%s: got %+v, in the file %+v", name, a, first)
		}
		if a.Bytes != int64(len(log)) {
			t.Errorf("%s: %d of %d bytes are accounted for", name, a.Bytes, len(log))
		}
		if a.Records.Skipped > 0 && mayRefuse {
			refused = true
			continue
		}
		if a.Records.Classified != w.Records.Classified || a.Records.Telemetry != w.Records.Telemetry || a.Records.Skipped > 0 || !slices.Equal(rowsIn(settled(got)), rowsIn(settled(want))) {
			t.Errorf("%s: got %+v, its NDJSON %+v", name, a.Records, w.Records)
		}
		if n, m := len(sessionsIn(settled(got), Filter{})), len(sessionsIn(settled(want), Filter{})); n != m {
			t.Errorf("%s: got %d sessions, its NDJSON has %d", name, n, m)
		}
	}
	return refused
}

// packed returns a log compressed, or as it is.
func (m documentMaker) packed(t testing.TB, log []byte) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch m.r.IntN(3) {
	case 0:
		w = gzip.NewWriter(&b)
	case 1:
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	default:
		return log
	}
	if _, err := w.Write(log); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestListsInALog checks that an error counts for the session and at the time of its own record in a list
// that an application logged, with or without its name.
func TestListsInALog(t *testing.T) {
	log := strings.Repeat(`{"time":"2026-11-23T10:00:00Z","message":"it is fine"}`+"\n", 100)
	records := []string{
		`{"timestamp":"2026-11-23T10:44:00Z","message":"joined","sessionId":"` + sessionA + `"}`,
		`{"timestamp":"2026-11-23T11:44:00Z","message":"{error}","sessionId":"` + sessionB + `"}`,
	}
	for _, text := range []string{"OT_TIMEOUT: too late", "End-user denied permission to hardware devices", "joined again"} {
		list := strings.ReplaceAll(strings.Join(records, ","), "{error}", text)
		want := scanned(t, stream([]byte(strings.ReplaceAll(list, "},{", "}\n{"))), Options{Jobs: 1})
		for _, line := range []string{
			"[" + list + "]", "{" + `"logs":[` + list + "]}", `{"upload":{"logs":[` + list + `],"n":2}}`, `{"sentAt":"2026-11-24T09:00:00Z","logs":[` + list + `]}`,
			`{"time":"2026-11-24T09:00:00Z","logs":[` + list + `]}`,
		} {
			got := scanned(t, stream([]byte(log+line+"\n")), Options{Jobs: 1})
			if got, want := rowsIn(settled(got)), rowsIn(settled(want)); !slices.Equal(got, want) || (len(got) == 0) != (text == "joined again") {
				t.Errorf("%s: got %v, its NDJSON %v", line, got, want)
			}
			sessions := len(sessionsIn(settled(want), Filter{}))
			if text == "joined again" && strings.Contains(line, `{"time"`) {
				sessions-- // a record with a time and without an error is one
			}
			if got := len(sessionsIn(settled(got), Filter{})); got != sessions {
				t.Errorf("%s: got %d sessions, want %d", line, got, sessions)
			}
		}
	}
}
