package classify_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

func TestNameIsAWholeWord(t *testing.T) {
	tests := []struct{ text, want string }{
		{"OT_TIMEOUT", "OT_TIMEOUT"},
		{"OpenTok:Session:error OT_TIMEOUT: msg +12ms", "OT_TIMEOUT"},
		{"(OT_TIMEOUT)", "OT_TIMEOUT"},
		{"error=OT_TIMEOUT, again", "OT_TIMEOUT"},
		{"re-OT_TIMEOUT-ed", "OT_TIMEOUT"},
		{"é OT_TIMEOUTé", "OT_TIMEOUT"}, // only ASCII letters belong to words
		{"Unhandled Rejection (OT_NOT_CONNECTED): x", "OT_NOT_CONNECTED"},
		{"SET_PROXY_URL_TIMING_ERROR", "SET_PROXY_URL_TIMING_ERROR"},
		{"x PROXY_URL_ALREADY_SET_ERROR", "PROXY_URL_ALREADY_SET_ERROR"},
		{"OT_PROXY_URL_ALREADY_SET_ERROR", "OT_PROXY_URL_ALREADY_SET_ERROR"},
		{"OT_SOCKET_CLOSE_TIMEOUT", "OT_SOCKET_CLOSE_TIMEOUT"},
		{"OT_TIMEOUTS and OT_TIMEOUT", "OT_TIMEOUT"},
		{"OT_DISCONNECTED then OT_CONNECT_FAILED", "OT_DISCONNECTED"}, // the first one counts
		{`{"stack":"Error\nOT_TIMEOUT: x"}`, "OT_TIMEOUT"},
		{`{"stack":"Error\u000aOT_TIMEOUT: x"}`, "OT_TIMEOUT"},
		{`C:\\nOT_TIMEOUT`, ""},
		{"GET /log?name=%22OT_TIMEOUT%22", "OT_TIMEOUT"},
		{"GET /log?e=failed:%20OT_TIMEOUT", "OT_TIMEOUT"},
		{"GET /log?e=%3COT_TIMEOUT%3e", "OT_TIMEOUT"},
		{`"POST {\x22name\x22:\x22OT_TIMEOUT\x22}"`, "OT_TIMEOUT"},
		{"%2XOT_TIMEOUT", ""},
		{"22OT_TIMEOUT%22", ""},
		{"%22NOT_OT_TIMEOUT%22", ""},

		{"OT_TIMEOUTS", ""},
		{"NOT_OT_TIMEOUT", ""},
		{"OT_TIMEOUT_MS", ""},
		{"OT_TIMEOUT2", ""},
		{"XOT_TIMEOUT", ""},
		{"OT_OT_TIMEOUT", ""},
		{"OT_TIMEOUT_", ""},
		{"_OT_TIMEOUT", ""},
		{"ot_timeout", ""},
		{"OT_", ""},
		{"OT-TIMEOUT", ""},
		{"MY_PROXY_URL_ALREADY_SET_ERROR", ""},
		{"", ""},
	}
	for _, test := range tests {
		v := classify.Match(&classify.Record{Text: []byte(test.text)})
		if v.Error.Name() != test.want || v.Failure != (test.want != "") {
			t.Errorf("%q: got %q, want %q", test.text, v.Error.Name(), test.want)
		}
	}
}

func TestFieldForTheNamePrecedesFreeText(t *testing.T) {
	v := classify.Match(&classify.Record{Text: []byte("after OT_DISCONNECTED\n"), Name: []byte("OT_CONNECT_FAILED")})
	if v.Error.Name() != "OT_CONNECT_FAILED" {
		t.Errorf("got %s", v.Error.Name())
	}
	v = classify.Match(&classify.Record{Text: []byte("after OT_DISCONNECTED\n"), Name: []byte("APP_EVENT_1")})
	if v.Error.Name() != "OT_DISCONNECTED" {
		t.Errorf("a name that is nobody's hides the text: got %s", v.Error.Name())
	}
}

