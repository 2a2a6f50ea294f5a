package textline

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestFindEpoch finds Unix times at a place that nearly all records have in common.
func TestFindEpoch(t *testing.T) {
	const ms = 1795430665959
	for _, test := range []struct {
		format string // of the number of a record and its time in milliseconds
		want   bool
	}{
		{"%d|%d|joined", true},
		{"%d\t%d\tjoined the room", true},
		{"web-%d;%d;joined", true},
		{"Partition:0 Offset:%d CreateTime:%d joined", true},
		{"logs,host=web-%d msg=\"joined the room\" %d000000", true},
		{"\x1b_bk;%d;t=%d\ajoined", true},
		{"web-%d ts=\"%d.5\" joined", true},
		{"INSERT INTO logs VALUES (%d, %d, 'joined');", true},
		{"web-%d pid=%d joined", false},
		{"web-%d expires=%d joined", false},
		{"web-%d x%d joined", false},
		{"web-%d %d-3 joined", false},
		{"%[1]d constant 1795430665959 joined%.[2]d", false},
	} {
		var records [][]byte
		for i := range 9 {
			records = append(records, fmt.Appendf(nil, test.format, i, ms+i*1000))
		}
		at := FindEpoch(records)
		if got := at != nil; got != test.want {
			t.Errorf("%q: found %v, want %v", test.format, at, test.want)
		}
		if at == nil {
			continue
		}
		for i, r := range records {
			if got, ok := at.Time(r); !ok || got/1e6 != ms+int64(i)*1000 {
				t.Errorf("%q: got %d of %q", test.format, got, r)
			}
		}
		if _, ok := at.Time([]byte("no time")); ok {
			t.Errorf("%q: a record without a time has one", test.format)
		}
	}
}

// TestEventBeforeIngestion checks that of several times the earliest counts, unless it hardly differs.
func TestEventBeforeIngestion(t *testing.T) {
	for _, test := range []struct {
		format string // of a record's number, and of two times
		first  bool
	}{
		{"EVENTS\t%[3]d\tjoined\t%[2]d", false},
		{"EVENTS\t%[2]d\tjoined\t%[3]d", true},
		{"start=1795430000000 t=%[3]d joined %[1]d", true},
	} {
		var records [][]byte
		for i := range 9 {
			records = append(records, fmt.Appendf(nil, test.format, i, 1795430665959+i, 1795430667000+i))
		}
		at := FindEpoch(records)
		if at == nil {
			t.Fatal(test.format)
		}
		got, _ := at.Time(records[0])
		first := bytes.Contains(records[0][:min(len(records[0]), strings.Index(string(records[0]), "joined"))], fmt.Append(nil, got/1e6))
		if first != test.first {
			t.Errorf("%s: got %d", test.format, got)
		}
	}
}
