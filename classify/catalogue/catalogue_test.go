package catalogue

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/otlog/otlog/classify/catalogue/read"
)

func TestTablesAreFresh(t *testing.T) {
	text, err := os.ReadFile("catalogue.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, err := read.GoSource(text)
	if err != nil {
		t.Fatalf("catalogue.txt: %v", err)
	}
	have, err := os.ReadFile("tables_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("tables_gen.go is not what catalogue.txt makes; run go generate ./classify/catalogue")
	}
	if want := read.Version(text); Version != want {
		t.Errorf("Version is %s, want %s", Version, want)
	}
}

// seedRow is a row of testdata/seed.tsv, the table that the catalogue must contain.
type seedRow struct{ method, when, kind, value string }

func readSeed(t *testing.T) []seedRow {
	t.Helper()
	data, err := os.ReadFile("testdata/seed.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows []seedRow
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			t.Fatalf("seed.tsv:%d: %d fields, want 5", i+1, len(f))
		}
		if i > 0 {
			rows = append(rows, seedRow{f[0], f[1], f[2], f[3]})
		}
	}
	return rows
}

func TestCatalogueIsTheSeed(t *testing.T) {
	seed := make(map[seedRow]int)
	methods := make(map[string]bool)
	names := make(map[string]bool)
	kinds := make(map[string]int)
	for _, row := range readSeed(t) {
		seed[row]++
		kinds[row.kind]++
		if row.method != "*" {
			methods[row.method] = true
		}
		if row.kind == "name" {
			names[row.value] = true
		}
	}

	have := make(map[seedRow]int)
	haveNames := make(map[string]bool)
	for _, e := range Errors()[1:] {
		if e.Documented {
			haveNames[e.Name] = true
		}
		for _, u := range e.Uses {
			if u.Documented {
				have[seedRow{u.Method.Name(), u.When, "name", e.Name}]++
			}
		}
	}
	for _, c := range Codes() {
		for _, u := range c.Uses {
			switch {
			case !u.Documented:
			case u.General:
				have[seedRow{"*", u.When, "code", c.Text}]++
			default:
				have[seedRow{u.Method.Name(), u.When, "code", c.Text}]++
			}
		}
	}
	for row, n := range seed {
		if have[row] != n {
			t.Errorf("%v stands %d times in the seed, %d times in the catalogue", row, n, have[row])
		}
	}
	for row, n := range have {
		if seed[row] == 0 {
			t.Errorf("%v stands %d times in the catalogue, not in the seed", row, n)
		}
	}

	haveMethods := make(map[string]bool)
	for _, m := range Methods()[1:] {
		if m.Documented {
			haveMethods[m.Name] = true
		}
	}
	if !maps.Equal(methods, haveMethods) {
		t.Errorf("documented methods differ: seed %v, catalogue %v", methods, haveMethods)
	}
	if !maps.Equal(names, haveNames) {
		t.Errorf("documented names differ: seed %v, catalogue %v", names, haveNames)
	}
	for _, tt := range []struct {
		what       string
		have, want int
	}{
		{"methods", len(haveMethods), 16},
		{"method and name pairs", kinds["name"], 104},
		{"names", len(haveNames), 55},
		{"method and code rows", kinds["code"], 38},
		{"names in all", len(Errors()) - 1, 55 + 22},
	} {
		if tt.have != tt.want {
			t.Errorf("%d %s, want %d", tt.have, tt.what, tt.want)
		}
	}
}

