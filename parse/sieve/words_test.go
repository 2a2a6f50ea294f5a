package sieve

import "testing"

// TestWords checks HasWords against its regular expression, at every border of a text.
func TestWords(t *testing.T) {
	for _, text := range []string{
		"OT_X", "xOT_X", "OOT_X", " OT_X", "OT_x", "OT_", "OT", "O", "", "OpenTok:A", "OpenTok:a", "xOpenTok:A",
		"OT.exception", "OT.exceptio", "OTXexception", "OOpenTok:B", "OTOT_X", "OT OT_X", "OT-OT_X", "é OT_X", "éOT_X", "OOO",
	} {
		for _, around := range []string{text, text + " ", "{" + text + "}", text + text, "O" + text + "O"} {
			for end := range len(around) + 1 {
				if got, want := HasWords([]byte(around[:end])), sdkWords.MatchString(around[:end]); got != want {
					t.Errorf("HasWords(%q) = %v, want %v", around[:end], got, want)
				}
			}
		}
	}
}
