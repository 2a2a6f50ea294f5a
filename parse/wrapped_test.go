package parse

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/timestamp"
)

// A said is a line of a log.
type said struct {
	at            time.Time
	session, text string
}

// randomSayings returns a log of several sessions, at least two of which show an error. Its errors
// differ, so that none can hide another.
func randomSayings(r *rand.Rand) []said {
	at := time.UnixMilli(1795430665000 + r.Int64N(1e9))
	var sessions []string
	for i := range 2 + r.IntN(3) {
		sessions = append(sessions, "1_"+base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "1~45012345~~17637100000%02d~%06d~~", i, r.IntN(1e6))))
	}
	var log []said
	for i := range 4 + r.IntN(12) {
		s := said{at: at, session: sessions[i%len(sessions)], text: "Failed to load resource: the server responded"}
		switch {
		case i < 2 || r.IntN(3) == 0:
			s.text = fmt.Sprintf("%%cOpenTok:Session:error %%cOT_ERROR_%c: Invalid \"token\" format (1004)%%c +0ms", 'A'+i)
		case r.IntN(4) == 0:
			s.text = "AxiosError: Network Error\n    at XMLHttpRequest.handleError (https://clinic.example/opentok.js:100048:21)"
		}
		log = append(log, s)
		at = at.Add(time.Duration(1+r.IntN(5000)) * time.Millisecond)
	}
	return log
}

// A member is one of an object, whose members have an order.
type member struct {
	key   string
	value any
}

// An ordered is an object.
type ordered []member

