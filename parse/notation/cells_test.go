package notation

import (
	"encoding/hex"
	"strings"
	"testing"
)

const epochs = "1795430665959 OpenTok:Session:error \"OT_TIMEOUT\"\n1795430666959 x"

var inCells = []rewriting{
	{
		name: "CSV", text: "at,text,n\n2026-11-23T10:44:25Z," + encode(failed+"\n"+harmless) + ",1\n\"a\",\"" + encode(epochs) + "\",2\r\n,," + strings.Repeat("A", 80),
		want: "at,text,n\n2026-11-23T10:44:25Z,\"" + failed + "\n" + harmless + "\",1\n\"a\",\"" + strings.ReplaceAll(epochs, `"`, `""`) + "\",2\r\n,," + strings.Repeat("A", 80),
	},
	{name: "TSV, compressed", text: "id\ttext\n1\t" + encode(packed(epochs)) + "\n", want: "id\ttext\n1\t\"" + strings.ReplaceAll(epochs, `"`, `""`) + "\"\n"},
	{name: "hexadecimal digits", text: "id,text\n1,\\x" + hex.EncodeToString([]byte(failed)), want: "id,text\n1,\"" + failed + "\""},
	{name: "a console log", text: "10:44:25 sent " + encode(failed) + "\n"},
	{name: "CSV of a log", text: "text,data\nOT_TIMEOUT," + encode(failed) + "\n"},
	{name: "other values", text: "id,text\n1," + encode(harmless) + "\n"},
}

func TestBase64InCells(t *testing.T) { checkRewritings(t, "base64", inCells) }

func FuzzBase64InCells(f *testing.F) { fuzz(f, openValuesInCells, valuesInCells, inCells) }
