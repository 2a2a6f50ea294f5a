package notation

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The lines of a log.
const (
	session  = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B"
	failed   = "2026-11-23T10:44:25.959Z session=" + session + " OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004)"
	frame    = "    at XMLHttpRequest.handleError (https://clinic.example/opentok.js:100048:21)"
	harmless = "2026-11-23T10:44:26.001Z GET /rooms/12 200"
)

// rewrite returns the name of the notation of a text, and the rewritten text. It reads the text at
// once and byte by byte.
func rewrite(t *testing.T, text string) (name, got string, err error) {
	t.Helper()
	const headSize = 64 << 10
	n := Of([]byte(text)[:min(len(text), headSize)], len(text) < headSize)
	if n == nil {
		return "", text, nil
	}
	all, err := io.ReadAll(n.Open(strings.NewReader(text)))
	slow, slowErr := io.ReadAll(iotest.OneByteReader(n.Open(iotest.OneByteReader(strings.NewReader(text)))))
	if !bytes.Equal(all, slow) || (err == nil) != (slowErr == nil) {
		t.Errorf("%.200q: read at once %.300q (%v), byte by byte %.300q (%v)", text, all, err, slow, slowErr)
	}
	return n.Name, string(all), err
}

// A rewriting is a text and what it must be rewritten to.
type rewriting struct {
	name, text string
	want       string // "": the text has no notation
	damaged    bool
}

// checkRewritings checks texts of one notation.
func checkRewritings(t *testing.T, notation string, texts []rewriting) {
	t.Helper()
	for _, x := range texts {
		name, got, err := rewrite(t, x.text)
		switch {
		case x.want == "" && name == notation:
			t.Errorf("%s is taken for %s", x.name, notation)
		case x.want == "":
		case name != notation || got != x.want || (err != nil) != x.damaged:
			t.Errorf("%s: notation %q, error %v\n got %q\nwant %q", x.name, name, err, got, x.want)
		}
	}
}

// fuzz checks for any text that a notation does not panic, and that the result does not depend on
// how the text is read.
func fuzz(f *testing.F, open func(io.Reader) io.Reader, is func([]byte, bool) bool, seeds []rewriting) {
	for _, x := range seeds {
		f.Add(x.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		is([]byte(text), true)
		is([]byte(text), false)
		all, err := io.ReadAll(open(strings.NewReader(text)))
		slow, slowErr := io.ReadAll(iotest.OneByteReader(open(iotest.OneByteReader(strings.NewReader(text)))))
		if !bytes.Equal(all, slow) || (err == nil) != (slowErr == nil) {
			t.Errorf("read at once %q (%v), byte by byte %q (%v)", all, err, slow, slowErr)
		}
	})
}

// consoles are texts that no notation may touch.
var consoles = []rewriting{
	{name: "a console log", text: failed + "\n" + frame + "\n" + harmless + "\n"},
	{name: "a log that quotes XML", text: failed + "\n<log><record>x</record><record>y</record></log>\n"},
	{name: "words", text: "begin\nOpenTok\nend\n"},
	{name: "NDJSON", text: `{"time":"2026-11-23T10:44:25.959Z","message":"OT_TIMEOUT: too late"}` + "\n"},
	{name: "syslog in lines", text: "<11>1 2026-11-23T10:44:25.959Z web-0 app - - - OT_TIMEOUT: late\n<11>1 2026-11-23T10:44:26.959Z web-0 app - - - x\n"},
	{name: "an element of React", text: "<Room> rendered\n" + failed + "\n" + harmless + "\n"},
	{name: "nothing"},
}

func TestConsoleLogsHaveNoNotation(t *testing.T) {
	for _, x := range consoles {
		if name, _, _ := rewrite(t, x.text); name != "" {
			t.Errorf("%s is taken for %s", x.name, name)
		}
	}
}