func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(key, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A wrapper wraps logs at random.
type wrapper struct {
	*rand.Rand
	lines bool // one document per line, where a list in a record belongs to the record
}

func newWrapper(seed, stream uint64) wrapper {
	return wrapper{Rand: rand.New(rand.NewPCG(seed, stream))}
}

func pick[T any](w wrapper, of ...T) T { return of[w.IntN(len(of))] }

// key returns a key that means nothing.
func (w wrapper) key() string {
	return pick(w, "result", "results", "data", "items", "payload", "page", "response", "logs", "events", "rows", "entries", "hits", "inner", "x", "d", "records", "stream")
}

// noise returns members that are not part of the log.
func (w wrapper) noise() ordered {
	var o ordered
	for range w.IntN(4) {
		o = append(o, pick(w,
			member{"status", "success"}, member{"took", 17}, member{"total", ordered{{"value", 20}, {"relation", "eq"}}}, member{"tags", []string{"web", "prod"}},
			member{"next", nil}, member{"meta", ordered{{"page", 1}, {"of", []any{1, 2, 3}}}}, member{"query", "SELECT * FROM Log LIMIT 20"}, member{"links", []ordered{{{"rel", "self"}, {"href", "https://x.example/a?b=c"}}}},
			member{"job", ordered{{"requestedAt", "2026-12-24T00:00:00Z"}, {"description", "all errors of the last week"}}}, member{"range", []int64{1795430665000, 1795430675000}},
			member{"warnings", []string{"result is limited to 100 rows", "index web is read only"}}, member{"buckets", []ordered{{{"key", 1795430665000}, {"doc_count", 3}}, {{"key", 1795430666000}, {"doc_count", 1}}}},
			member{"stats", ordered{{"bytes", 12345678}, {"series", [][]int{{1, 2}, {3, 4}}}}}, member{"partial", false}, member{"empty", []any{}},
		))
	}
	return slices.CompactFunc(o, func(a, b member) bool { return a.key == b.key })
}

// around returns an object with a member among noise.
func (w wrapper) around(key string, value any) ordered {
	return append(append(w.noise(), member{key, value}), w.noise()...)
}

// instant returns a time as an exporter writes it.
func (w wrapper) instant(how int, t time.Time) any {
	switch how {
	case 0:
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	case 1:
		return t.UnixMilli()
	case 2:
		return fmt.Sprint(t.UnixNano())
	case 3:
		return t.UTC().Format("2006-01-02 15:04:05.000")
	default:
		return json.Number(fmt.Sprintf("%d.%03d", t.Unix(), t.UnixMilli()%1000))
	}
}

func (s said) inText() string { return "session=" + s.session + " " + s.text }

// list returns a log as one of the shapes in which products export it.
func (w wrapper) list(log []said) any {
	how, timeKey, textKey := w.IntN(5), pick(w, "timestamp", "@timestamp", "time", "ts"), pick(w, "message", "msg", "line", "RenderedMessage", "body", "textPayload")
	each := func(of func(s said) any) []any {
		var out []any
		for _, s := range log {
			out = append(out, of(s))
		}
		return out
	}
	object := func(s said) any {
		o := ordered{{timeKey, w.instant(how, s.at)}, {textKey, s.inText()}}
		switch how {
		case 1:
			o = ordered{{textKey, s.text}, {"sessionId", s.session}, {timeKey, w.instant(how, s.at)}}
		case 2:
			o = ordered{{"id", "a1"}, {"attributes", o}, {"level", "error"}}
		case 4:
			o = ordered{{"event", ordered{{timeKey, w.instant(how, s.at)}, {"payload", string(must(json.Marshal(ordered{{"text", s.inText()}})))}}}}
		case 3:
			o = append(o, member{"tags", []string{"a", "b"}}, member{"frames", []ordered{{{"file", "x.js"}, {"line", 1}}, {{"file", "y.js"}, {"line", 2}}}})
		}
		return o
	}
	switch w.IntN(15) {
	case 0, 1:
		return each(object)
	case 10: // cells in objects, names in the first row
		first := []any{ordered{{"Data", []any{ordered{{"VarCharValue", "ts"}}, ordered{{"VarCharValue", "message"}}}}}}
		rows := append(first, each(func(s said) any {
			return ordered{{"Data", []any{ordered{{"VarCharValue", fmt.Sprint(w.instant(how%4, s.at))}}, ordered{{"VarCharValue", s.inText()}}}}}
		})...)
		return ordered{{"Rows", rows}, {"ResultSetMetadata", ordered{{"ColumnInfo", []ordered{{{"Name", "ts"}}, {{"Name", "message"}}}}}}}
	case 11: // columns, with the session in one of its own
		var times, texts, sessions []any
		for _, s := range log {
			times, texts, sessions = append(times, w.instant(how%4, s.at)), append(texts, s.text), append(sessions, s.session)
		}
		if w.IntN(2) == 0 {
			return ordered{{timeKey, times}, {"session_id", sessions}, {textKey, texts}}
		}
		return ordered{{"schema", ordered{{"fields", []ordered{{{"name", "Time"}}, {{"name", "session_id"}}, {{"name", "Line"}}}}}}, {"data", ordered{{"values", []any{times, sessions, texts}}}}}
	case 12: // maps by column
		var times, texts, sessions ordered
		for i, s := range log {
			key := fmt.Sprint(i)
			times, texts, sessions = append(times, member{key, w.instant(how%4, s.at)}), append(texts, member{key, s.text}), append(sessions, member{key, s.session})
		}
		return ordered{{timeKey, times}, {textKey, texts}, {"session", sessions}}
	case 13: // two lists
		if len(log) < 2 {
			return each(object)
		}
		n := 1 + w.IntN(len(log)-1)
		first, second := log[:n], log[n:]
		if w.IntN(2) == 0 {
			return ordered{{"errors", each(object)[:n]}, {"logs", each(object)[n:]}}
		}
		return ordered{{"a", ordered{{"found", w.list(first)}}}, {"b", []any{w.list(second)}}}
	case 14: // a record around a list
		errors := slices.ContainsFunc(log, func(s said) bool { return strings.Contains(s.text, "OT_ERROR_") })
		if w.lines || !errors || len(log) < 2 { // the list belongs to the record
			return each(object)
		}
		return ordered{{"timestamp", w.instant(0, log[len(log)-1].at)}, {"message", "a user reports a problem with a call"}, {"breadcrumbs", each(object)}}
	case 2: // rows without a header
		swap := w.IntN(2) == 0
		return each(func(s said) any {
			if swap {
				return []any{s.inText(), w.instant(how%4, s.at)}
			}
			return []any{w.instant(how%4, s.at), s.inText()}
		})
	case 3: // rows with a header
		names := []string{pick(w, "_time", "TimeGenerated", "timestamp", "ts"), pick(w, "n", "host"), pick(w, "Message", "_raw", "line"), "session_id"}
		var header any = names
		key := pick(w, "fields", "columns", "meta", "schema")
		if w.IntN(2) == 0 {
			var columns []ordered
			for _, n := range names {
				columns = append(columns, ordered{{pick(w, "name"), n}, {"type", "string"}})
			}
			header = columns
		}
		rows := each(func(s said) any { return []any{w.instant(how%4, s.at), "web-1", s.text, s.session} })
		o := ordered{{key, header}, {pick(w, "rows", "values", "data", "datarows"), rows}}
		if w.IntN(3) == 0 {
			slices.Reverse(o)
		}
		return append(w.noise(), o...)
	case 4: // columns
		var times, texts []any
		for _, s := range log {
			times, texts = append(times, w.instant(how%4, s.at)), append(texts, s.inText())
		}
		if w.IntN(2) == 0 {
			return ordered{{timeKey, times}, {textKey, texts}}
		}
		return append(w.noise(), ordered{{"fields", []string{timeKey, textKey}}, {"columns", []any{times, texts}}}...)
	case 5: // lines
		return each(func(s said) any { return s.at.UTC().Format(time.RFC3339Nano) + " " + s.inText() })
	case 6: // a text, of several lines
		if len(log) < 2 {
			return each(object)
		}
		var b strings.Builder
		for _, s := range log {
			b.WriteString(s.at.UTC().Format(time.RFC3339Nano) + " " + s.inText() + "\n")
		}
		return b.String()
	case 7: // a map
		var o ordered
		for i, s := range log {
			o = append(o, member{fmt.Sprintf("-Nx%dQa", i), object(s)})
		}
		return o
	case 8: // streams, whose labels state the session
		var streams []any
		for _, of := range bySession(log) {
			var values []any
			for _, s := range of {
				values = append(values, []any{fmt.Sprint(s.at.UnixNano()), s.text})
			}
			stream := ordered{{"stream", ordered{{"app", "web"}, {"session", of[0].session}}}, {"values", values}}
			if how == 0 {
				slices.Reverse(stream)
			}
			streams = append(streams, stream)
		}
		return streams
	default: // lists by session
		var o ordered
		for _, of := range bySession(log) {
			var values []any
			for _, s := range of {
				values = append(values, ordered{{timeKey, w.instant(how, s.at)}, {textKey, s.text}})
			}
			o = append(o, member{of[0].session, values})
		}
		return o
	}
}

func bySession(log []said) [][]said {
	var out [][]said
	for _, s := range log {
		i := slices.IndexFunc(out, func(of []said) bool { return of[0].session == s.session })
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], s)
	}
	return out
}

