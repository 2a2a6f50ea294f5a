package timestamp

import "testing"

func TestDateAndTimeOfDayInTwoMembers(t *testing.T) {
	type member struct {
		text  string
		depth int
	}
	tests := []struct {
		members []member
		want    string
		doubt   Doubt
	}{
		{[]member{{"2026-11-23", 1}, {"10:44:25.959", 1}}, "2026-11-23T10:44:25.959Z", NoDoubt},
		{[]member{{"10:44:25.959", 1}, {"2026-11-23", 1}}, "2026-11-23T10:44:25.959Z", NoDoubt},
		{[]member{{"2026-11-23", 1}, {"1:44:25 p.m.", 1}}, "2026-11-23T13:44:25Z", NoDoubt},
		{[]member{{"2026-11-23", 1}, {"11:44:25+01:00", 1}}, "2026-11-23T10:44:25Z", NoDoubt},
		{[]member{{"2026-11-23T00:00:00.000Z", 1}, {"10:44:25", 1}}, "2026-11-23T10:44:25Z", NoDoubt},
		{[]member{{"10:44", 1}, {"2026-11-23 00:00:00", 1}}, "2026-11-23T10:44:00Z", NoDoubt},
		{[]member{{"2026-11-23T00:00:00Z", 1}}, "2026-11-23T00:00:00Z", NoDoubt},
		{[]member{{"2026/11/23", 1}, {"x", 1}, {"10:44:25", 1}}, "2026-11-23T10:44:25Z", NoDoubt},
		{[]member{{"03/04/2026", 1}, {"10:44:25", 1}}, "", DayMonth},
		{[]member{{"2026-11-23", 1}, {"10:44:25", 2}}, "", NoDoubt},
		{[]member{{"2026-11-23", 1}}, "", NoDoubt},
		{[]member{{"10:44:25", 1}, {"10:45:25", 1}}, "", NoDoubt},
	}
	c := november(nil)
	for _, test := range tests {
		want := int64(NoTime)
		if test.want != "" {
			want = at(t, test.want)
		}
		c.NewRecord()
		var got int64
		for _, m := range test.members {
			got = c.Member([]byte(m.text), m.depth)
		}
		if got != want || c.doubt != test.doubt {
			t.Errorf("%v: got %d with doubt %d, want %s", test.members, got, c.doubt, test.want)
		}
	}
}
