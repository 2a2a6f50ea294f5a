package notation

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

var inJSON = []rewriting{
	{
		name: "Kafka", text: `[{"topic":"t","key":null,"value":"` + encode("session="+session+" OT_TIMEOUT: \"late\"") + `","offset":0}]`,
		want: `[{"topic":"t","key":null,"value":"session=` + session + ` OT_TIMEOUT: \"late\"","offset":0}]`,
	},
	{
		name: "a time at the start", text: `{"value" : "` + encode(failed+"\n"+frame) + `"}`,
		want: `{"value" : "` + failed + `\n` + frame + `"}`,
	},
	{
		name: "many lines", text: `{"LogResult":"` + encode(failed+"\n"+harmless+"\n") + `"}`,
		want: `{"LogResult":"` + failed + `\n` + harmless + `\n"}`,
	},
	{
		name: "an element", text: `["` + encode(failed) + `"]`,
		want: `["` + failed + `"]`,
	},
	{
		name: "compressed", text: `{"awslogs":{"data":"` + encode(packed(`{"logEvents":[{"message":"x"}]}`)) + `"}}`,
		want: `{"awslogs":{"data":"{\"logEvents\":[{\"message\":\"x\"}]}"}}`,
	},
	{
		name: "the other alphabet, without padding", text: `{"a":"` + strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(failed+"\n"+"??>>~~"+harmless)), "=") + `"}`,
		want: `{"a":"` + failed + `\n??>>~~` + harmless + `"}`,
	},
	{
		name: "escapes", text: `{"a":"` + strings.ReplaceAll(strings.ReplaceAll(encode(session+" OT_TIMEOUT:  late ??? ??> ~~"), "=", `\u003d`), "/", `\/`) + `\n"}`,
		want: `{"a":"` + session + ` OT_TIMEOUT:  late ??? ??> ~~"}`,
	},
	{
		name: "Unix times", text: `{"a":"` + encode(epochs) + `"}`,
		want: `{"a":"` + strings.ReplaceAll(strings.ReplaceAll(epochs, `"`, `\"`), "\n", `\n`) + `"}`,
	},
	{
		name: "hexadecimal digits", text: `{"a":"` + hex.EncodeToString([]byte(session+" OT_TIMEOUT: late")) + `","b":"\\x` + hex.EncodeToString([]byte(frame)) + `"}`,
		want: `{"a":"` + session + ` OT_TIMEOUT: late","b":"` + frame + `"}`,
	},
	{
		name: "a data URL", text: `{"a":"data:text/plain;charset=utf-8;base64,` + encode(session+" OT_TIMEOUT: late") + `"}`,
		want: `{"a":"` + session + ` OT_TIMEOUT: late"}`,
	},
	{
		name: "other strings", text: `{"id":"` + strings.Repeat("A", 80) + `","short":"` + encode("a short text") + `","value":"` + encode(session+" OT_TIMEOUT: late, late, late") + `","e":"\"` + `"}`,
		want: `{"id":"` + strings.Repeat("A", 80) + `","short":"` + encode("a short text") + `","value":"` + session + ` OT_TIMEOUT: late, late, late","e":"\"` + `"}`,
	},
	{
		name: "broken off", text: `{"value":"` + encode(failed)[:160],
		want: `{"value":"` + encode(failed)[:160],
	},
	{name: "a log that quotes base64", text: `{"message":"OT_TIMEOUT","value":"` + encode(failed) + `"}`},
	{name: "a token", text: `{"token":"T1==` + encode("partner_id=45012345&sig=9f2c:session_id="+session) + `"}`},
	{name: "a source", text: `{"text":"` + encode("throw new OT_Error('OT_AUTHENTICATION_ERROR') // in the SDK") + `","encoding":"base64"}`},
	{name: "HAR", text: `{"log":{"entries":[{"request":{"postData":{"encoding":"base64","text":"` + encode(failed) + `"}}}]}}`},
}

func TestBase64InJSON(t *testing.T) { checkRewritings(t, "base64", inJSON) }

