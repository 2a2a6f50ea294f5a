package account

import "testing"

// TestCut checks that the first record is named, in whatever order parts of a source are added.
func TestCut(t *testing.T) {
	var first, second, sum Cut
	if err := sum.Err(); err != nil {
		t.Errorf("got %v", err)
	}
	first.Note(700, "b")
	second.Note(90, "a")
	second.Note(400, "b")
	for range 2 {
		sum = Cut{}
		sum.Add(&first)
		sum.Add(&second)
		sum.Add(&Cut{})
		const want = "offset 90: a: it counts by the error in it, and the rest of it is missing, as of 3 records in all"
		if err := sum.Err(); err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
		first, second = second, first
	}
}