func TestMethod(t *testing.T) {
	tests := []struct {
		name   string
		record classify.Record
		method string
		from   classify.MethodFrom
	}{
		{"spelled", text("OT_NOT_CONNECTED: Session.subscribe :: Connection required"), "Session.subscribe", classify.MethodSpelled},
		{"spelled with the library before it", text("OT_NOT_CONNECTED in OT.Session.signal"), "Session.signal", classify.MethodSpelled},
		{"spelled in a stack line", text("OT_NOT_CONNECTED: msg\ndispatchOTError @ opentok.js:1\nSession.publish @ opentok.js:2"), "Session.publish", classify.MethodSpelled},
		{"a longer word is another method", text("OT_NOT_CONNECTED in Session.publisher or MySession.publish"), "unknown", classify.MethodUnknown},
		{"function", text("OT_NOT_CONNECTED: Cannot call forceDisconnect(). You are not connected"), "Session.forceDisconnect", classify.MethodFunction},
		{"function that is anybody's", text("OT_NOT_CONNECTED after connect()"), "unknown", classify.MethodUnknown},
		{"phrase", text("OpenTok:Session:error OT_NOT_CONNECTED: We need to be connected before you can publish +0ms"), "Session.publish", classify.MethodPhrase},
		{"phrase of another error", text("OT_STREAM_NOT_FOUND, not: We need to be connected before you can publish"), "Session.subscribe", classify.MethodOnly},
		{"message of getUserMedia", text("initialization: OT.Publisher Access Denied: Permission Denied: End-user denied permission to hardware devices (getUserMedia error: NotAllowedError)"), "OT.initPublisher", classify.MethodPhrase},
		{"message of getUserMedia in fields", classify.Record{Text: []byte("No voice or video input devices are available on this machine.\n"), Name: []byte("OT_NO_DEVICES_FOUND"), Code: 1500}, "OT.initPublisher", classify.MethodPhrase},
		{"message of getUserMedia of old versions", text("OT_MEDIA_ERR_ABORTED: Unknown error while getting user media: TypeError"), "OT.initPublisher", classify.MethodPhrase},
		{"message of getUserMedia without a name", classify.Record{Text: []byte("The selected voice or video devices are unavailable. Verify that x\n"), Code: 1500}, "OT.initPublisher", classify.MethodPhrase},
		{"message of getUserMedia from Session.publish", text("OT_USER_MEDIA_ACCESS_DENIED: Session.publish :: OT.Publisher Access Denied: Permission Denied: End-user denied permission to hardware devices"), "Session.publish", classify.MethodSpelled},
		{"message of getUserMedia in a line of the SDK", text("OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: End-user denied permission to hardware devices +0ms"), "unknown", classify.MethodUnknown},
		{"message of getUserMedia from Publisher.setAudioSource", text("OT_CONSTRAINTS_NOT_SATISFIED: It's not possible to satisfy one or more constraints passed into the getUserMedia function (getUserMedia error: OverconstrainedError) (reverted to previous audio device)"), "Publisher.setAudioSource", classify.MethodPhrase},
		{"name of a getUserMedia error alone", text("publisher: OT_USER_MEDIA_ACCESS_DENIED"), "unknown", classify.MethodUnknown},
		{"message of getUserMedia that is cut", classify.Record{Text: []byte("1500\nOT.Publisher Access Denied: …\n"), Name: []byte("OT_USER_MEDIA_ACCESS_DENIED"), Code: 1500}, "OT.initPublisher", classify.MethodPhrase},
		{"cut message from Session.publish", classify.Record{Text: []byte("Session.publish :: OT.Publisher Access Denied: …\n"), Name: []byte("OT_USER_MEDIA_ACCESS_DENIED"), Code: 1500}, "Session.publish", classify.MethodSpelled},
		{"SDK 2.13", text("OT.Publisher.publish failed to getUserMedia: OT_USER_MEDIA_ACCESS_DENIED"), "OT.initPublisher", classify.MethodPhrase},
		{"text of the vendor's tutorial", text("There was an error initializing the publisher:  OT_USER_MEDIA_ACCESS_DENIED"), "OT.initPublisher", classify.MethodPhrase},
		{"other text of the tutorial", text("There was an error publishing:  OT_USER_MEDIA_ACCESS_DENIED"), "unknown", classify.MethodUnknown},
		{"function that failed", text("initPublisher error:  OT_USER_MEDIA_ACCESS_DENIED"), "OT.initPublisher", classify.MethodFunction},
		{"function before a colon", text("[call] forceMuteAll: OT_NOT_CONNECTED"), "Session.forceMuteAll", classify.MethodFunction},
		{"function that failed, in another order", text("OT_NOT_CONNECTED: forceUnpublish failed"), "Session.forceUnpublish", classify.MethodFunction},
		{"function in a stack line", text("OT_NOT_CONNECTED\n    at initPublisher (app.js:1:2)"), "unknown", classify.MethodUnknown},
		{"function with a line number", text("OT_NOT_CONNECTED\n    at initPublisher:12"), "unknown", classify.MethodUnknown},
		{"longer word than a function", text("myinitPublisher error: OT_NOT_CONNECTED"), "unknown", classify.MethodUnknown},
		{"old text of a subscriber's connection", text("Connection Failed (1013) msg: OT.Subscriber PeerConnection Error: OT_STREAM_DESTROYED"), "Session.subscribe", classify.MethodPhrase},
		{"old text of a publisher's connection", text("OT_UNEXPECTED_SERVER_RESPONSE: OT.Publisher PeerConnection Error: x"), "Session.publish", classify.MethodPhrase},
		{"target without the default interface", text("OT_INVALID_PARAMETER: You cannot specify a target element if insertDefaultUI is false"), "Session.subscribe", classify.MethodPhrase},
		{"message that ends in a code", text("OT_UNEXPECTED_SERVER_RESPONSE: Internal (2001)"), "Session.connect", classify.MethodPhrase},
		{"message that ends in a code, in fields", classify.Record{Text: []byte("join failed\nInternal (2001)\n"), Name: []byte("OT_UNEXPECTED_SERVER_RESPONSE"), Code: 2001}, "Session.connect", classify.MethodPhrase},
		{"name before its code", text("signal failed OT_UNEXPECTED_SERVER_RESPONSE (2001)"), "unknown", classify.MethodUnknown},
		{"message that ends in a code of another method", text("OT_NOT_CONNECTED: no idea (1010)"), "unknown", classify.MethodUnknown},
		{"method that the catalogue lacks", text("OT_NOT_CONNECTED: Session.unsubscribe :: x"), "Session.unsubscribe", classify.MethodSpelled},
		{"one of another class", text("OT_NOT_CONNECTED: Socket.open :: x"), "unknown", classify.MethodUnknown},
		{"one without its colons", text("OT_NOT_CONNECTED: Session.unsubscribe: x"), "unknown", classify.MethodUnknown},
		{"a constant", text("OT_NOT_CONNECTED: OT.NONE :: x"), "unknown", classify.MethodUnknown},
		{"with a hash", text("OpenTok:Publisher:error Publisher#cycleVideo: could not cycle video: OT_NOT_SUPPORTED: x"), "Publisher.cycleVideo", classify.MethodSpelled},
		{"a hash of something else", text("OpenTok:Publisher:error OT_NOT_SUPPORTED: color: #0000CC"), "OT.initPublisher", classify.MethodComponent},
		{"text of a filter", text("OpenTok:Publisher:error Error applying video filter: OT_INVALID_PARAMETER: x"), "Publisher.applyVideoFilter", classify.MethodPhrase},
		{"advice to call another method", text("OT_INVALID_SESSION_ID: You must use string as the session ID passed into OT.initSession()."), "Session.connect", classify.MethodOnly},
		{"handler of old versions", text("OT.Publisher.onStreamAvailableError OT_MEDIA_ERR_ABORTED: x"), "OT.initPublisher", classify.MethodComponent},
		{"code", text(`OT_PERMISSION_DENIED {"code":1520}`), "Session.forceDisconnect", classify.MethodOnly},
		{"component", text("OpenTok:Publisher:error onStreamAvailableError OT_NO_DEVICES_FOUND: x"), "OT.initPublisher", classify.MethodComponent},
		{"numbered component", text("OpenTok:RumorSocket:3:error OT_DISCONNECTED"), "Session.connect", classify.MethodComponent},
		{"component of no one method", text("OpenTok:Session:error OT_NOT_CONNECTED: x"), "unknown", classify.MethodUnknown},
		{"only method of the name", text("OpenTok:Session:error OT_AUTHENTICATION_ERROR: x"), "Session.connect", classify.MethodOnly},
		{"action", classify.Record{Text: []byte("Connect"), Telemetry: true, Action: []byte("Connect"), Failed: true}, "Session.connect", classify.MethodSpelled},
		{"publish of a stream", classify.Record{Telemetry: true, Action: []byte("Publish"), Failed: true, StreamID: true}, "Session.publish", classify.MethodSpelled},
		{"publish before there is a stream", classify.Record{Telemetry: true, Action: []byte("Publish"), Failed: true}, "OT.initPublisher", classify.MethodSpelled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := classify.Match(&test.record)
			got := v.Method.Name()
			if v.MethodName != nil {
				got = string(v.MethodName)
			}
			if got != test.method || v.MethodFrom != test.from || v.MethodName != nil && v.Method != 0 {
				t.Errorf("got %s by %s, want %s by %s", got, v.MethodFrom, test.method, test.from)
			}
		})
	}
}

