package redact

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
)

// contexts are texts in which § is a secret. The second string is how the context writes it.
var contexts = []struct {
	name, text string
	write      func(string) string
}{
	{"token", "Token: T1==§ (1004)", base64Only},
	{"percent-encoded token", "wss://h/?t=T1%3D%3D§&x=1", base64Only},
	{"web token", "jwt is eyJhbGciOiJIUzI1.§.§", base64Only},
	{"private key", "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----", base64Only},
	{"JSON", `{"n":1,"apiSecret":"§","x":{"y":1}}`, jsonString},
	{"spaced JSON", `{ "n" : 1, "password" : "§" }`, jsonString},
	{"JSON in a string", `{"m":"{\"n\":1,\"token\":\"§\",\"x\":1}"}`, twice(jsonString)},
	{"JSON in a string in a string", `"\"{\\\"credential\\\":\\\"§\\\",\\\"x\\\":1}\""`, twice(twice(jsonString))},
	{"JSON with escapes", `\u0022token\u0022:\u0022§\u0022,`, escapeQuotes},
	{"JSON in CSV", `1,"{""secret"":""§"",""x"":1}",2`, base64Only},
	{"JSON in HTML", `{&#34;secret&#34;:&#34;§&#34;}`, func(s string) string { return html.EscapeString(jsonString(s)) }},
	{"JSON in a URL", `?q=%7B%22secret%22%3A%22§%22%7D`, func(s string) string { return url.QueryEscape(jsonString(s)) }},
	{"preview", `Object {n: 1, encryptionSecret: '§', x: 1}`, noQuotes},
	{"preview with double marks", `Object {n: 1, refreshToken: "§", x: 1}`, noQuotes},
	{"bare preview", `{sessionToken: §, x: 1}`, bare},
	{"assignment", "INFO OPENTOK_API_SECRET=§ next=1", bare},
	{"YAML", "api_secret: §\nnext: 1", bare},
	{"query", "GET /x?a=1&access_token=§&b=2 HTTP/1.1", escapeQuery},
	{"query in a query", "GET /x?u=%2Fy%3Ftoken%3D§%26b%3D2 HTTP/1.1", base64Only},
	{"header", "X-OPENTOK-AUTH: §\r\nHost: x", bare},
	{"basic", "authorization: Basic §\r\nHost: x", base64Only},
	{"bearer", "Authorization: Bearer § (401)", base64Only},
	{"cookie", "Cookie: a=1; sid=§; b=2\r\nHost: x", base64Only},
	{"set cookie", `\r\nSet-Cookie: sid=§; Path=/; HttpOnly\r\nHost: x`, base64Only},
	{"URL", "connect https://user:§@host/path failed", escapeQuery},
	{"header pair", `{"name":"Authorization","value":"Bearer §"}`, jsonString},
	{"element", "<a><password>§</password></a>", base64Only},
	{"object", `{"token":{"n":1,"value":"§"},"x":1}`, jsonString},
	{"list of several", `{"passwords":["§","§"],"x":1}`, jsonString},
	{"flag", "otlog --api-secret § x", base64Only},
}

func TestContexts(t *testing.T) {
	for _, secret := range []string{"a", "hunter2", "0123456789abcdef", `a"b'c`, "a,b;c&d=e", `back\slash\`, "p@s/s:w#d", "end)", "expired7"} {
		checkContexts(t, secret)
	}
}

func FuzzContexts(f *testing.F) {
	for _, secret := range []string{"hunter2", `a"b'c\`, "a,b;c&d=e", "x)]}|<>", "[redacted]", "T1==", "eyJ", "a%22b", "Basic x", "://a:b@"} {
		f.Add(secret)
	}
	f.Fuzz(checkContexts)
}

// checkContexts puts a secret into each context, and checks that none of it remains but the rest of
// the context does.
func checkContexts(t *testing.T, secret string) {
	t.Helper()
	for _, c := range contexts {
		const first, last = "Q7", "Z9" // neither a word nor punctuation
		written := first + c.write(secret) + last
		text := strings.ReplaceAll(c.text, "§", written)
		got := Text(text)
		if strings.Contains(got, first) || strings.Contains(got, last) {
			t.Errorf("%s: secret %q: %s\nis shown in %s", c.name, secret, text, got)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: %s\nredacted twice %s", c.name, got, again)
		}
	}
}

// FuzzText checks that redacting twice redacts no more.
func FuzzText(f *testing.F) {
	for _, c := range contexts {
		f.Add(strings.ReplaceAll(c.text, "§", "Q7hunter2"))
	}
	f.Add("Object {n: 1, encryptionSecret: 'n7hunter2'nSecret: 'n7h, x: 1}")
	f.Add("SeCret: ''0SeCret:'0")
	f.Add("wss://u@hT1==a/b@x")
	f.Add("wss://hT1==a/b@x")
	f.Fuzz(func(t *testing.T, text string) {
		once := Text(text)
		if twice := Text(once); twice != once {
			t.Errorf("%q\nonce  %q\ntwice %q", text, once, twice)
		}
	})
}