func TestEntriesAreWhole(t *testing.T) {
	complete := func(where string, owner Owner, texts ...string) {
		t.Helper()
		if owner.String() == "" {
			t.Errorf("%s: no owner", where)
		}
		for _, s := range texts {
			if s == "" || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("%s: text is empty or has control characters: %q", where, s)
			}
		}
	}
	sentence := func(where string, texts ...string) {
		t.Helper()
		for _, s := range texts {
			if !strings.HasSuffix(s, ".") || strings.Contains(s, "  ") {
				t.Errorf("%s: no whole sentence: %q", where, s)
			}
		}
	}
	link := func(where, s string) {
		t.Helper()
		if !strings.HasPrefix(s, "https://") || strings.Contains(s, " ") {
			t.Errorf("%s: no link: %q", where, s)
		}
	}
	for i, m := range Methods() {
		if i == 0 {
			if m != (Method{}) {
				t.Errorf("method 0 is %+v, want the zero Method", m)
			}
			continue
		}
		sentence(m.Name, m.Summary)
		link(m.Name, m.Link)
	}
	for i, e := range Errors() {
		if i == 0 {
			if fmt.Sprint(e) != fmt.Sprint(Error{}) {
				t.Errorf("error 0 is %+v, want the zero Error", e)
			}
			continue
		}
		complete(e.Name, e.Owner, e.Meaning, e.Remedy, e.Link)
		complete(e.Name, e.Owner, e.Samples...)
		complete(e.Name, e.Owner, e.NearMisses...)
		sentence(e.Name, e.Meaning, e.Remedy)
		link(e.Name, e.Link)
		if len(e.Samples) < 2 || len(e.NearMisses) < 2 {
			t.Errorf("%s: %d samples and %d near misses, want two of each", e.Name, len(e.Samples), len(e.NearMisses))
		}
		for j, u := range e.Uses {
			where := e.Name + " in " + u.Method.Name()
			complete(where, u.Owner, u.Meaning, u.Remedy, u.When)
			sentence(where, u.Meaning, u.Remedy)
			if u.Method == 0 {
				t.Errorf("%s: a use without method", e.Name)
			}
			for _, v := range e.Uses[:j] {
				if u.Method == v.Method && (u.Meaning == v.Meaning || u.Remedy == v.Remedy || u.Documented != v.Documented) {
					t.Errorf("%s: listed twice without meanings of their own", where)
				}
			}
		}
	}
	for _, c := range Codes() {
		complete(c.Text, c.Owner, c.Meaning, c.Remedy, c.Link)
		sentence(c.Text, c.Meaning, c.Remedy)
		link(c.Text, c.Link)
		seen := make(map[MethodID]bool)
		for _, u := range c.Uses {
			where := c.Text + " in " + u.Method.Name()
			complete(where, u.Owner, u.Meaning, u.Remedy, u.When)
			sentence(where, u.Meaning, u.Remedy)
			if u.General != (u.Method == 0) || seen[u.Method] {
				t.Errorf("%s: general without being so, or listed twice", where)
			}
			seen[u.Method] = true
		}
	}
}