func text(s string) classify.Record { return classify.Record{Text: []byte(s)} }

func TestPhrase(t *testing.T) {
	tests := []struct{ text, want string }{
		{"OpenTok:Publisher:error End-user denied permission to hardware devices (getUserMedia error: NotAllowedError) +0ms", "OT_USER_MEDIA_ACCESS_DENIED"},
		{"OpenTok:Session:error 1500 +6s Session.publish :: Could not publish in a reasonable amount of time", "OT_TIMEOUT"},
		{"A constrain specified is not supported by the browser (getUserMedia error: NotSupportedError)", "OT_NOT_SUPPORTED"},
		{"xCould not publish in a reasonable amount of time", ""},
		{"Could not publish in a reasonable amount of timeouts", ""},
		{"could not publish in a reasonable amount of time", ""},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: GetUserMedia +0ms", ""},
		{"OpenTok:Publisher:error State Change Failed", ""},
		{"OT_TIMEOUTS: Could not publish in a reasonable amount of time", "OT_TIMEOUT"},
		{"OT_CHROME_MICROPHONE_ACQUISITION_ERROR: Could not publish in a reasonable amount of time", "OT_CHROME_MICROPHONE_ACQUISITION_ERROR"},
	}
	for _, test := range tests {
		v := classify.Match(&classify.Record{Text: []byte(test.text)})
		if v.Error.Name() != test.want {
			t.Errorf("%q: got %q, want %q", test.text, v.Error.Name(), test.want)
		}
	}
}

