package explain_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report/explain"
)

func TestExplain(t *testing.T) {
	for query, file := range map[string]string{
		"OT_STREAM_CREATE_FAILED": "explain-name.txt", // listed twice, with two meanings
		"1010":                    "explain-code.txt",
		"session.FORCEUNPUBLISH":  "explain-method.txt",
		"0009":                    "explain-zeros.txt",
		"1541":                    "explain-native.txt",
		"1015":                    "explain-native-other.txt",
	} {
		golden.Check(t, file, reporttest.Print(t, func(w io.Writer) error { return explain.Write(w, query, 0) }))
	}
}

func TestExplainFindsWhatIsMeant(t *testing.T) {
	for query, head := range map[string]string{
		"ot_timeout": "OT_TIMEOUT", "timeout": "OT_TIMEOUT", "Publish": "Session.publish",
		"9": "Code 0009", "3004": "Code 3001-3007", "initpublisher": "OT.initPublisher",
		"PROXY_URL_ALREADY_SET_ERROR": "PROXY_URL_ALREADY_SET_ERROR",
	} {
		out := string(reporttest.Print(t, func(w io.Writer) error { return explain.Write(w, query, 0) }))
		if !strings.HasPrefix("\n"+out, "\n"+head) && !strings.Contains(out, "\n"+head) {
			t.Errorf("%s explains something else than %s:\n%s", query, head, out)
		}
	}
	for query, near := range map[string]string{"OT_TIMEUOT": "OT_TIMEOUT", "USER_MEDIA_DENIED": "OT_USER_MEDIA_ACCESS_DENIED", "Session.conect": "Session.connect", "publsh": "Session.publish"} {
		var unknown *explain.UnknownError
		if err := explain.Write(io.Discard, query, 0); !errors.As(err, &unknown) || len(unknown.Near) == 0 || unknown.Near[0] != near {
			t.Errorf("%s: got %+v, want a hint to %s", query, unknown, near)
		}
	}
}
