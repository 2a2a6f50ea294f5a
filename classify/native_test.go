package classify_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/classify"
)

// nativeLines are lines as native SDKs, their wrappers and applications print them.
var nativeLines = []string{
	// iOS
	`Publisher failed: Error Domain=OTSessionErrorDomain Code=1541 "Timed out while attempting to publish." UserInfo={NSLocalizedDescription=Timed out while attempting to publish.}`,
	`subscriber didFailWithError Error Domain=OTSubscriberErrorDomain Code=1600 "Internal error -- WebRTC subscriber error."`,
	`Error Domain=OTPublisherErrorDomain Code=1610 "(null)"`,
	`The operation couldn’t be completed. (OTSessionErrorDomain error 1010.)`,
	`{"domain":"OTSessionErrorDomain","code":1022}`,
	// Android
	`2020-05-21 17:14:16.515 9063-9063/example.com.map.demo E/MainActivity: onError: SessionErrorDomain : ConnectionFailed - Unable to connect to the session: check the network connection. in session: 2_MX40`,
	`11-23 10:44:25.003  1234  5678 I opentok-session: Start subscribing to streamId: 1f0e in the session`,
	`12-04 14:18:42.800 19185-19185/com.example.calls I/opentok-publisherkit: Setting publisher video property to true`,
	`D/opentok-nativerenderer( 1234): Setup: number of textures 16, size 8192`,
	`2024-01-30 10:00:00.003  1234-5678  opentok-session         com.example.calls                    I  Connecting to the session`,
	"Caused by\nE/opentok-subscriberkit: Destroying subscriber",
	`E/[com.opentok.android.DefaultVideoCapturer]( 5308): The camera is in use by another app`,
	"java.lang.RuntimeException: Fail to connect to camera service\n\tat com.opentok.android.PublisherKit.init(PublisherKit.java:1078)",
	`onPublishError {connectionId: "com.opentok.android.OpentokError@868beb4"}`,
	`#01 pc 000000000023a4c0  /data/app/com.example-1/lib/arm64/libopentok.so (otk_publisher_new+12)`,
	`java.lang.UnsatisfiedLinkError: dlopen failed: library "libopentok.so" not found`,
	// React Native
	` LOG  OTRN JS: There was an error:  {"code": 1010, "message": "The operation couldn’t be completed. (OTSessionErrorDomain error 1010.)"}`,
	` LOG  OTRN JS: There was an error:  {"code": 1010, "message": "Not connected"}`,
	`11-23 10:44:25.003  1234  5678 I ReactNativeJS: 'OTRN JS: There was an error: ', { code: 1500, message: 'Unable to Publish.' }`,
	`OTRN JS: There was an error sending the signal {"code":1461}`,
	` LOG  OTRN JS: There was an error:  logging`,
	"java.lang.NullPointerException\n\tat com.opentokreactnative.OTSessionManager.onConnected(OTSessionManager.java:12)",
	// The core of all
	`[ERROR] otk_session.c:812 - otk_session_connect failed`,
	`D/opentok: [ERROR] otk_session_private.cpp:2938 - otk_session_stream_create_response Failed to complete publisher peer connection`,
	`[ERROR] otk_anvil.cpp:467 - otk_anvil_on_session_info failed. nCode=1`,
	`[ERROR] rumor_client_v1.c:312 - otk_rumor_v1_client_send (pClient == NULL) rumor client is not initialized and cannot send message`,
	`[ERROR] raptor_message_v2.cpp:258 - content object does not exist or is not an object`,
	// Texts that servers send to every SDK, or that the JavaScript SDK has, too.
	`Error Domain=OTSessionErrorDomain Code=1004 "Invalid token format"`,
	`[ERROR] otk_anvil.cpp:467 - Invalid token format`,
	`OTRN JS: There was an error:  {"code": 1004, "message": "Invalid token format"}`,
}

// TestNativeRecords checks that records of native SDKs are native and show no failure, and that the
// Finder finds them in text and in JSON.
func TestNativeRecords(t *testing.T) {
	for _, line := range nativeLines {
		if v := classify.Match(&classify.Record{Text: []byte(line)}); !v.Native || v.Failure {
			t.Errorf("%q: got %+v, want a native record", line, v)
		}
		quoted, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range []string{line, string(quoted)} {
			var f classify.Finder
			f.Reset([]byte(raw))
			if f.Next(0) < 0 {
				t.Errorf("the Finder does not find %s", raw)
			}
		}
	}
	for _, r := range []classify.Record{
		{Text: []byte("Publish\nFailure\nInvalid token format"), Telemetry: true, Native: true, Action: []byte("Publish"), Failed: true, Code: 1500},
		{Text: []byte("tb.exception.1004"), Telemetry: true, Native: true, Action: []byte("tb.exception.1004")},
		{Text: []byte("OTSessionErrorDomain\nNot connected"), Code: 1010},
	} {
		if v := classify.Match(&r); !v.Native || v.Failure || v.Method != 0 {
			t.Errorf("%q: got %+v, want a native record", r.Text, v)
		}
	}
}

