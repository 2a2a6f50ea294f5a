package container

import (
	"bytes"
	"testing"
)

func TestLines(t *testing.T) {
	for _, test := range []struct {
		reader       Reader
		line, stream string
		text         string
		more, is     bool
	}{
		{Docker, `{"log":"text\n","stream":"stdout","time":"2026-11-23T10:44:25.9Z"}`, "stdout", `text\n`, false, true},
		{Docker, `{"log":"{\"msg\":\"text\"}\n","stream":"stderr"}`, "stderr", `{\"msg\":\"text\"}\n`, false, true},
		{Docker, `{"log":"a piece","stream":"stdout"}`, "stdout", `a piece`, true, true},
		{Docker, `{"log":"C:\\n","stream":"stdout"}`, "stdout", `C:\\n`, true, true},
		{Docker, `{"log":"text","stream":"stdout","logtag":"F"}`, "stdout", `text`, false, true},
		{Docker, `{"log":"text\n"}`, "", "", false, false},
		{Docker, `{"log":"text\n","stream":"stdout"`, "", "", false, false},
		{CRI, `2026-11-23T10:44:25.9Z stdout F some text`, "stdout", "some text", false, true},
		{CRI, `2026-11-23T10:44:25.9Z stderr P some text`, "stderr", "some text", true, true},
		{CRI, `2026-11-23T10:44:25.9Z stderr F`, "stderr", "", false, true},
		{CRI, `2026-11-23T10:44:25.9Z error F some text`, "", "", false, false},
		{CRI, `2026-13-23T10:44:25.9Z stdout F some text`, "", "", false, false},
	} {
		x, is := test.reader.Read([]byte(test.line))
		if is != test.is || string(x.Stream) != test.stream || string(x.Text) != test.text || x.More != test.more {
			t.Errorf("%s: got %s %q %t, %t", test.line, x.Stream, x.Text, x.More, is)
		}
	}
}

// FuzzWhole compares the fast check of whether a line is whole with the reader.
func FuzzWhole(f *testing.F) {
	for _, s := range []string{`text\n`, `{\"a\":1}\n`, `\\n`, `\\\n`, `a","x":"\n`, `"`, `\`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		line := append(append([]byte(dockerStart), log...), `","stream":"stdout"}`...)
		if x, is := readDocker(line); is && bytes.HasPrefix(line, append([]byte(dockerStart), x.Text...)) && isWholeDockerLine(line) == x.More {
			t.Fatalf("%s: more %t", line, x.More)
		}
	})
}