// known are secrets that are known by their shape, each with pieces of it that must not be shown.
var known = []struct {
	text  string
	shown []string
}{
	{"T1==cGFydG5lcl9pZD00NSZzaWc9UTdo", []string{"cGFydG5l", "c9UTdo"}},
	{"T1%3D%3DcGFydG5lcl9pZD00NSZzaWc9UTdo", []string{"cGFydG5l", "c9UTdo"}},
	{"T1%253D%253DcGFydG5lcl9pZD00NSZzaWc9UTdo", []string{"cGFydG5l", "c9UTdo"}},
	{`T1\u003d\u003dcGFydG5lcl9pZD00NSZzaWc9UTdo`, []string{"cGFydG5l", "c9UTdo"}},
	{"VDE9PWNHRnlkRzVsY2w5cFpEMDBOVEF4", []string{"WNHRnlk", "BOVEF4"}},
	{"eyJhbGciOiJSUzI1NiJ9.eyJRN2h1bnRlclo5IjoxfQ.UTdodW50ZXJaOQ", []string{"eyJRN2h1", "UTdodW50"}},
	{"https://q7hunter:z9secret@media.example/x", []string{"q7hunter", "z9secret"}},
	{"https%3A%2F%2Fq7hunter%3Az9secret%40media.example%2Fx", []string{"q7hunter", "z9secret"}},
	{"q7hunter+z9@q7mail.example", []string{"q7hunter", "q7mail"}},
	{"q7hunter%2Bz9%40q7mail.example", []string{"q7hunter", "q7mail"}},
	{`q7hunter\u0040q7mail.example`, []string{"q7hunter", "q7mail"}},
	{"203.0.113.77", []string{"203.0", "113.77"}},
	{"203.0.113.77:8443", []string{"203.0", "113.77"}},
	{"2001:db8:dead:beef::77", []string{"dead:beef"}},
	{"[2001:db8:dead:beef::77]:443", []string{"dead:beef"}},
	{"2001%3Adb8%3Adead%3Abeef%3A%3A77", []string{"dead%3Abeef"}},
	{"::ffff:203.0.113.77", []string{"203.0", "113.77"}},
	{"apiSecret=q7hunter", []string{"q7hunter"}},
	{"Authorization: Bearer q7hunter", []string{"q7hunter"}},
}

// FuzzSurroundings checks that no surroundings hide a secret.
func FuzzSurroundings(f *testing.F) {
	for _, c := range contexts {
		before, after, _ := strings.Cut(c.text, "§")
		f.Add(before, after)
	}
	for _, s := range [...][2]string{{`\`, `\`}, {"a%", "25"}, {"\"", "\""}, {"version", "-beta"}, {"eyJ", "."}, {"[redacted]", "[IP]"}, {"token=null", "&"}, {"\"token\":{\"\":00\"\":", "\"0"}, {"Cookie: a", "=b"}, {"-----BEGIN PRIVATE KEY--- -0", "0PRIVATE KEY-----"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, s := range known {
			text := before + "; " + s.text + " " + after
			got := Text(text)
			for _, piece := range s.shown {
				if n := strings.Count(before, piece) + strings.Count(after, piece); strings.Count(got, piece) > n {
					t.Errorf("%q\nshows %q in %q", text, piece, got)
				}
			}
			if again := Text(got); again != got {
				t.Errorf("%q\nredacted twice %q", got, again)
			}
		}
	})
}

// BenchmarkText redacts texts of events.
func BenchmarkText(b *testing.B) {
	for _, line := range [...]struct{ name, text string }{
		{"clean", "OpenTok:Session:error OT_TIMEOUT: Session.publish :: The operation timed out after 15000 ms, stream 3b241101-e2bb-4255-8caf-4136c566a962 (1500) +12ms"},
		{"token", "OpenTok:Session:error OT_AUTHENTICATION_ERROR: Invalid token format Token: T1==cGFydG5lcl9pZD00NTAxMjM0NSZzaWc9MDAw (1004) +0ms"},
		{"addresses", "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.1.5 rport 46154 of ann@host.example"},
	} {
		b.Run(line.name, func(b *testing.B) {
			b.SetBytes(int64(len(line.text)))
			b.ReportAllocs()
			for b.Loop() {
				Text(line.text)
			}
		})
	}
}

// BenchmarkFields reads a record for the secrets in its fields, and redacts its text.
func BenchmarkFields(b *testing.B) {
	const text = "Session.publish :: The operation timed out (1500)"
	record := []byte(`{"time":"2026-11-23T10:00:00.123Z","level":"error","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-","message":"` + text + `","pod":"web-0"}`)
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		FieldsOf(record).Text(text)
	}
}

// base64Only leaves the characters of base64.
func base64Only(s string) string { return only(s, "_-") }

// bare leaves what no separator is.
func bare(s string) string { return only(s, "_-+/=~.!$%^*@#:?") }

// noQuotes leaves what JavaScript shows in quotation marks.
func noQuotes(s string) string { return only(s, "_-+/=~.!$%^*@#:?,;&()[]{}<>| ") }

func only(s, others string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (isLetter(byte(r)) || isDigit(byte(r)) || strings.ContainsRune(others, r)) {
			return r
		}
		return -1
	}, s)
}

func twice(f func(string) string) func(string) string {
	return func(s string) string { return jsonString(f(s)) }
}

// jsonString returns s as in a string of JSON, without the marks.
func jsonString(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b[1 : len(b)-1])
}

// escapeQuotes returns s as in a string within a string, whose quotation marks are escapes of Unicode.
func escapeQuotes(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(jsonString(s), `\`, `\\`), `\\"`, `\\\u0022`)
}

func escapeQuery(s string) string { return url.QueryEscape(s) }
