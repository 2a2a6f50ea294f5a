package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const accuracyCorpus = "../../testdata/corpus"

// A happening is one call of the SDK, or one scenario of several calls, with the failures that its
// records may show.
type happening struct {
	call     string
	sessions []string // all IDs that its records may have
	failures []truth
	skip     bool // a known trap that is not measured
}

// A truth is one failure that a happening has.
type truth struct {
	methods []string
	names   []string // none: it must have no name
	code    string
	kind    truthKind
}

type truthKind string

const (
	returned truthKind = "returned" // the call returned this error
	also     truthKind = "also"     // the call returned no error, but the SDK printed or posted this one
	may      truthKind = "may"      // records may show this one, but no call failed with it
	trap     truthKind = "trap"     // like may, but from the scenario before; see testdata/README.md
	none     truthKind = "none"     // the call did not fail
)

func (f truth) required() bool { return f.kind == returned || f.kind == also }

// truthOf reads testdata/corpus/DIR/truth.tsv. Rows of the same call are one happening.
func truthOf(t *testing.T, dir string) []happening {
	t.Helper()
	var out []happening
	for _, row := range tsv(t, filepath.Join(accuracyCorpus, dir, "truth.tsv")) {
		if len(out) == 0 || out[len(out)-1].call != row["call"] {
			out = append(out, happening{call: row["call"], sessions: append(parts(row["session"]), parts(row["clients"])...)})
		}
		h := &out[len(out)-1]
		kind := truthKind(row["kind"])
		switch {
		case kind == trap && row["names"] == "":
			h.skip = true
		case kind != none:
			h.failures = append(h.failures, truth{
				methods: parts(row["methods"]), names: parts(row["names"]), code: row["code"], kind: kind,
			})
		}
	}
	return out
}

