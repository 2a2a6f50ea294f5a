package field

import (
	"testing"

	"github.com/otlog/otlog/parse/timestamp"
)

func TestUses(t *testing.T) {
	const at, id = "2026-11-23T10:44:25.972Z", "1_MX40NTMyODc3Mn5-MTc5NTQzMDY2NTk3Mn5hYTEx"
	tests := []struct {
		name                   string
		records                []string
		roles                  Roles
		time, session, message Use
	}{
		{"nothing", nil, Roles{}, Use{}, Use{}, Use{}},
		{"known names", []string{`{"ts":"` + at + `","sessionId":"a","msg":"x"}`}, Roles{}, Use{"ts", Known, 1}, Use{"sessionId", Known, 1}, Use{"msg", Known, 1}},
		{"the best of them", []string{`{"date":"` + at + `","timestamp":"` + at + `","session":"a","sessionId":"b"}`}, Roles{}, Use{"timestamp", Known, 1}, Use{"sessionId", Known, 1}, Use{}},
		{"the outermost time", []string{`{"a":{"timestamp":"` + at + `"},"date":"` + at + `"}`}, Roles{}, Use{"date", Known, 1}, Use{}, Use{}},
		{"but the client's own", []string{`{"a":"{\"clientSystemTime\":1795430665972}","date":"` + at + `"}`}, Roles{}, Use{"a.clientSystemTime", Known, 1}, Use{}, Use{}},
		{"an ID before another value", []string{`{"sessionId":"a","b":{"session":"` + id + `"}}`}, Roles{}, Use{}, Use{"b.session", Known, 1}, Use{}},
		{"a time that is none", []string{`{"timestamp":"yesterday","date":"` + at + `"}`}, Roles{}, Use{"date", Known, 1}, Use{}, Use{}},
		{"most records", []string{`{"msg":"x"}`, `{"text":"x"}`, `{"text":"y"}`, `{}`}, Roles{}, Use{}, Use{}, Use{"text", Known, 2}},
		{"an object that is the message", []string{`{"body":{"stringValue":"x"}}`}, Roles{}, Use{}, Use{}, Use{"body", Known, 1}},
		{"an object around it", []string{`{"log":"{\"msg\":\"x\"}"}`}, Roles{}, Use{}, Use{}, Use{"log.msg", Known, 1}},
		{"given", []string{`{"a":{"b":"` + at + `"},"who":"ann","what":"x","time":"` + at + `"}`}, Roles{Given: Names{"a.b", "who", "what"}}, Use{"a.b", ByUser, 1}, Use{"who", ByUser, 1}, Use{"what", ByUser, 1}},
		{"learned", []string{`{"b":"` + at + `"}`}, Roles{Learned: Names{Time: "b"}}, Use{"b", ByValues, 1}, Use{}, Use{}},
	}
	for _, test := range tests {
		var records [][]byte
		for _, r := range test.records {
			records = append(records, []byte(r))
		}
		time, session, message := Uses(records, &test.roles, timestamp.NewClock(timestamp.Times{}))
		if time != test.time || session != test.session || message != test.message {
			t.Errorf("%s: got %v, %v and %v", test.name, time, session, message)
		}
	}
}