// naivePhrase finds the first phrase by trying every phrase at every byte.
func naivePhrase(s string) *catalogue.Phrase {
	word := func(i int) bool {
		return i >= 0 && i < len(s) && (s[i] == '_' || '0' <= s[i] && s[i] <= '9' || 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z')
	}
	for at := range len(s) {
		for _, p := range catalogue.Phrases() { // longest first
			end := at + len(p.Text)
			if strings.HasPrefix(s[at:], p.Text) && !(word(at-1) && word(at)) && !(word(end-1) && word(end)) {
				return &p
			}
		}
	}
	return nil
}

// byPhrase returns the verdict on a text, without an error that only a code identifies.
func byPhrase(s string) classify.Verdict {
	v := classify.Match(&classify.Record{Text: []byte(s)})
	if v.Evidence < classify.ByPhrase {
		v.Error = 0
	}
	return v
}

// TestPhrasesAgreeWithANaiveScan hides phrases, truncated phrases and phrases with a changed
// letter in other text.
func TestPhrasesAgreeWithANaiveScan(t *testing.T) {
	phrases := catalogue.Phrases()
	r := rand.New(rand.NewPCG(1, 6))
	found := 0
	for range 8_000 {
		var b strings.Builder
		for range r.IntN(6) {
			p := phrases[r.IntN(len(phrases))].Text
			switch r.IntN(4) {
			case 0:
				p = p[:r.IntN(len(p))]
			case 1:
				p = p[r.IntN(len(p)):]
			case 2:
				i := r.IntN(len(p))
				p = p[:i] + "~" + p[i+1:]
			}
			b.WriteString(p)
			b.WriteString([]string{"", " ", "x", ": ", "\n"[1:]}[r.IntN(5)])
		}
		s := b.String()
		want := naivePhrase(s)
		v := byPhrase(s)
		if (want == nil) != (v.Error == 0) || want != nil && v.Error != want.Error {
			t.Fatalf("%q: got %q, want %v", s, v.Error.Name(), want)
		}
		if want != nil {
			found++
			var f classify.Finder
			f.Reset([]byte("....\n" + s))
			if at := f.Next(5); at < 5 {
				t.Fatalf("%q: the Finder finds nothing, or %d", s, at)
			}
		}
	}
	if found < 1_500 {
		t.Errorf("only %d texts contain a phrase", found)
	}
}

func TestFinderFindsEveryCandidate(t *testing.T) {
	data := []byte("a\nOT_TIMEOUT\nb\nCould not publish in a reasonable amount of time\nc\nOT_TIMEOUT\n")
	var f classify.Finder
	for range 2 { // one block after another
		f.Reset(data)
		var got []int
		for from := 0; ; {
			at := f.Next(from)
			if at < 0 {
				break
			}
			got = append(got, at)
			from = at + bytes.IndexByte(data[at:], '\n') + 1
		}
		if fmt.Sprint(got) != "[4 15 68]" {
			t.Errorf("got %v", got)
		}
	}
}

// TestCatalogueProvesItself matches the sample lines of every error.
func TestCatalogueProvesItself(t *testing.T) {
	for _, e := range catalogue.Errors()[1:] {
		for _, s := range e.Samples {
			if got := classify.Match(&classify.Record{Text: []byte(s)}).Error.Name(); got != e.Name {
				t.Errorf("%s: its sample is %q: %s", e.Name, got, s)
			}
		}
		for _, id := range e.Reasons {
			for _, s := range id.Get().Samples {
				if v := classify.Match(&classify.Record{Text: []byte(s)}); v.Error.Name() != e.Name || v.Reason != id {
					t.Errorf("%s: its sample for %s is %q, %q: %s", e.Name, id, v.Error.Name(), v.Reason, s)
				}
			}
		}
		for _, s := range e.NearMisses {
			if got := classify.Match(&classify.Record{Text: []byte(s)}).Error.Name(); got == e.Name {
				t.Errorf("%s: matches its near miss: %s", e.Name, s)
			}
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	records := []classify.Record{
		text("OpenTok:Session:error OT_NOT_CONNECTED: Cannot call forceDisconnect(). +0ms"),
		text("OT_TIMEOUTS OT_ NOT_OT_TIMEOUT OT_NOBODY_KNOWS"),
		{Text: []byte("x"), Name: []byte("OT_TIMEOUT"), Telemetry: true, Action: []byte("Publish"), Failed: true},
		text("OpenTok:Session:error OT_SOMETHING: Publisher.doThing :: no +0ms"),
		text("OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: no +0ms"),
		text("OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: ICEWorkflow +0ms"),
		text("OpenTok:Session:error   +6s color: #0000CC color: inherit 1500 color: #0000CC Session.publish :: no"),
		text("OpenTok:RaptorSocket:error SocketError {code: 1011, message: 'no'} +3s"),
		text(`Publisher#cycleVideo: {"code":1010} code: 1500 no (1004)`),
		{Text: []byte("no"), Name: []byte("OT_SOMETHING"), Code: 1500},
		text("OT_AUTHENTICATION_ERROR: Invalid token format Token: null (1004), The API key does not match the token or session, token expireds"),
		text("OT_USER_MEDIA_ACCESS_DENIED Permission denied by systems, Permission denied by system"),
		text(`exception {"title":"Unable to Publish","code":1500,"message":"ICEWorkflow"}`),
		text("initPublisher error: OT_NOT_SUPPORTED &quot;code&quot;:1500 code=1011 Internal (2001) %22x"),
		{Text: []byte("The selected voice or video devices are unavailable\n"), Code: 1500},
		{Text: []byte("tb.exception.1500\nICEWorkflow\n"), Telemetry: true, Action: []byte("tb.exception.1500")},
	}
	if n := testing.AllocsPerRun(100, func() {
		for i := range records {
			classify.Match(&records[i])
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// naiveName finds the first name by the definition: it splits text into words and looks up
// each.
func naiveName(s string) string {
	words := strings.FieldsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_'
	})
	for _, word := range words {
		if id := catalogue.Lookup([]byte(word)); id != 0 {
			return id.Name()
		}
	}
	return ""
}

func FuzzNames(f *testing.F) {
	for _, e := range catalogue.Errors()[1:] {
		f.Add("x "+e.Name+" y", uint8(3))
	}
	for i, s := range []string{"OT_TIMEOUTS", "OT_OT_OT_TIMEOUT", "PROXY_PROXY_URL_ALREADY_SET_ERROR", "_", "OT_", "\xffOT_TIMEOUT\xff"} {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, cut uint8) {
		// The naive scan does not know escapes.
		s = strings.ReplaceAll(s, `\`, "/")
		v := classify.Match(&classify.Record{Text: []byte(s)})
		if v.Evidence != classify.ByName {
			v.Error = 0 // phrases and codes have their own tests
		}
		got := v.Error.Name()
		if want := naiveName(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
		var f classify.Finder
		f.Reset([]byte(s))
		if got != "" && f.Next(0) < 0 {
			t.Errorf("%q contains %s, but no candidate", s, got)
		}
		// A letter on either side makes it another word.
		if name := catalogue.ID(1 + int(cut)%(len(catalogue.Errors())-1)).Name(); naiveName(s) == "" {
			for _, other := range []string{s + "x" + name, name + "x" + s} {
				v := classify.Match(&classify.Record{Text: []byte(other)})
				if v.Evidence == classify.ByName && v.Error.Name() == name && naiveName(other) != name {
					t.Errorf("%q: got %s", other, name)
				}
			}
		}
	})
}

func ExampleMatch() {
	v := classify.Match(&classify.Record{Text: []byte("OpenTok:Session:error OT_TIMEOUT: Session.publish :: too late +15s")})
	fmt.Println(v.Method.Name(), v.Error.Name(), v.Evidence)
	// Output: Session.publish OT_TIMEOUT name
}
