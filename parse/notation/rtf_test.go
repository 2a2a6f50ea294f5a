package notation

import (
	"strings"
	"testing"
)

const rtfHead = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Courier New;}}\r\n{\\colortbl;\\red0\\green0\\blue255;}{\\*\\generator x;}{\\info{\\author {y}}}\\pard\\f0\\fs22 "

var inRTF = []rewriting{
	{name: "paragraphs", text: rtfHead + failed + "\\par\r\n" + frame + "\\par\r\n{\\b " + harmless[:10] + "}" + harmless[10:] + "\\line }\x00", want: failed + "\n" + frame + "\n" + harmless + "\n"},
	{name: "backslashes at the end of lines", text: rtfHead + failed + "\\\n" + harmless + "\\\r\n}", want: failed + "\n" + harmless + "\n"},
	{name: "characters", text: rtfHead + failed + `\par \{\}\\\~\_ \'e9\'80\'zz\emdash\uc1\u8364?\u-10179 ?\u-8704 ?{\uc0\u233}\u233\'e9x\tab y}`, want: failed + "\n{}\\ - é€zz—€😀ééx\ty"},
	{name: "a table and a link", text: rtfHead + `\trowd\cellx10 ` + failed + `\cell {\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt{\ul y}}}\cell\row}`, want: failed + "\ty\t\n"},
	{name: "binary data", text: rtfHead + failed + `\par{\pict\bin5 {{{{{ ff}` + `\bin2 }}x}`, want: failed + "\nx"},
	{name: "broken off", text: rtfHead + failed + `\par{` + harmless, want: failed + "\n" + harmless, damaged: true},
	{name: "broken off in a word", text: rtfHead + failed + `\pa`, want: failed, damaged: true},
	{name: "nested too deeply", text: rtfHead + failed + strings.Repeat("{", 2*maxRTFDepth), want: failed, damaged: true},
	{name: "another text", text: rtfHead + harmless + "}"},
	{name: "braces", text: "{rtf " + failed + "}"},
}

func TestRTF(t *testing.T) { checkRewritings(t, "rtf", inRTF) }

func FuzzRTF(f *testing.F) { fuzz(f, openRTF, isRTF, inRTF) }