// TestNearlyNative checks that texts which resemble marks of native SDKs are none.
func TestNearlyNative(t *testing.T) {
	tests := []struct{ text, want string }{
		{`OTSessionErrorDomainX`, "-"},
		{`MyOTSessionErrorDomain Code=1541`, "-"},
		{`Error Domain=SpotSessionErrorDomain Code=1541`, "-"},
		{`Error Domain=SessionErrorDomain Code=1541`, "-"},
		{`SessionErrorDomain : 12 - x`, "-"},
		{`see the releases of opentok-android and opentok-ios-sdk-samples`, "-"},
		{`upgrade com.opentok.android:opentok-android-sdk to 2.27.0`, "-"},
		{`xcom.opentok.android.Session`, "-"},
		{`com.opentokreactnatively`, "-"},
		{`npm i opentok-react-native`, "-"},
		{`cp /usr/lib/libopentok.sources`, "-"},
		{`/lib/libopentok.socket`, "-"},
		{`XOTRN JS: There was an error`, "-"},
		{`myotk_session.c:1`, "-"},
		{`otk_session.c`, "-"},
		{`otk_session.c:`, "-"},
		{`otk_session.crash:1`, "-"},
		{`otk_keys.rs:12`, "-"},
		{`device_otk_count.c:1`, "-"},
		{`raptor_parse.c:123: fatal error`, "-"},
		{`rumor_mill.c:12`, "-"},
		{`<opentok-session session-id="x"><opentok-publisher></opentok-publisher></opentok-session>`, "-"},
		{`POST /api/opentok-session 200`, "-"},
		{`2024-01-30 opentok-session started`, "-"},
		{`took 5 ms opentok-publisher: ready`, "-"},
		{`[app] opentok-publisher: ready`, "-"},
		{`/opentok-session`, "-"},
		{`opentok-publisher`, "-"},
		{`ID/opentok-publisher: x`, "-"},
		{`{"clientVersion":"ios-3.1.0"}`, "-"},

		{`OT_TIMEOUT in myotk_session.c:1`, "OT_TIMEOUT 0 name strong unknown unknown"},
		{`Connect Error: Invalid token format (1004)`, "OT_AUTHENTICATION_ERROR 1004 phrase strong Session.connect phrase"},
		{`opentok-android: There was an error:  {"code": 1010, "message": "Not connected"}`, "OT_NOT_CONNECTED 1010 code strong unknown unknown"},
	}
	for _, test := range tests {
		v := classify.Match(&classify.Record{Text: []byte(test.text)})
		if got := describe(v); v.Native || got != test.want {
			t.Errorf("%q: got %s, native %v, want %s", test.text, got, v.Native, test.want)
		}
	}
	// The text of the JavaScript SDK's own telemetry may be anything.
	posted := classify.Record{Text: []byte("com.opentok.android. is a string here"), Telemetry: true, Action: []byte("Publish"), Failed: true, StreamID: true}
	if v := classify.Match(&posted); v.Native || !v.Failure {
		t.Errorf("telemetry of the JavaScript SDK: got %+v", v)
	}
}

// TestPostedNativeLines checks which of the lines that people posted are from native SDKs.
func TestPostedNativeLines(t *testing.T) {
	file, err := os.ReadFile("../testdata/corpus/posted-lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var native []string
	for line := range strings.Lines(string(file)) {
		columns := strings.Split(line, "\t")
		text := strings.ReplaceAll(columns[1], `\n`, "\n")
		if classify.Match(&classify.Record{Text: []byte(text)}).Native {
			native = append(native, columns[0])
		}
	}
	want := []string{
		"opentok/opentok-react-native-samples#115", "opentok/opentok-android-sdk-samples#283",
		"songz/cordova-plugin-opentok#228", "opentok/opentok-android-sdk-samples#436",
	}
	if !slices.Equal(native, want) {
		t.Errorf("got %q, want %q", native, want)
	}
}
