package aggregate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// TestNeighbours counts failures of one session that are close to each other, and differ.
func TestNeighbours(t *testing.T) {
	const socket = "OpenTok:RaptorSocket:error OT_DISCONNECTED: x +0ms"
	posted := func(action, variation, ids string) string {
		return fmt.Sprintf(`{"action":%q,"variation":%q,%s,"clientSystemTime":%%d000}`, action, variation, ids)
	}
	for _, test := range []struct {
		name                string
		records             []string // a second apart: telemetry, or a message
		failures, recovered int64
	}{
		{"a socket, and a title of subscribe", []string{socket, "OT.exception :: title: Unable to Subscribe (1501) msg: x"}, 2, 0},
		{"a socket, and a title of publish", []string{socket, "OT.exception :: title: Unable to Publish (1500) msg: x"}, 2, 0},
		{"a socket, and a title of connect", []string{socket, "OT.exception :: title: Connect Failed (1006) msg: x"}, 1, 0},
		{"a socket, and an error that connect does not have", []string{socket, "OT_HARDWARE_UNAVAILABLE: x"}, 2, 0},
		{"an error that connect does not have, and a socket", []string{"OT_STREAM_NOT_FOUND: x", socket}, 2, 0},
		{"a socket, and an error of connect", []string{socket, "OT_CONNECT_FAILED: x"}, 1, 0},
		{"a code of subscribe beside an error of publish", []string{"OT_TIMEOUT: Session.publish :: x", "OT.exception :: title: Unable to Subscribe (1501) msg: x"}, 2, 0},
		{"a code of publish beside an error of publish", []string{"OT_TIMEOUT: Session.publish :: x", "OT.exception :: title: Unable to Publish (1500) msg: x"}, 1, 0},
		{"a guid beside a client", []string{
			posted("Publish", "Attempt", `"streamId":"p","connectionId":"c","clientInstanceId":"k","guid":"g"`),
			`{"connectionId":"c","guid":"g","message":"OT_TIMEOUT: Session.publish :: x"}`,
			posted("Publish", "Success", `"streamId":"p","connectionId":"c","clientInstanceId":"k","guid":"g"`)}, 0, 1},
		{"another client", []string{
			posted("Publish", "Attempt", `"streamId":"p","clientInstanceId":"k"`),
			`{"clientInstanceId":"other","message":"OT_TIMEOUT: Session.publish :: x"}`,
			posted("Publish", "Success", `"streamId":"p","clientInstanceId":"k"`)}, 1, 0},
		{"a stream beside its subscriber", []string{
			posted("Subscribe", "Attempt", `"streamId":"p","subscriberId":"u"`),
			posted("Subscribe", "Failure", `"streamId":"p","subscriberId":"u"`),
			`{"streamId":"p","message":"OT_TIMEOUT: Session.subscribe :: x"}`}, 1, 0},
		{"another stream beside a subscriber", []string{
			posted("Subscribe", "Attempt", `"streamId":"p","subscriberId":"u"`),
			posted("Subscribe", "Failure", `"streamId":"p","subscriberId":"u"`),
			`{"streamId":"q","message":"OT_TIMEOUT: Session.subscribe :: x"}`}, 2, 0},
		{"another subscriber of a stream", []string{
			posted("Subscribe", "Attempt", `"streamId":"p","subscriberId":"u"`),
			posted("Subscribe", "Failure", `"streamId":"p","subscriberId":"u"`),
			`{"streamId":"p","subscriberId":"w","message":"OT_TIMEOUT: Session.subscribe :: x"}`}, 2, 0},
		{"a failure that is not fatal", []string{
			posted("Publish", "Attempt", `"streamId":"p","clientInstanceId":"k"`),
			posted("Publish", "Failure", `"streamId":"p","clientInstanceId":"k","failureReason":"Non-fatal"`),
			posted("Publish", "Success", `"streamId":"p","clientInstanceId":"k"`)}, 0, 0},
	} {
		var log strings.Builder
		for i, record := range test.records {
			at := 1793613600 + i
			switch {
			case strings.Contains(record, "%d"):
				record = fmt.Sprintf(record, at)
			case !strings.HasPrefix(record, "{"):
				record = fmt.Sprintf(`{"message":%q}`, record)
			}
			fmt.Fprintf(&log, "{\"time\":%d,\"sessionId\":%q,%s\n", at, sessionA, record[1:])
		}
		c := settled(scanned(t, []parse.Source{write(t, "log", []byte(log.String()))}, Options{}))
		failed, recovered := int64(0), int64(0)
		for _, s := range sessionsIn(c, Filter{}) {
			for _, row := range s.Rows {
				failed, recovered = failed+row.Failures, recovered+row.Recovered
			}
		}
		if failed != test.failures || recovered != test.recovered {
			t.Errorf("%s: %d failures, %d recovered, want %d, %d", test.name, failed, recovered, test.failures, test.recovered)
		}
	}
}
