package notation

import (
	"fmt"
	"strings"
	"testing"
)

func framed(messages ...string) string {
	var b strings.Builder
	for _, m := range messages {
		fmt.Fprintf(&b, "%d %s", len(m), m)
	}
	return b.String()
}

var inFrame = []rewriting{
	{name: "RFC 5424", text: framed("<11>1 2026-11-23T10:44:25.959Z web-0 a", "<11>1 2026-11-23T10:44:26Z é"), want: "<11>1 2026-11-23T10:44:25.959Z web-0 a\n<11>1 2026-11-23T10:44:26Z é\n"},
	{name: "RFC 3164", text: framed("<11>Nov 23 10:44:25 web-0 app: x", "<11>Nov 23 10:44:25 web-0 app: y"), want: "<11>Nov 23 10:44:25 web-0 app: x\n<11>Nov 23 10:44:25 web-0 app: y\n"},
	{name: "a stack", text: framed("<11>1 x\r\n    at f\nnot indented\n", "<11>1 y"), want: "<11>1 x\n    at f not indented\n<11>1 y\n"},
	{name: "line feeds between", text: "7 <11>1 x\n7 <11>1 y\n", want: "<11>1 x\n<11>1 y\n"},
	{name: "one", text: "7 <11>1 x", want: "<11>1 x\n"},
	{name: "a long text", text: strings.Repeat("7 <11>1 x", 10_000), want: strings.Repeat("<11>1 x\n", 10_000)},
	{name: "broken off", text: strings.Repeat("7 <11>1 x", 10_000) + "7 <11>", want: strings.Repeat("<11>1 x\n", 10_000) + "<11>\n", damaged: true},
	{name: "another text after it", text: strings.Repeat("7 <11>1 x", 10_000) + "8 <11>1 x7 <11>1 x", want: strings.Repeat("<11>1 x\n", 10_000) + "<11>1 x7\n", damaged: true},
	{name: "a wrong length", text: "7 <11>1 x8 <11>1 x7 <11>1 x"},
	{name: "a number", text: "7 lines of <11>"},
}

func TestFrames(t *testing.T) { checkRewritings(t, "syslog", inFrame) }

func FuzzFrames(f *testing.F) { fuzz(f, openFrames, inFrames, inFrame) }

var inNUL = []rewriting{
	{name: "GELF", text: "{\"a\":1}\x00{\"b\":2}\x00", want: "{\"a\":1}\n{\"b\":2}\n"},
	{name: "syslog", text: "<11>1 a\nb\x00<11>1 c", want: "<11>1 a b\n<11>1 c"},
	{name: "a stray NUL", text: "{\"a\":1}\x00 and more\n"},
}

func TestNUL(t *testing.T) { checkRewritings(t, "nul", inNUL) }

func FuzzNUL(f *testing.F) { fuzz(f, openNUL, endsInNUL, inNUL) }
