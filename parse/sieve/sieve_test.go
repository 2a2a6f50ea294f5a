package sieve

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestNamesOfLogs(t *testing.T) {
	for _, name := range []string{
		"a.log", "a.LOG", "a.jsonl", "a.ndjson", "server.out", "server.err", "a.har", "dir.d/a.log",
		"a.log.gz", "a.log.zst", "a.jsonl.zstd", "a.log.1", "a.log.2.gz", "a.log.2026-11-02", "a.log.2026-11-02.gz", "a.log-20261102",
		"a.log-20261102.gz", "a.log.20261102_1.zst", "a.log.bz2", "a.log.xz", "a.log.zip", "app.log.tgz", "a-2026.11.02.log",
	} {
		if !IsLogName(name) {
			t.Errorf("%s is a log", name)
		}
	}
	for _, name := range []string{"", ".", "1", "2026-11-02", "core", "a.png", "a.txt", "a.json", "a.log.bak", "a.gz", "a.1", "log.d", "a.log/b", "CHANGELOG", "README"} {
		if IsLogName(name) {
			t.Errorf("%s may be anything", name)
		}
	}
}

// TestLeftOutIsASum checks that the order of files does not matter.
func TestLeftOutIsASum(t *testing.T) {
	var one, two LeftOut
	names := []string{"e", "b", "d", "a", "c"}
	for i := range names {
		one.Note(NotText, names[i])
		var more LeftOut
		more.Note(NotText, names[len(names)-1-i])
		two.Add(&more)
	}
	for _, l := range []LeftOut{one, two} {
		if f := l[NotText]; f.Count != 5 || strings.Join(f.Names, " ") != "a b c" || l.Files() != 5 {
			t.Errorf("got %v", l)
		}
	}
}

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
