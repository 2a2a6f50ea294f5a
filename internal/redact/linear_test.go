package redact

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestWorkIsLinear redacts texts and records in which something begins again and again, and others that are twice
// as long. Every statement runs about twice as often for them; it would run four times as often if the work were
// quadratic. A second test binary counts that, as its coverage, so the speed of the machine does not matter.
func TestWorkIsLinear(t *testing.T) {
	const size, variable = 24 << 10, "OTLOG_REDACT_REPEATED"
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		redactRepeated(n)
		return
	}
	binary := filepath.Join(t.TempDir(), "redact.test")
	if out, err := exec.Command("go", "test", "-c", "-cover", "-covermode=count", "-coverpkg=.,strings,bytes", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	counts := func(size int) map[string]int {
		profile := filepath.Join(t.TempDir(), "profile")
		cmd := exec.Command(binary, "-test.run=^TestWorkIsLinear$", "-test.coverprofile="+profile)
		cmd.Env = append(os.Environ(), variable+"="+strconv.Itoa(size))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return readProfile(t, profile)
	}
	few, many := counts(size), counts(2*size)
	if len(many) < 100 {
		t.Fatalf("only %d blocks were counted", len(many))
	}
	for block, n := range many {
		if was := few[block]; n > 3*was+1000 {
			t.Errorf("%s ran %d times, and %d times for texts twice as long", block, was, n)
		}
	}
}

// redactRepeated redacts texts of a size.
func redactRepeated(size int) {
	for _, piece := range repeatedTexts {
		Text(strings.Repeat(piece, size/len(piece)))
	}
	for _, piece := range repeatedFields {
		record := "{" + strings.Repeat(piece, size/len(piece))
		FieldsOf([]byte(record)).Text(record)
	}
}

// readProfile returns how often each block of statements in a profile of coverage ran.
func readProfile(t *testing.T, name string) map[string]int {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); { // file.go:12.3,14.5 2 100
		if words := strings.Fields(lines.Text()); len(words) == 3 {
			n, err := strconv.Atoi(words[2])
			if err != nil {
				t.Fatal(err)
			}
			out[words[0]] = n
		}
	}
	return out
}

// repeatedTexts and repeatedFields begin something that never ends, or what a search must not read twice.
var (
	repeatedTexts = []string{
		"eyJ", "eyJa", "T1==", "://", "://a:", "a%3A%2F%2F", `\`, `\\\"`, "&", "%25", "-----BEGIN", "-----BEGIN PRIVATE KEY-----",
		"token", "token ", "token:", `token:"`, `"token":`, `"token" `, "token=", "token=a,", "token='a'b", "<token>", "<token ", "<token><!", "<token>a<", "cookie=a=b;",
		"Cookie: a=b;", "Authorization: Digest a=b,", `"token":["`, `"token":[""`, "token:[", "--token ", "Bearer ", `token="null"`, "cookie: a", `"`, `""`,
		`"token",`, `"cookie", `, "token\n", "private key: ", "https://a:b/", "token: is a ",
		"a@b.", "a@", "@", "a.", "%40", `\u0040`, "&#64;", "1.2.3.", "1.2.3.4", "1.2.3.4-", "a:", "::", "2001:db8::", "%3A", "VDE9P", "VDE9PQ", "connectionId", "data:", "data: a,", `"token":{`, `"token":{"a":`, `"token":{"a":"b"`, "{token: {", "token=<", "token[0]", "token：", "1.2.3.4_", `"tokens":[`,
	}
	repeatedFields = []string{
		"{", "[", `{"a":`, `{"token":`, `["token",`, `"token":"abc123",`, `{"v":"{\"v\":\"`, `"a`, `\"`, "}", `{"value":{"name":"token","value":`, `"{[`,
	}
)