func parts(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// tsv reads a table whose first line names its columns.
func tsv(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, fields := range rows[1:] {
		row := map[string]string{}
		for i, field := range fields {
			row[rows[0][i]] = field
		}
		out = append(out, row)
	}
	return out
}

// unpacked returns a file of the corpus.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(accuracyCorpus, name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func linesOf(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

// decoded reads NDJSON.
func decoded[T any](t *testing.T, ndjson string) []T {
	t.Helper()
	var out []T
	d := json.NewDecoder(strings.NewReader(ndjson))
	for {
		var v T
		switch err := d.Decode(&v); err {
		case nil:
			out = append(out, v)
		case io.EOF:
			return out
		default:
			t.Fatal(err)
		}
	}
}

// A posted is a telemetry event, as the SDK posts it.
type posted struct {
	Action    string
	Variation string
	Time      int64 `json:"clientSystemTime"` // in milliseconds
	// IDs are strings, except an invalid session.
	Client     any             `json:"clientInstanceId"`
	Session    any             `json:"sessionId"`
	Connection any             `json:"connectionId"`
	Stream     any             `json:"streamId"`
	Subscriber any             `json:"subscriberId"`
	Payload    json.RawMessage `json:"payload"`
}

// postedIn decodes a telemetry body.
func postedIn(t *testing.T, body string) posted {
	t.Helper()
	var p posted
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// shows reports whether an event shows a failure of a call. A missing configuration file and a socket
// that opens again are no failures.
func (p posted) shows() bool {
	switch {
	case p.Action == "ConfigurationFile", strings.HasPrefix(p.Action, "WebSocket:"):
		return false
	case strings.HasPrefix(p.Action, "tb.exception."), strings.HasPrefix(p.Action, "OT.exception."):
		return true
	case p.Variation == "Cancel":
		var payload struct{ Reason string }
		return json.Unmarshal(p.Payload, &payload) == nil && payload.Reason == "AccessDenied"
	}
	return p.Variation == "Failure"
}

var (
	// applicationLine matches the application's own lines about errors.
	applicationLine = regexp.MustCompile(`^(\[app\]|call failed)`)
	sdkLine         = regexp.MustCompile(`OpenTok:\w+(:\d+)?:error|OT\.exception|onPublishingTimeout|\bOT_[A-Z]`)
	// noise matches error lines, and failures in telemetry, that belong to no call: missing
	// configurations, and messages about states and sockets.
	noise = regexp.MustCompile(`OpenTok:StaticConfig:|State Change Failed|Invalid state transition|_connectivityAttemptPinger|` +
		`An error occurred in an event handler|level must be one of|Encryption secret must first be set|publisher parameter missing|^(ConfigurationFile|WebSocket:\w+) `)
)

// showsFailure reports whether a record shows a failure.
func showsFailure(record string) bool { return showing.of(record) }

var showing = memo[bool]{make: func(record string) bool {
	if strings.HasPrefix(record, "{") {
		var p posted
		if json.Unmarshal([]byte(record), &p) == nil && p.Action != "" {
			return p.shows()
		}
	}
	return sdkLine.MatchString(record) && !isNoise.of(record)
}}

var isNoise = memo[bool]{make: noise.MatchString}

// A memo keeps a result for each text: several inputs have the same records.
type memo[T any] struct {
	make  func(text string) T
	known sync.Map
}

func (m *memo[T]) of(text string) T {
	v, ok := m.known.Load(text)
	if !ok {
		v, _ = m.known.LoadOrStore(text, m.make(text))
	}
	return v.(T)
}

// hints has texts of the SDK, and codes, that belong to one name, for records that do not spell a
// name. The list is independent of the catalogue: it is what a person who knows the SDK recognizes.
var hints = []struct {
	text *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`in a reasonable amount of time|onPublishingTimeout`), "OT_TIMEOUT"},
	{regexp.MustCompile(`ICEWorkflow: (Publisher|Subscriber) PeerConnection|\((1553|1554)\)`), "OT_ICE_WORKFLOW_FAILED"},
	{regexp.MustCompile(`End-user denied permission|"reason":"AccessDenied"|getUserMedia error: (NotAllowed|Security|PermissionDenied|PermissionDismissed)Error`), "OT_USER_MEDIA_ACCESS_DENIED"},
	{regexp.MustCompile(`No voice or video input devices|getUserMedia error: (NotFound|DevicesNotFound)Error`), "OT_NO_DEVICES_FOUND"},
	{regexp.MustCompile(`selected voice or video devices are unavailable|getUserMedia error: (NotReadable|TrackStart|SourceUnavailable)Error`), "OT_HARDWARE_UNAVAILABLE"},
	{regexp.MustCompile(`not possible to satisfy one or more constraints|getUserMedia error: (Overconstrained|Type)Error`), "OT_CONSTRAINTS_NOT_SATISFIED"},
	{regexp.MustCompile(`constraint specified is not supported by the browser|getUserMedia error: NotSupportedError`), "OT_NOT_SUPPORTED"},
	{regexp.MustCompile(`Unable to capture media\. Unknown error|getUserMedia error: AbortError`), "OT_UNABLE_TO_CAPTURE_MEDIA"},
	{regexp.MustCompile(`requires an extension, but one has not been registered`), "OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED"},
	{regexp.MustCompile(`requires an extension, but the extension is not installed`), "OT_SCREEN_SHARING_EXTENSION_NOT_INSTALLED"},
	{regexp.MustCompile(`need to be connected before you can publish|Connection required to subscribe|Unable to send signal - you are not connected|` +
		`Cannot call force(Disconnect|Unpublish|MuteAll|MuteStream)\(\)|Cannot use forceMute functionality`), "OT_NOT_CONNECTED"},
	{regexp.MustCompile(`token does not allow|\((1520|1530|1540)\)|exception\.(1520|1530|1540)"`), "OT_PERMISSION_DENIED"},
	{regexp.MustCompile(`Failed to create stream in server model|IncompatibleEncryptionSettings: Tried to publish`), "OT_STREAM_CREATE_FAILED"},
	{regexp.MustCompile(`stream not found`), "OT_STREAM_NOT_FOUND"},
	{regexp.MustCompile(`limit for concurrent streams in the session|\(1605\)|exception\.1605"`), "OT_STREAM_LIMIT_EXCEEDED"},
	{regexp.MustCompile(`destroyed before it could be subscribed to`), "OT_STREAM_DESTROYED"},
	{regexp.MustCompile(`encrypted stream without enabling encryption`), "OT_UNABLE_TO_SUBSCRIBE"},
	{regexp.MustCompile(`limit for concurrent connections to the session|\(1027\)|exception\.1027"`), "OT_CONNECTION_LIMIT_EXCEEDED"},
	{regexp.MustCompile(`API key does not match the token or session|[Tt]oken (has )?expired|Invalid token format|\(1004\)|exception\.1004"`), "OT_AUTHENTICATION_ERROR"},
	{regexp.MustCompile(`Response body was empty`), "OT_EMPTY_RESPONSE_BODY"},
	{regexp.MustCompile(`PeerConnection not connected, cannot call`), "OT_PEER_CONNECTION_NOT_CONNECTED"},
	{regexp.MustCompile(`Rumor socket to connect`), "OT_SOCKET_CLOSE_TIMEOUT"},
	{regexp.MustCompile(`\(1026\)|exception\.1026"`), "OT_TERMS_OF_SERVICE_FAILURE"},
	{regexp.MustCompile(`\(1040\)`), "OT_SET_VIDEO_SOURCE_FAILURE"},
	{regexp.MustCompile(`\(1041\)`), "OT_INVALID_VIDEO_SOURCE"},
	{regexp.MustCompile(`\(2011\)`), "OT_REPORT_ISSUE_FAILED"},
	{regexp.MustCompile(`\(2021\)|exception\.2021"`), "OT_SET_PROXY_URL_TIMING_ERROR"},
	{regexp.MustCompile(`\(2022\)|exception\.2022"`), "OT_PROXY_URL_ALREADY_SET_ERROR"},
}

// identifies reports whether a record identifies one of the names.
func identifies(record string, names []string) bool {
	found := identified.of(record)
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(found, name) })
}

// identified returns the words of a record, and the names of its texts.
var identified = memo[[]string]{make: func(record string) []string {
	names := aWord.FindAllString(record, -1)
	for _, p := range hints {
		if p.text.MatchString(record) {
			names = append(names, p.name)
		}
	}
	return names
}}

var aWord = regexp.MustCompile(`\w+`)

// compact returns a value as JSON on one line.
func compact(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
