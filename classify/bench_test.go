package classify

import "testing"

// typical are texts of records that are read in full, as they occur in logs.
var typical = []struct{ name, text string }{
	{"false candidate", "2026-11-02T00:01:05.211Z\ninfo\napp.call.room\nMozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15\n1_MX40NTExMjM0N35-MTc5MzU3NzQwMTUyM342b3oyYXByZ1IxUXFGb1NFMTVEYnRtQWZ-fg--\nda87a504-bd7a-4165-9c57-6bfbd1b0889d\nff82fb18-ed74-450f-bfbc-5324ae0bf43c\nfeature OT_GRID_LAYOUT turned on\n"},
	{"name", "2026-11-02T00:03:25.929Z opentok.js:36031 session=2_MX40NTExMjM0N35-MTc5MzU3NzEwNjcyN35Fb2g0N1FpdTRmUU15TG9OWEJXc0xucH5- OpenTok:Session:error OT_CONNECT_FAILED:  (1006) +629ms"},
	{"phrase", "2026-11-02T00:05:20.776Z opentok.js:36031 session=1_MX40NzAxMjM0OH5-MTc5MzU3NzU0NjEyNn5UVlpDZHVISVRnMWJ4YlNsWDN0eXl2UTF-fg-- OpenTok:Publisher:error OT.Publisher.onPublishingTimeout +26s"},
	{"exception", "2026-11-02T00:06:19.320Z opentok.js:36031 session=1_MX40NTAxMjM0NX5-MTc5MzU3NzU0MTIwNn5wYmZjQ1FRcVl5UHZkcEZnY2hVOTFifn4- OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: Session.publish :: No device was found +726ms\n    at handleClick (https://app.example/static/room.js:212:17)\n    at dispatch (https://app.example/static/vendor.js:9:1500)"},
	{"preview", "2026-11-02T00:03:25.936Z call.js:1500 session=2_MX40NTExMjM0N35-MTc5MzU3NzEwNjcyN35Fb2g0N1FpdTRmUU15TG9OWEJXc0xucH5- video error OTErrorClass {code: 1006, message: ' (1006)', name: 'OT_CONNECT_FAILED', stack: 'Error'}\nemit @ opentok.js:36011\n(anonymous) @ index.js:217"},
}

func BenchmarkMatch(b *testing.B) {
	for _, test := range typical {
		b.Run(test.name, func(b *testing.B) {
			r := &Record{Text: []byte(test.text)}
			b.ReportAllocs()
			for b.Loop() {
				Match(r)
			}
		})
	}
}

func BenchmarkHoldsValue(b *testing.B) {
	for _, test := range []struct{ name, value string }{
		{"word", "debug"},
		{"uuid", "f22c351b-4909-4048-b4c0-363c1cb4004b"},
		{"url", "https://app.example/static/vendor.js?version=26.1"},
		{"user agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"},
		{"sentence", "stream 420ad4b2-2311-4e10-b518-4bd0581f5739 property changed: video_dimensions 640x480 to 1280x720"},
		{"short sentence", "network quality changed to good, estimated 1759 kbps"},
	} {
		b.Run(test.name, func(b *testing.B) {
			var f Finder
			value := []byte(test.value)
			for b.Loop() {
				f.HoldsValue(value)
			}
		})
	}
}
