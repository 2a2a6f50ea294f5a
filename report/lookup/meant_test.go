package lookup_test

import (
	"strings"
	"testing"

	"github.com/otlog/otlog/report/lookup"
)

func TestErrors(t *testing.T) {
	for typed, want := range map[string]string{
		"OT_TIMEOUT": "OT_TIMEOUT", "timeout": "OT_TIMEOUT", "ot_Timeout": "OT_TIMEOUT",
		"Hardware unavailable": "OT_HARDWARE_UNAVAILABLE", "hardware_unavailable": "OT_HARDWARE_UNAVAILABLE",
		"NotAllowedError": "OT_USER_MEDIA_ACCESS_DENIED", "notreadableerror": "OT_HARDWARE_UNAVAILABLE",
		"OverconstrainedError": "OT_CONSTRAINTS_NOT_SATISFIED", "NotFoundError": "OT_NO_DEVICES_FOUND",
		"AbortError": "", "OT_TIMEOT": "", "": "", "OT_": "",
	} {
		var got []string
		for _, id := range lookup.Errors(typed) {
			got = append(got, id.Name())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	for typed, want := range map[string]string{
		"publish": "Session.publish", "initpublisher": "OT.initPublisher", "Session.Publish": "Session.publish",
		"getstats": "Subscriber.getStats Publisher.getStats", "": "", "publsh": "", "unknown": "",
	} {
		var got []string
		for _, id := range lookup.Methods(typed) {
			got = append(got, id.Name())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
