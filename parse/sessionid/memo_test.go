package sessionid

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMemo compares what a Memo finds with what is found without one, in texts that share IDs and
// parts of IDs.
func TestMemo(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 5))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	const id = "1_MX40NTExMjM0N35-MTc5MzU3NzYwMTI4M345enExTVhCd29wTkxWWFhSaEZMZm0yZzF-fg--"
	other := strings.Replace(id, "MTc5", "MTc6", 1)
	var m Memo
	found := 0
	for range 50_000 {
		var b strings.Builder
		for range r.IntN(4) {
			b.WriteString(pick("session=", "x", "\\n", "%20", `"`, "_MX", " "))
			b.WriteString(pick(id, other, id[:60], id+"Ab", id+"~", "2"+id[1:], "join"))
			b.WriteString(pick("", " ", `"`, "...", "…", "/x", "_MX4", "="))
		}
		start, end := Next([]byte(b.String()))
		if gotStart, gotEnd := m.Next([]byte(b.String())); gotStart != start || gotEnd != end {
			t.Fatalf("%q: got %d to %d, want %d to %d", b.String(), gotStart, gotEnd, start, end)
		}
		if start >= 0 {
			found++
		}
	}
	if found < 10_000 {
		t.Errorf("only %d texts have an ID", found)
	}
}