// wrap wraps a log in arrays, objects and strings.
func (w wrapper) wrap(log []said) any {
	var v any
	if n := len(log) / 2; w.IntN(4) == 0 { // pages
		seed := w.Uint64()
		page := func(part []said) any {
			same := newWrapper(seed, 1)
			return same.around(same.key(), same.list(part))
		}
		v = []any{page(log[:n]), page(log[n:])}
	} else {
		v = w.list(log)
	}
	for range w.IntN(4) {
		switch w.IntN(5) {
		case 0:
			v = []any{v}
		case 1:
			v = w.around(pick(w, "body", "Message", "x", "payload"), string(must(json.Marshal(v))))
		default:
			v = w.around(w.key(), v)
		}
	}
	return v
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// pages writes documents, one per line.
func (w wrapper) pages(log []said) string {
	seed, n := w.Uint64(), len(log)/2
	var b strings.Builder
	for _, part := range [][]said{log[:n], log[n:]} {
		same := newWrapper(seed, 1)
		same.lines = true
		b.Write(must(json.Marshal(same.around(same.key(), same.list(part)))))
		b.WriteByte('\n')
	}
	answer := `{"message":"Rate exceeded"}` + "\n"
	switch w.IntN(4) {
	case 0:
		return answer + b.String()
	case 1:
		return b.String() + answer
	}
	return b.String()
}

// write writes a document.
func (w wrapper) write(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(w.IntN(2) == 0)
	if w.IntN(2) == 0 {
		e.SetIndent("", pick(w, " ", "  ", "\t"))
	}
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// A witness is an error as a report counts it.
type witness struct {
	at             int64
	session, error string
}

// witnesses reads a log. It returns its errors and its sessions, or how many records were
// skipped.
func witnesses(t *testing.T, log string, l limits) (errors []witness, sessions []string, skipped int) {
	t.Helper()
	r := newReader(strings.NewReader(log), formatIn([]byte(log), true, field.Names{}))
	r.limits = l
	var b Block
	var d Decoder
	for {
		err := r.Next(&b)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for e, bad := range d.Events(&b, finding(always)) {
			if bad != nil {
				skipped++
				continue
			}
			if id := string(e.Session); id != "" && !slices.Contains(sessions, id) {
				sessions = append(sessions, id)
			}
			for rest := string(e.Text); ; {
				n := strings.Index(rest, "OT_ERROR_")
				if n < 0 {
					break
				}
				rest = rest[n+len("OT_ERROR_"):]
				errors = append(errors, witness{e.Time, string(e.Session), rest[:1]})
			}
		}
	}
	slices.Sort(sessions)
	slices.SortFunc(errors, func(a, b witness) int { return strings.Compare(a.error, b.error) })
	return slices.Compact(errors), sessions, skipped
}

// TestWrappedLogsAreReadOrRefused wraps random logs in random JSON. What is read is the log, or
// it is refused.
func TestWrappedLogsAreReadOrRefused(t *testing.T) {
	const cases = 3000
	refused := 0
	for seed := range uint64(cases) {
		w := newWrapper(seed, 14)
		log := randomSayings(w.Rand)
		text := w.write(w.wrap(log))
		if seed%10 == 0 {
			text = w.pages(log)
		}
		var want []witness
		var sessions []string
		for _, s := range log {
			if _, name, ok := strings.Cut(s.text, "OT_ERROR_"); ok {
				want = append(want, witness{s.at.UnixNano(), s.session, name[:1]})
			}
			if !slices.Contains(sessions, s.session) {
				sessions = append(sessions, s.session)
			}
		}
		slices.Sort(sessions)
		slices.SortFunc(want, func(a, b witness) int { return strings.Compare(a.error, b.error) })
		got, seen, skipped := witnesses(t, text, defaultLimits)
		if skipped > 0 {
			refused++
			continue
		}
		if !slices.Equal(got, want) || !slices.Equal(seen, sessions) {
			t.Errorf("seed %d, read as %s: got %v of %d sessions,\nwant %v of %d\n%s", seed, formatIn([]byte(text), true, field.Names{}).Name, shown(got), len(seen), shown(want), len(sessions), text)
			return
		}
	}
	if refused > cases/20 {
		t.Errorf("%d of %d logs are refused", refused, cases)
	}
	t.Logf("%d of %d logs are refused", refused, cases)
}

func shown(of []witness) []string {
	var out []string
	for _, w := range of {
		at := "no time"
		if w.at != timestamp.NoTime {
			at = time.Unix(0, w.at).UTC().Format("15:04:05.000")
		}
		out = append(out, w.error+" "+at+" "+w.session)
	}
	return out
}

// TestWrappedLogsDoNotDependOnBlocks reads wrapped logs, whole and damaged, in several ways.
func TestWrappedLogsDoNotDependOnBlocks(t *testing.T) {
	for seed := range uint64(400) {
		w := newWrapper(seed, 15)
		text := w.write(w.wrap(randomSayings(w.Rand)))
		switch w.IntN(4) {
		case 0:
			text = text[:w.IntN(len(text))]
		case 1:
			at := w.IntN(len(text))
			text = text[:at] + text[at+1:]
		case 2:
			text += text
		}
		checkSplit(t, text, formatOf("json"))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestLongTableCostsNoMemory reads a table of an unknown format that is longer than a record may be.
func TestLongTableCostsNoMemory(t *testing.T) {
	const size = 32 << 20
	row := `["2026-11-23T10:44:25Z","web-1","` + strings.Repeat("x ", 512) + `"],` + "\n"
	src := io.MultiReader(strings.NewReader(`{"answer":{"columns":["at","host","line"],"cells":[`), io.LimitReader(&again{text: row}, size/int64(len(row))*int64(len(row))),
		strings.NewReader(`["2026-11-24T10:44:25Z","web-1","OT_TIMEOUT: too late"]],"errors":[["OT_OTHER"]]}}`))
	r := newReader(src, formatOf("json"))
	var b Block
	rows, timed, late := 0, 0, 0
	var d Decoder
	for r.Next(&b) == nil {
		if cap(b.Data) > 2*MaxRecord || cap(r.window) > MaxRecord {
			t.Fatalf("a block of %d bytes, a window of %d", cap(b.Data), cap(r.window))
		}
		for e, skipped := range d.Events(&b, finding(always)) {
			if skipped != nil {
				t.Fatal(skipped)
			}
			if rows++; e.Time != timestamp.NoTime {
				timed++
			}
			if bytes.Contains(e.Text, []byte("OT_")) {
				late++
			}
		}
	}
	if timed != size/len(row)+1 || late != 2 {
		t.Errorf("%d rows, %d with a time, %d errors", rows, timed, late)
	}
}

// TestLongColumnsAreRefused reads tables by columns that are longer than a record may be, or have
// too many cells. No cell is a record.
func TestLongColumnsAreRefused(t *testing.T) {
	columns := func(n int) (times, texts string) {
		times, texts = strings.Repeat(`"2026-11-23T10:44:25Z",`, n), strings.Repeat(`"OT_TIMEOUT: too late",`, n)
		return "[" + times[:len(times)-1] + "]", "[" + texts[:len(texts)-1] + "]"
	}
	shapes := []string{
		`{"tables":[{"fields":[{"name":"at"},{"name":"what"}],"columns":[%s,%s]}]}`,
		`{"fields":["at","what"],"columns":[%s,%s]}`,
		`{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"at"},{"name":"what"}]},"data":{"values":[%s,%s]}}]}}}`,
		`{"at":%s,"what":%s}`,
		`{"n":1,"what":%[2]s,"at":%[1]s}`,
		`{"values":[%[2]s,%[1]s]}`,
	}
	for _, shape := range shapes {
		times, texts := columns(small.record / 10)
		log := fmt.Sprintf(shape, times, texts)
		found := false
		for _, x := range checkSplit(t, log, formatOf("json")) {
			found = found || x.skipped != ""
			if strings.Contains(x.text, "OT_") {
				t.Fatalf("%.40s: a record is %.100q", shape, x.text)
			}
		}
		if !found {
			t.Errorf("%.40s: it is not refused", shape)
		}
		times, texts = columns(1 << 17) // one cell more is too many
		cells := fmt.Sprintf(shape, times[:len(times)-1]+`,"2026-11-23T10:44:25Z"]`, texts[:len(texts)-1]+`,"OT_TIMEOUT: too late"]`)
		if errors, _, skipped := witnesses(t, cells, limits{block: BlockSize, record: 16 << 20}); len(errors) > 0 || skipped != 1 {
			t.Errorf("%.40s, many cells: %d errors, %d records are skipped", shape, len(errors), skipped)
		}
	}
}

// TestLongDocumentsWithoutEntries checks that a document that is too long, and whose entries are
// unknown, is skipped.
func TestLongDocumentsWithoutEntries(t *testing.T) {
	for _, log := range []string{
		`{"a":{"b":"` + strings.Repeat("x", 2*small.record) + `"},"c":[1,2],"d":"OT_TIMEOUT"}`,
		`{"a":[` + strings.Repeat(`{"b":1},`, small.record) + `{}],"c":{"d":"OT_TIMEOUT"}}`,
	} {
		records := checkSplit(t, log, formatOf("json"))
		if got := texts(records); !slices.Contains(got, "! oversize") && !slices.Contains(got, "! undecodable") {
			t.Errorf("got %d records: %.200q", len(got), got)
		}
	}
}