func FuzzBase64InJSON(f *testing.F) { fuzz(f, openValuesInJSON, valuesInJSON, inJSON) }

// TestLongStringsStayAsTheyAre checks that a string that is too long does not end the text.
func TestLongStringsStayAsTheyAre(t *testing.T) {
	value := `{"value":"` + encode(failed) + `"},`
	long := `{"value":"` + encode(strings.Repeat(failed+"\n", maxRecord/len(failed))) + `"},`
	_, got, err := rewrite(t, "["+value+long+value+"{}]")
	if want := "[" + `{"value":"` + failed + `"},`; err != nil || !strings.HasPrefix(got, want+long+want[1:]) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	bomb := `{"value":"` + encode(packed(strings.Repeat("a", 2*maxRecord))) + `"},`
	if _, got, err := rewrite(t, "["+value+bomb+value+"{}]"); err == nil || !strings.HasSuffix(got, failed+`"},{"value":`) {
		t.Errorf("a long text in gzip: %d bytes, %v", len(got), err)
	}
}

var inLines = []rewriting{
	{name: "values", text: encode(failed) + "\n" + encode(harmless+"\n") + "\n", want: failed + "\n" + harmless + "\n"},
	{name: "values with tabs, compressed", text: encode(packed(failed)) + "\t" + encode(packed(harmless)), want: failed + "\n" + harmless + "\n"},
	{name: "words", text: "OpenTok Session failed\n"},
	{name: "other values", text: encode(harmless) + "\n" + encode("a line") + "\n"},
}

func TestBase64InLines(t *testing.T) { checkRewritings(t, "base64", inLines) }

func FuzzBase64InLines(f *testing.F) { fuzz(f, openValuesInLines, valuesInLines, inLines) }

// TestIsEncoded checks which texts say in base64 what a log says.
func TestIsEncoded(t *testing.T) {
	const (
		line  = "2026-11-23T10:44:25.959Z session=1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004)\n"
		token = "partner_id=45012345&sig=9f2c:session_id=1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B&create_time=1795430665&role=publisher"
		code  = "function fail(e){OTHelpers.logging.error('OpenTok:Session:error');throw new OT_Error('OT_AUTHENTICATION_ERROR')}\n"
		plain = "10:44:25 GET /rooms/12 200\n"
	)
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	var wrapped strings.Builder
	for rest := encode(line + line); rest != ""; {
		n := min(len(rest), 76)
		wrapped.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a file", encode(line + line), true},
		{"a file in lines", wrapped.String(), true},
		{"a value per record", encode(line) + "\n" + encode(plain+plain+plain) + "\n", true},
		{"Kafka", `[{"topic":"t","value":"` + encode(line) + `","partition":0}]`, true},
		{"Kinesis", `{"Records":[{"SequenceNumber":"0","Data":"` + encode(line) + `"}]}`, true},
		{"Pub/Sub", `[{"ackId":"a","message":{"data":"` + encode(line) + `","messageId":"19"}}]`, true},
		{"Lambda", `{"StatusCode":200,"LogResult":"` + encode(line) + `"}`, true},
		{"broken off", encode(line + line)[:210], true},
		{"compressed", "at " + encode(packed(line+line)), true},
		{"Unix times", "at " + encode(epochs), true},
		{"hexadecimal digits", "at " + hex.EncodeToString([]byte(line)), true},

		{"nothing", "", false},
		{"a log", line, false},
		{"a log that quotes itself", line + encode(line+line+line), false},
		{"tokens", strings.Repeat("token=T1=="+encode(token)+"\n", 9), false},
		{"a source", `{"text":"` + encode(code+code) + `","encoding":"base64"}`, false},
		{"another log that quotes one", strings.Repeat(plain, 20) + encode(line) + "\n", false},
		{"another text", encode(strings.Repeat(plain, 9)), false},
		{"letters", strings.Repeat("a", 500), false},
	} {
		if got := IsEncoded([]byte(c.text)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