func TestListedTwice(t *testing.T) {
	for _, tt := range []struct{ name, method string }{
		{"OT_STREAM_CREATE_FAILED", "Session.publish"},
		{"OT_UNABLE_TO_SUBSCRIBE", "Session.subscribe"},
	} {
		var n int
		for _, u := range Lookup([]byte(tt.name)).Get().Uses {
			if u.Method.Name() == tt.method {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%s has %d uses in %s, want 2", tt.name, n, tt.method)
		}
	}
}

// words returns the words of a text.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// holds reports whether text contains phrase as whole words, by the definition.
func holds(text, phrase string) bool {
	word := func(s string) bool { return len(words(s)) > 0 }
	for at := 0; ; at++ {
		i := strings.Index(text[at:], phrase)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(phrase)
		before := at > 0 && word(text[at-1:at]) && word(phrase[:1])
		after := end < len(text) && word(text[end:end+1]) && word(phrase[len(phrase)-1:])
		if !before && !after {
			return true
		}
	}
}

// errorsIn returns the names of the errors whose phrases text contains.
func errorsIn(text string) []string {
	var names []string
	for _, p := range Phrases() {
		if name := p.Error.Name(); holds(text, p.Text) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func TestHolds(t *testing.T) {
	for _, tt := range []struct {
		text, phrase string
		want         bool
	}{
		{"abc def", "abc def", true},
		{"(abc def)", "abc def", true},
		{"an abc def.", "abc def", true},
		{"xabc def", "abc def", false},
		{"abc def_", "abc def", false},
		{"abc def2", "abc def", false},
		{"xabc def abc def", "abc def", true},
		{"x(abc", "(abc", true},
		{"(abcd", "(abc", false},
		{"abc:d", "abc:", true},
		{"éabc", "abc", true}, // only ASCII letters belong to words
		{"ABC", "abc", false},
		{"", "abc", false},
	} {
		if got := holds(tt.text, tt.phrase); got != tt.want {
			t.Errorf("holds(%q, %q) = %t", tt.text, tt.phrase, got)
		}
	}
}

func TestSamplesAndNearMisses(t *testing.T) {
	lines := make(map[string]string)
	for _, e := range Errors()[1:] {
		for _, s := range e.Samples {
			var names []string
			for _, w := range words(s) {
				if Lookup([]byte(w)) != 0 && !slices.Contains(names, w) {
					names = append(names, w)
				}
			}
			found := slices.Concat(names, errorsIn(s))
			if len(found) == 0 || slices.ContainsFunc(found, func(name string) bool { return name != e.Name }) {
				t.Errorf("%s: sample has the names or phrases of %v: %s", e.Name, found, s)
			}
		}
		for _, s := range e.NearMisses {
			if slices.Contains(words(s), e.Name) {
				t.Errorf("%s: near miss has the name: %s", e.Name, s)
			}
			if slices.Contains(errorsIn(s), e.Name) {
				t.Errorf("%s: near miss has a phrase: %s", e.Name, s)
			}
		}
		for _, s := range slices.Concat(e.Samples, e.NearMisses) {
			if of, twice := lines[s]; twice {
				t.Errorf("%s: line also stands under %s: %s", e.Name, of, s)
			}
			lines[s] = e.Name
		}
	}
}

func TestPhrases(t *testing.T) {
	for i, p := range Phrases() {
		e := p.Error.Get()
		if p.Error == 0 || p.Method != 0 && !slices.ContainsFunc(e.Uses, func(u Use) bool { return u.Method == p.Method }) {
			t.Errorf("%q belongs to error %q in %s, which the catalogue does not know", p.Text, e.Name, p.Method.Name())
		}
		if i > 0 {
			q := Phrases()[i-1]
			if len(q.Text) < len(p.Text) || len(q.Text) == len(p.Text) && q.Text >= p.Text {
				t.Errorf("%q stands after %q", p.Text, q.Text)
			}
		}
		if !slices.ContainsFunc(e.Samples, func(s string) bool { return holds(s, p.Text) && !slices.Contains(words(s), e.Name) }) {
			t.Errorf("%s: no sample without the name has the phrase %q", e.Name, p.Text)
		}
	}
}

// TestPhrasesHoldInTheCorpus checks the error objects that published builds of the SDK returned in
// some hundred calls.
func TestPhrasesHoldInTheCorpus(t *testing.T) {
	data, err := os.ReadFile("testdata/messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	var named, withPhrase, withMethod int
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			t.Fatalf("messages.tsv:%d: %d fields, want 4", i+1, len(f))
		}
		name, methods, message := f[0], strings.Split(f[1], "|"), f[3]
		if i == 0 {
			continue
		}
		names := errorsIn(message)
		if slices.ContainsFunc(names, func(n string) bool { return n != name }) {
			t.Errorf("messages.tsv:%d: %s has the phrases of %v: %s", i+1, name, names, message)
		}
		if Lookup([]byte(name)) == 0 {
			continue
		}
		named++
		if len(names) == 0 {
			t.Logf("no phrase: %s", line)
			continue
		}
		withPhrase++
		var method bool
		for _, p := range Phrases() {
			if !holds(message, p.Text) {
				continue
			}
			seen[p.Text] = true
			if p.Method != 0 {
				method = true
				if !slices.Contains(methods, p.Method.Name()) {
					t.Errorf("messages.tsv:%d: %q tells %s, the call was %v", i+1, p.Text, p.Method.Name(), methods)
				}
			}
		}
		if method {
			withMethod++
		}
	}
	t.Logf("of %d rows with a name %d have a phrase, %d one that tells the method; %d of %d phrases occur",
		named, withPhrase, withMethod, len(seen), len(Phrases()))
	if withPhrase < 110 || withMethod < 70 {
		t.Errorf("too few rows have a phrase: %d of %d, %d with a method", withPhrase, named, withMethod)
	}
}

// TestNoiseHasNoPhrase checks lines that people posted and that show no error of their own: noise of
// the SDK, of wrappers, of the native and server SDKs, and texts that several errors share.
func TestNoiseHasNoPhrase(t *testing.T) {
	data, err := os.ReadFile("testdata/noise.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if names := errorsIn(line); len(names) > 0 {
			t.Errorf("noise has the phrases of %v: %s", names, line)
		}
	}
}

func TestCodes(t *testing.T) {
	find := func(n int32) *Code {
		for i := range Codes() {
			if c := &Codes()[i]; c.Low <= n && n <= c.High {
				return c
			}
		}
		return nil
	}
	last := int32(-1)
	for _, c := range Codes() {
		if c.Low <= last || c.High < c.Low {
			t.Errorf("code %s is out of order or overlaps", c.Text)
		}
		last = c.High
		if c.Low == c.High {
			if n, err := strconv.Atoi(c.Text); err != nil || int32(n) != c.Low {
				t.Errorf("code %s is %d", c.Text, c.Low)
			}
		}
		for _, u := range c.Uses {
			if u.Documented && !c.Documented {
				t.Errorf("code %s has a documented row but is not documented", c.Text)
			}
		}
	}
	if c := find(3004); c == nil || c.Text != "3001-3007" || c.High != 3007 {
		t.Errorf("code 3004 is in %+v, want 3001-3007", c)
	}
	if c := find(9); c == nil || c.Text != "0009" {
		t.Errorf("code 9 is %+v, want 0009", c)
	}

	// The stanzas of errors and of codes agree.
	for _, e := range Errors()[1:] {
		for _, u := range e.Uses {
			for _, n := range u.Codes {
				c := find(n)
				if c == nil {
					t.Errorf("%s has code %d, which has no stanza", e.Name, n)
					continue
				}
				if !slices.ContainsFunc(c.Uses, func(v CodeUse) bool { return v.Method == u.Method || v.General }) {
					t.Errorf("%s has code %d in %s, which the code does not know", e.Name, n, u.Method.Name())
				}
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for i, e := range Errors() {
		if i > 0 && (Lookup([]byte(e.Name)) != ID(i) || ID(i).Name() != e.Name || ID(i).Get() != &Errors()[i]) {
			t.Errorf("%s is not error %d", e.Name, i)
		}
	}
	for i, m := range Methods() {
		if i > 0 && (LookupMethod([]byte(m.Name)) != MethodID(i) || MethodID(i).Name() != m.Name) {
			t.Errorf("%s is not method %d", m.Name, i)
		}
	}
	for _, s := range []string{"", "OT_", "OT_TIMEOUTS", "ot_timeout", " OT_TIMEOUT", "*", "unknown", "session.connect"} {
		if Lookup([]byte(s)) != 0 || LookupMethod([]byte(s)) != 0 {
			t.Errorf("%q was found", s)
		}
	}
	if ID(0).Name() != "" || MethodID(0).Name() != "unknown" {
		t.Errorf("names of 0 are %q and %q", ID(0).Name(), MethodID(0).Name())
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	name, method, none := []byte("OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED"), []byte("Session.subscribe"), []byte("OT_NOTHING_OF_THE_KIND")
	var found int
	allocs := testing.AllocsPerRun(100, func() {
		id, m := Lookup(name), LookupMethod(method)
		if id != 0 && m != 0 && Lookup(none) == 0 {
			found++
		}
		FirstCode(id, m)
		Documented(id, m)
		OnlyMethod(id)
		OnlyMethodWith(id, 1500)
		OneName(1500, m)
		Raises(id, m, 1013)
		LookupCode(3004)
	})
	if allocs != 0 || found == 0 {
		t.Errorf("%v allocations, found %d times", allocs, found)
	}
}

func TestWhatAnErrorSays(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		code         int32
		documented   string
		only         string
	}{
		{"OT_TIMEOUT", "Session.publish", 1500, "yes", "unknown"},
		{"OT_TIMEOUT", "Session.subscribe", 1501, "elsewhere", "unknown"},
		{"OT_TIMEOUT", "", 1500, "elsewhere", "unknown"},
		{"OT_NOT_CONNECTED", "Session.subscribe", 1501, "yes", "unknown"},
		{"OT_NOT_CONNECTED", "Session.signal", 500, "yes", "unknown"},
		{"OT_NOT_CONNECTED", "Session.connect", 1010, "yes", "unknown"}, // the first one of any method
		{"OT_NOT_CONNECTED", "", 1010, "elsewhere", "unknown"},
		{"OT_PERMISSION_DENIED", "Session.forceMuteAll", 1540, "yes", "unknown"},
		{"OT_USER_MEDIA_ACCESS_DENIED", "OT.initPublisher", 1500, "elsewhere", "unknown"},
		{"OT_STREAM_CREATE_FAILED", "Session.publish", 1500, "yes", "Session.publish"},
		{"OT_UNABLE_TO_SUBSCRIBE", "Session.subscribe", 1501, "yes", "Session.subscribe"},
		{"OT_PEER_CONNECTION_NOT_CONNECTED", "Subscriber.getStats", 1015, "elsewhere", "unknown"},
		{"OT_MEDIA_ENDED", "OT.initPublisher", 0, "yes", "unknown"},
		{"OT_SOCKET_CLOSE_TIMEOUT", "Session.connect", 4010, "no", "Session.connect"},
		{"OT_API_KEY_DISABLED", "", 0, "no", "unknown"},
		{"", "Session.publish", 0, "no", "unknown"},
	} {
		id, m := Lookup([]byte(tt.name)), LookupMethod([]byte(tt.method))
		if got := FirstCode(id, m); got != tt.code {
			t.Errorf("FirstCode(%s, %s) = %d, want %d", tt.name, tt.method, got, tt.code)
		}
		if got := Documented(id, m); got != tt.documented {
			t.Errorf("Documented(%s, %s) = %s, want %s", tt.name, tt.method, got, tt.documented)
		}
		if got := OnlyMethod(id).Name(); got != tt.only {
			t.Errorf("OnlyMethod(%s) = %s, want %s", tt.name, got, tt.only)
		}
	}
}

func TestLookupCode(t *testing.T) {
	for i := range Codes() {
		c := &Codes()[i]
		for n := c.Low; n <= c.High; n++ {
			if LookupCode(n) != c {
				t.Errorf("%d is not %s", n, c.Text)
			}
		}
	}
	for _, n := range []int32{-1, 0, 10, 1000, 1499, 3000, 3008, 9999} {
		if c := LookupCode(n); c != nil {
			t.Errorf("%d is %s", n, c.Text)
		}
	}
}

func TestOneName(t *testing.T) {
	for _, tt := range []struct {
		code         int32
		method, want string
	}{
		{1004, "", "OT_AUTHENTICATION_ERROR"},
		{1004, "Session.connect", "OT_AUTHENTICATION_ERROR"},
		{1004, "Session.publish", ""},
		{1010, "", "OT_NOT_CONNECTED"},
		{1553, "", "OT_ICE_WORKFLOW_FAILED"},
		{1500, "", ""},
		{1500, "Session.publish", ""},
		{1013, "Session.subscribe", ""},
		{2001, "", ""},
		{2001, "Session.publish", "OT_UNEXPECTED_SERVER_RESPONSE"},
		// Codes that may be a socket's close codes.
		{1005, "", ""},
		{1006, "Session.connect", ""},
		{1011, "", ""},
		{1011, "Session.connect", "OT_SOCKET_CLOSE_UNEXPECTED_CONDITION"},
		{1011, "Session.subscribe", "OT_INVALID_PARAMETER"},
		{1600, "", ""},
		{0, "", ""},
		{1234, "", ""},
	} {
		if got := OneName(tt.code, LookupMethod([]byte(tt.method))).Name(); got != tt.want {
			t.Errorf("OneName(%d, %q) = %q, want %q", tt.code, tt.method, got, tt.want)
		}
	}
}

func TestRaises(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		code         int32
		want         bool
	}{
		{"OT_TIMEOUT", "Session.publish", 1500, true},
		{"OT_TIMEOUT", "Session.publish", 1501, false},
		{"OT_TIMEOUT", "", 1501, true},
		{"OT_TIMEOUT", "", 1004, false},
		{"OT_TIMEOUT", "Session.publish", 0, true},
		{"OT_TIMEOUT", "Session.connect", 1500, true}, // the error is not listed for the method
		{"OT_NO_DEVICES_FOUND", "OT.initPublisher", 1500, true},
		// Telemetry states 1013 for every failure of subscribe.
		{"OT_STREAM_NOT_FOUND", "Session.subscribe", 1013, true},
		{"OT_STREAM_NOT_FOUND", "", 1013, true},
		{"OT_TIMEOUT", "Session.publish", 1013, false},
		{"OT_PERMISSION_DENIED", "", 1013, false},
	} {
		if got := Raises(Lookup([]byte(tt.name)), LookupMethod([]byte(tt.method)), tt.code); got != tt.want {
			t.Errorf("Raises(%s, %q, %d) = %t", tt.name, tt.method, tt.code, got)
		}
	}
}

func TestOnlyMethodWith(t *testing.T) {
	for _, tt := range []struct {
		name string
		code int32
		want string
	}{
		{"OT_TIMEOUT", 0, "unknown"},
		{"OT_TIMEOUT", 1501, "Session.subscribe"},
		{"OT_AUTHENTICATION_ERROR", 1500, "Session.connect"}, // not a code of this error
		{"OT_PERMISSION_DENIED", 1530, "Session.forceUnpublish"},
		{"OT_PERMISSION_DENIED", 1540, "unknown"},
		{"OT_CONNECT_FAILED", 0, "unknown"},
		{"OT_CONNECT_FAILED", 1006, "Session.connect"},
		{"OT_CONNECT_FAILED", 1013, "unknown"},
		{"OT_USER_MEDIA_ACCESS_DENIED", 1500, "unknown"},
		{"", 1501, "Session.subscribe"},
		{"", 1006, "Session.connect"},
		{"", 1500, "unknown"},
		{"", 0, "unknown"},
	} {
		if got := OnlyMethodWith(Lookup([]byte(tt.name)), tt.code).Name(); got != tt.want {
			t.Errorf("OnlyMethodWith(%s, %d) = %s, want %s", tt.name, tt.code, got, tt.want)
		}
	}
}
