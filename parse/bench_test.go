package parse

import "testing"

func BenchmarkDecode(b *testing.B) {
	for _, test := range []struct {
		name, line string
		format     Format
	}{
		{"json", `{"timestamp":"2026-11-23T10:44:25.972Z","level":"info","message":"joined the room with two devices","file":"app.js"}` + "\n", Format{Name: "jsonl"}},
		{"console", "2026-11-23T10:44:25.972Z app.js:36031 joined the room with two devices and a camera that is not there\n", Format{Name: "console", stacks: true}},
		{"untimed", "app.js:36031 joined the room with two devices and a camera that is not there, but a microphone\n", Format{Name: "console", stacks: true}},
	} {
		b.Run(test.name, func(b *testing.B) {
			var d Decoder
			var data []byte
			for len(data) < 200<<10 {
				data = append(data, test.line...)
			}
			block := &Block{Data: data, Format: test.format}
			f := finding(never)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for range d.Events(block, f) {
				}
			}
		})
	}
}
