package unpack

import (
	"errors"
	"strings"
	"testing"
)

func TestMembersHaveUniqueNames(t *testing.T) {
	a := (&unpacker{}).archive("a", nil)
	seen := map[string]bool{}
	long := strings.Repeat("ü", maxName)
	for _, name := range []string{"x", "x", "x (2)", "x", "./x", "x (2) (2)", long + "1", long + "2"} {
		got := a.title(name)
		if seen[got] || len(got) > maxName+20 {
			t.Errorf("%s is called %s", name, got)
		}
		seen[got] = true
	}
}

func TestArchivesHaveALimit(t *testing.T) {
	a := &archive{files: maxMembers}
	var unreadable *UnreadableError
	if !a.full() || !errors.As(a.damage, &unreadable) {
		t.Errorf("after the last member that is read: %v", a.damage)
	}
	a = &archive{files: maxMembers - 1}
	if a.full() || a.damage != nil {
		t.Errorf("before it: %v", a.damage)
	}
}

func TestOtherDataIsNotRecognizedAsUTF16(t *testing.T) {
	for _, text := range []string{"", "a\x00", "a\x00b\x00", strings.Repeat("\x00", 100), strings.Repeat("a\x00b\x00\x00\x00", 20), strings.Repeat("abc\x00", 20), strings.Repeat("line\n", 20)} {
		if _, ok := utf16Order([]byte(text)); ok {
			t.Errorf("%q was taken for UTF-16", text)
		}
	}
}

func TestTextIsNotRecognizedAsPacked(t *testing.T) {
	for _, text := range []string{"BZhang joined\n", "BZh9 is not enough\n", "PK\n", "7zip failed\n", "Rar!\n", "PAR\n"} {
		if p := packingOf([]byte(text)); p != nil {
			t.Errorf("%q was taken for %s", text, p.name)
		}
	}
}
