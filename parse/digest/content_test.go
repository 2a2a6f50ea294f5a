package digest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func contentOf(text string) Content {
	var c Content
	c.Add([]byte(text))
	return c
}

func TestContentsJoin(t *testing.T) {
	const check = "123456789"
	if c := contentOf(check); c != (Content{9, 0xcbf43926}) {
		t.Errorf("got %x, want the check value of CRC-32", c)
	}
	long := strings.Repeat("\x00\xff", 5<<20)
	for _, parts := range [][]string{
		{""}, {check}, {"", check}, {check, ""}, {"", "", check}, {"1", "23456789"}, {"12345678", "9"},
		{"123", "", "456", "789"}, strings.Split(check, ""), {"\x00", "\x00\x00"}, {"\x00", "a"},
		{"a", long, "b"}, {long, long}, {long[1:], check, long},
	} {
		var joined Content
		for _, part := range parts {
			joined.Join(contentOf(part))
		}
		if want := contentOf(strings.Join(parts, "")); joined != want {
			t.Errorf("%d parts of %.20q…: got %x, want %x", len(parts), parts[0], joined, want)
		}
	}
}

func TestContentsJoinWhereverTheyAreCut(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 71))
		text := make([]byte, r.IntN(1<<r.IntN(20)))
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		var joined Content
		for rest := text; len(rest) > 0; {
			n := 1 + r.IntN(min(len(rest), 1+len(rest)/2))
			joined.Join(contentOf(string(rest[:n])))
			rest = rest[n:]
		}
		if want := contentOf(string(text)); joined != want {
			t.Fatalf("seed %d: got %x, want %x", seed, joined, want)
		}
	}
}
