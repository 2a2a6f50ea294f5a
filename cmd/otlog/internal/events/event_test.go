package events

import (
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
)

// A secret at the place of the cut is redacted, whether the cut would leave its beginning or its key.
func TestTextIsRedactedBeforeItIsCut(t *testing.T) {
	for _, secret := range []string{"T1==hunter2", `{"password":"hunter2"}`, "https://user:hunter2@host/"} {
		for before := maxText - len(secret) - 20; before < maxText+1; before++ {
			text := Text(&parse.Event{Text: []byte(strings.Repeat("x", before) + " " + secret + strings.Repeat(" y", 20))}, &private.Rules{})
			if strings.Contains(text, "hunt") {
				t.Fatalf("%s after %d bytes is shown: %s", secret, before, text[maxText-100:])
			}
			if len(text) > maxText+len("…") {
				t.Fatalf("the text has %d bytes", len(text))
			}
		}
	}
}
