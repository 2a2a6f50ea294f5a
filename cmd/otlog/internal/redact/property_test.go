package redact

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"
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

// TestTimeIsLinear redacts texts in which something begins again and again.
func TestTimeIsLinear(t *testing.T) {
	for _, piece := range []string{
		"eyJ", "eyJa", "T1==", "://", "://a:", "a%3A%2F%2F", `\`, `\\\"`, "&", "%25", "-----BEGIN", "-----BEGIN PRIVATE KEY-----",
		"token", "token ", "token:", `token:"`, `"token":`, `"token" `, "token=", "token=a,", "token='a'b", "<token>", "<token ", "<token><!", "<token>a<", "cookie=a=b;",
		"Cookie: a=b;", "Authorization: Digest a=b,", `"token":["`, `"token":[""`, "token:[", "--token ", "Bearer ", `token="null"`, "cookie: a", `"`, `""`,
		`"token",`, `"cookie", `, "token\n", "private key: ", "https://a:b/", "token: is a ",
	} {
		start := time.Now()
		Text(strings.Repeat(piece, 1<<18/len(piece)))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("256 KiB of %q took %v", piece, took)
		}
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
