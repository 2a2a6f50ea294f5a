package aggregate

import (
	"slices"
	"testing"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// TestReasonOfAFailure gives the records of one failure different reasons. A failure is counted in the
// row of its reason, whatever the order of its records.
func TestReasonOfAFailure(t *testing.T) {
	expired, malformed := catalogue.LookupReason("token_expired"), catalogue.LookupReason("token_malformed")
	connect := method("Session.connect")
	refused := func(by classify.Evidence, reason catalogue.ReasonID) classify.Verdict {
		return classify.Verdict{Error: id("OT_AUTHENTICATION_ERROR"), Evidence: by, Code: 1004, Method: connect, MethodFrom: classify.MethodSpelled, Reason: reason}
	}
	// A try of the socket names no failure that has a better name.
	try := classify.Verdict{
		Error: id("OT_DISCONNECTED"), Evidence: classify.ByName, Weight: classify.Socket, Method: connect, MethodFrom: classify.MethodComponent, Reason: malformed,
	}
	for _, test := range []struct {
		name  string
		lines []line
		want  catalogue.ReasonID
	}{
		{"none", []line{{"0s", 0, refused(classify.ByName, 0), ""}}, 0},
		{"one of several records", []line{{"0s", 0, refused(classify.ByName, 0), ""}, {"1s", 1, refused(classify.ByCode, expired), ""}, {"2s", 2, refused(classify.ByName, 0), ""}}, expired},
		{"the stronger evidence", []line{{"0s", 0, refused(classify.ByName, expired), ""}, {"1s", 1, refused(classify.ByPhrase, malformed), ""}}, expired},
		{"of equally strong evidence the later", []line{{"0s", 0, refused(classify.ByName, expired), ""}, {"1s", 1, refused(classify.ByName, malformed), ""}}, malformed},
		{"in one instant", []line{{"0s", 0, refused(classify.ByName, 0), ""}, {"0s", 1, refused(classify.ByName, expired), ""}}, expired},
		{"of another error", []line{{"0s", 0, try, ""}, {"1s", 1, refused(classify.ByCode, 0), ""}}, 0},
	} {
		var records []*refRecord
		for _, l := range test.lines {
			records = append(records, l.record(t))
		}
		for range 2 {
			failures := map[catalogue.ReasonID]int64{}
			for _, s := range sessionsIn(counts(tallyOfRecords(records)), Filter{}) {
				for _, row := range s.Rows {
					failures[row.Reason] += row.Failures
				}
			}
			if len(failures) != 1 || failures[test.want] != 1 {
				t.Errorf("%s: got %v, want one failure because of %q", test.name, failures, test.want)
			}
			slices.Reverse(records)
		}
	}
}
