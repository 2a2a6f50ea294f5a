package classify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/classify"
)

// describe returns a verdict as text: name, code, evidence, weight, method and its evidence, or
// "-" for no failure.
func describe(v classify.Verdict) string {
	if !v.Failure {
		return "-"
	}
	name := v.Error.Name() + string(v.Name)
	if name == "" {
		name = "nameless"
	}
	method := v.Method.Name()
	if v.MethodName != nil {
		method = string(v.MethodName)
	}
	weight := map[classify.Weight]string{classify.Strong: "strong", classify.Weak: "weak", classify.Socket: "socket", classify.Aside: "aside"}[v.Weight]
	s := fmt.Sprintf("%s %d %s %s %s %s", name, v.Code, v.Evidence, weight, method, v.MethodFrom)
	if v.Late {
		s += " late"
	}
	return s
}

// TestLines classifies lines that the SDK and applications print.
func TestLines(t *testing.T) {
	tests := []struct{ text, want string }{
		// Names that the catalogue lacks, where only errors occur.
		{"OpenTok:Session:error OT_SOMETHING_NEW: x +12ms", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"opentok.js:36032:13 OpenTok:Publisher:error onStreamAvailableError OT_SOMETHING_NEW: x +12ms", "OT_SOMETHING_NEW 0 name strong OT.initPublisher component"},
		{"OpenTok:RumorSocket:3:error OT_SOMETHING_NEW", "OT_SOMETHING_NEW 0 name socket Session.connect component"},
		{"OpenTok:WidgetView:fixMini:error OT_SOMETHING_NEW x", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"OpenTok:Session:error OT_TIMEOUTS: x +12ms", "OT_TIMEOUTS 0 name strong unknown unknown"},
		{"OpenTok:Session:error OT_SOMETHING_NEW: x (1501)", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"OpenTok:Session:error OT_SOMETHING_NEW: after OT_TIMEOUT", "OT_TIMEOUT 0 name strong unknown unknown"},
		{"OpenTok:Session:error OT_SOMETHING_NEW: Could not publish in a reasonable amount of time", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"OpenTok:Session:error OT_SOMETHING_NEW/2: x", "-"},
		{"OpenTok:Session:error x OT_SOMETHING_NEW: x", "-"},
		{"OpenTok:Session:error OT_Something: x", "-"},
		{"OpenTok:Session:error OT_: x", "-"},
		{"OpenTok:Session:error OT_" + strings.Repeat("X", 62) + ": x", "-"},
		{"OpenTok:Session:warn OT_SOMETHING_NEW: x", "-"},
		{"OT_SOMETHING_NEW: x", "-"},
		{"[app] name=OT_SOMETHING_NEW\n    at f (x.js:1:2)", "-"},

		// Exception lines.
		{"OT.exception :: title: Authentication error (1004) msg: no such thing", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Publisher ICEWorkflow failed (1553) msg: ICEWorkflow +0ms", "OT_ICE_WORKFLOW_FAILED 1553 code strong Session.publish only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Subscriber ICEWorkflow failed (1554) msg: ICEWorkflow +0ms", "OT_ICE_WORKFLOW_FAILED 1554 code strong Session.subscribe only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Connect Failed (1006) msg:  (1006) +0ms", "nameless 1006 none weak Session.connect phrase"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Invalid Parameter (1011) msg: Action failed due to session disconnection. +7s", "nameless 1011 none weak unknown unknown"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Invalid Parameter (1011) msg: Session.subscribe :: x +7s", "OT_INVALID_PARAMETER 1011 code strong Session.subscribe spelled"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: GetUserMedia +0ms", "nameless 1500 none weak unknown unknown"},
		{"ERROR: OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: ICEWorkflow +0ms", "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{"OT.exception :: title: Unable to Publish (1500) msg: ICEWorkflow", "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{"OT.exception :: title: Unable to Publish (1500) msg: ICEWorkflows", "nameless 1500 none weak unknown unknown"},
		{"OT.exception :: title: Unable to Publish (1500) msg: Session.publish :: undefined", "nameless 1500 none weak Session.publish spelled"},
		{"opentok.min.js:57 OT.exception :: title: Unable to Publish (1500) msg: Publisher PeerConnection Error: PeerConnection.suscribeProcessor Error while setting LocalDescription: OperationError: Failed to set local offer sdp: Session error code: ERROR_CONTENT.(anonymous function) @ opentok.min.js:57", "nameless 1500 none weak Session.publish phrase"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Publish (1500) msg: This token does not allow publishing. The role must be at least `publisher` to enable this functionality +0ms", "OT_PERMISSION_DENIED 1500 phrase strong Session.publish phrase"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unable to Subscribe (1501) msg: CreateAnswer: x +0ms", "nameless 1501 none weak Session.subscribe only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Unexpected Server Response (2001) msg: Weird (2001) +2s", "nameless 2001 none weak Session.connect phrase"},
		{"OpenTok:Session:error OT_CONNECT_FAILED:  (1006) +2s\nemit @ opentok.js:36011", "OT_CONNECT_FAILED 1006 name strong Session.connect phrase"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: undefined (500) msg: x +0ms", "OT_NOT_CONNECTED 500 code strong Session.signal only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: undefined (4020) msg: Error code unavailable. +0ms", "OT_SOCKET_CLOSE_FALLBACK_CODE 4020 code strong Session.connect only"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: undefined (undefined) msg: x +4ms", "nameless 0 none weak unknown unknown"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: undefined (undefined) msg: Attempt to use invalid error name (undefined). Original message: subscriberCreate failed with unexpected code 403: Forbidden +4ms", "nameless 0 none weak Session.subscribe phrase"},
		{"OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: x +0ms color: #00CC00 color: inherit color: #00CC00", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect only"},
		{"OT.exception :: title: ", "nameless 0 none weak unknown unknown"},

		// Exception events as applications log them.
		{"Unable to Publish (1500) msg: ICEWorkflow", "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{"[app] Unable to Publish (1500) msg: GetUserMedia", "nameless 1500 none weak unknown unknown"},
		{"Authentication error (1004) msg: x", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect only"},
		{"Connect Failed (1006) msg: x", "nameless 1006 none weak Session.connect only"},
		{"Connection Failed (1013) msg: Subscriber PeerConnection Error: x", "nameless 1013 none weak Session.subscribe phrase"},
		{`exception {"title":"Unable to Publish","code":1500,"message":"ICEWorkflow"}`, "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{`exception {"code":1500,"message":"ICEWorkflow","title":"Unable to Publish"}`, "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{`exception {\"title\":\"Unable to Publish\",\"code\":1500,\"message\":\"ICEWorkflow\"}`, "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{`ExceptionEvent {type: "exception", title: "Unable to Publish", code: 1500, message: "ICEWorkflow", target: {…}}`, "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{`s {type: 'exception', title: 'Not Connected', code: 1010, message: 'x', …}`, "OT_NOT_CONNECTED 1010 code strong unknown unknown"},
		{`s {type: 'exception', title: 'Connect Failed', code: 1006, message: 'x', …}`, "nameless 1006 none weak Session.connect only"},
		{"Unable to Publish\nICEWorkflow: Publisher PeerConnection with connection\ncode=1500", "OT_ICE_WORKFLOW_FAILED 1500 phrase strong Session.publish phrase"},
		{"Unable to Publish the article, code 1500", "-"},
		{`{"title":"Unable to Publish","code":403}`, "-"},
		{`{"title":"Connection Failed","code":1006}`, "-"},
		{`{"title":"Connection Failed: websocket","code":1013}`, "nameless 1013 none weak unknown unknown"},
		{`{"message":"Invalid Parameter","code":1011,"source":"WebSocket"}`, "-"},
		{`{"title":"Unable to Publish","code":1500,"domain":"OTPublisherErrorDomain"}`, "-"},
		{"Unable to Publish (1501) msg: x", "-"},

		// A code before the message of a method.
		{"OpenTok:Session:error 1500 +6s Session.publish :: CreateOffer: x", "nameless 1500 none weak Session.publish spelled"},
		{"OpenTok:Session:error undefined +2s Session.publish :: x", "nameless 0 none weak Session.publish spelled"},
		{"OpenTok:Session:error 2001 +370ms Session.publish :: Unexpected server response: oops", "OT_UNEXPECTED_SERVER_RESPONSE 2001 code strong Session.publish spelled"},
		{"OpenTok:Session:error 1553 +31s Session.publish :: x", "OT_ICE_WORKFLOW_FAILED 1553 code strong Session.publish spelled"},
		{"OpenTok:Session:error 1500 +0ms Session.publish :: Could not publish in a reasonable amount of time", "OT_TIMEOUT 1500 phrase strong Session.publish spelled"},
		{"OpenTok:Session:error  +15s color: #0000CC color: inherit 1500 color: #0000CC Session.publish :: x", "nameless 1500 none weak Session.publish spelled"},
		{"OpenTok:Session:error  +2s color: #0000CC color: inherit  color: #0000CC Session.publish :: x", "nameless 0 none weak Session.publish spelled"},
		{"[11:43:34]  console.error: 1500 Session.publish :: x", "nameless 1500 none weak Session.publish spelled"},
		{"1500 Session.publish :: x", "nameless 1500 none weak Session.publish spelled"},
		{`1500 "Session.publish :: undefined"`, "nameless 1500 none weak Session.publish spelled"},
		{`OpenTok:Session:error 1500 +6s "Session.publish :: undefined" opentok.js:36032:13`, "nameless 1500 none weak Session.publish spelled"},
		{`undefined 'Session.subscribe :: x'`, "nameless 0 none weak Session.subscribe spelled"},
		{"in 1500 ms: Session.publish :: x", "-"},
		{"3 Session.publish :: x", "-"},
		{"Session.publish :: x", "-"},

		// Fields for codes.
		{"[app] publish failed OTErrorClass {code: 1500, message: 'x'}", "nameless 1500 none weak unknown unknown"},
		{"[app] publish failed OTErrorClass {code: 1006, message: 'x'}", "nameless 1006 none weak Session.connect only"},
		{"s {code: 1605, message: 'x'}", "OT_STREAM_LIMIT_EXCEEDED 1605 code strong Session.subscribe only"},
		{`call failed {"code":1010,"message":"x"}`, "OT_NOT_CONNECTED 1010 code strong unknown unknown"},
		{`call failed {\"code\": \"1500\"}`, "nameless 1500 none weak unknown unknown"},
		{`call failed {"name":"Error","errorCode":1554}`, "OT_ICE_WORKFLOW_FAILED 1554 code strong Session.subscribe only"},
		{"code: 404, then error_code: 1004", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect only"},
		{`call failed {"name":"OT_NOT_CONNECTED","code":500}`, "OT_NOT_CONNECTED 500 name strong Session.signal only"},
		{`call failed {"name":"OT_TIMEOUT","code":1501}`, "OT_TIMEOUT 1501 name strong Session.subscribe only"},
		{`call failed {"name":"OT_INVALID_SESSION_ID","code":1005}`, "OT_INVALID_SESSION_ID 1005 name strong Session.connect only"},
		{`call failed {"name":"OT_TIMEOUT","code":404}`, "OT_TIMEOUT 0 name strong unknown unknown"},
		{`There was an error:  {"code": 1010, "message": "x"}`, "OT_NOT_CONNECTED 1010 code strong unknown unknown"},
		{"Object { code: 1605, message: \"x\" }", "OT_STREAM_LIMIT_EXCEEDED 1605 code strong Session.subscribe only"},
		{"{'code': 1554, 'message': 'x'}", "OT_ICE_WORKFLOW_FAILED 1554 code strong Session.subscribe only"},

		// Fields in other forms, beside an error that the record states.
		{"publish failed name=OT_TIMEOUT code=1500", "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"name=OT_TIMEOUT errorCode = 1501", "OT_TIMEOUT 1501 name strong Session.subscribe only"},
		{`{"name"=>"OT_TIMEOUT", "code"=>1500}`, "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"array(2) {\n  [\"name\"]=>\n  string(10) \"OT_TIMEOUT\"\n  [\"code\"]=>\n  int(1500)\n}", "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"{&quot;code&quot;:1500,&quot;name&quot;:&quot;OT_TIMEOUT&quot;}", "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"GET /log?e=%7B%22code%22%3A1500%2C%22name%22%3A%22OT_TIMEOUT%22%7D", "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"OT_NOT_CONNECTED code=1500", "OT_NOT_CONNECTED 0 name strong unknown unknown"},
		{"Could not publish in a reasonable amount of time code=1500", "OT_TIMEOUT 1500 phrase strong Session.publish phrase"},
		{"code=1500", "-"},
		{`"code"=>1500`, "-"},
		{"[\"code\"]=>\n  int(1500)", "-"},
		{"&quot;code&quot;:1500", "-"},
		{"%22code%22:1500", "-"},
		{"exit code=1004", "-"},

		// What Firefox prints.
		{"10:44:25.972 OpenTok:RaptorSocket:error \nObject { code: 1006, message: \"Action failed due to session disconnection.\", name: \"OT_DISCONNECTED\" }\n +26ms opentok.js:36032:13", "OT_DISCONNECTED 0 name socket Session.connect component"},
		{"10:44:25.972 OpenTok:Session:error OT_TIMEOUT: Session.publish :: x +0ms opentok.js:36032:13 2", "OT_TIMEOUT 0 name strong Session.publish spelled"},
		{"10:44:25.972 Error: no idea (1004) app.js:12:3", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect phrase"},
		{"10:44:25.972 Error: no idea (1004) app.js:12:3 2", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect phrase"},
		{"no idea (1004) at 10:44", "-"},
		{"no idea (1004) 10:44", "-"},

		{"code: 1006", "-"},
		{"code: 1011", "-"},
		{"code: 1003", "-"},
		{"code: 404", "-"},
		{"code: 500", "-"},
		{"code: 1234", "-"},
		{"code: 1500ms", "-"},
		{"code: 1500.25", "-"},
		{"code: 15000", "-"},
		{"code 1500", "-"},
		{"zipcode: 1500", "-"},
		{"statusCode: 1500", "-"},
		{"WebSocket closed, code: 1010", "-"},
		{"RN: WebSocket closed, code: 1010, then code: 1500", "nameless 1500 none weak unknown unknown"},
		{` LOG  OTRN JS: There was an error:  {"code": 1010, "message": "The operation couldn’t be completed. (OTSessionErrorDomain error 1010.)"}`, "-"},
		{"OpenTok:analytics:debug queueing analytics: +0ms {action: 'Publish', payload: {code: 1500}}", "-"},

		// A code at the end of a message.
		{"Connect Error: no idea (1004)", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect phrase"},
		{"Error: no idea (1026)\n    at f (x.js:1:2)", "OT_TERMS_OF_SERVICE_FAILURE 1026 code strong Session.connect phrase"},
		{"no idea (1004) +12ms color: #0000CC color: inherit color: #0000CC", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect phrase"},
		{`{message: 'no idea (1004)', stack: 'x'}`, "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect phrase"},
		{"2026-11-23T10:44:27Z\n1500 +6s Session.publish :: it broke", "nameless 1500 none weak Session.publish spelled"},
		{"Weird (2001)", "-"},
		{"left with s {code: 1500, message: 'it broke'} at once", "nameless 1500 none weak unknown unknown"},
		{"OpenTok:Session:error OT_CONNECT_FAILED:  (1006) +2s", "OT_CONNECT_FAILED 1006 name strong Session.connect phrase"},
		{"OT_AUTHENTICATION_ERROR: Invalid token format (1004)", "OT_AUTHENTICATION_ERROR 1004 name strong Session.connect phrase"},
		{"no idea (1006)", "-"},
		{"no idea (1005)", "-"},
		{"no idea (1500)", "-"},
		{"no idea (1004), try again", "-"},
		{"no idea (1004) again", "-"},
		{"f(1004)", "-"},
		{"born in (1984)", "-"},

		// Bugs of the SDK.
		{"OpenTok:Session:error Error: Attempt to use invalid error name (Error). Original message: x +0ms", "nameless 0 none weak unknown unknown"},
		{`OpenTok:Publisher:error onStreamAvailableError Error: Did not pass Error as second argument: function(e,t,n){if(-1===a.indexOf(e))return new Error("Attempt to use invalid error name ("+e+"). Original message: "+t.message);…`, "nameless 0 none weak OT.initPublisher component"},

		// Attempts of the socket.
		{"OpenTok:RumorSocket:3:error Error code unavailable. +0ms", "nameless 0 none socket Session.connect component"},
		{"OpenTok:RaptorSocket:error SocketError {code: 1011, message: 'Action failed due to session disconnection.', name: 'OT_DISCONNECTED'} +3s", "OT_DISCONNECTED 0 name socket Session.connect component"},
		{"OpenTok:RaptorSocket:error SocketError {code: 1011, message: 'x'} +3s", "nameless 0 none socket Session.connect component"},
		{"OpenTok:RaptorSocket:error  +0ms color: #FF33FF color: inherit SocketError color: #FF33FF", "nameless 0 none socket Session.connect component"},
		{"OpenTok:RumorSocket:5:error Indicates that a server is terminating the connection because it encountered an unexpected condition that prevented it from fulfilling the request +0ms", "OT_SOCKET_CLOSE_UNEXPECTED_CONDITION 0 phrase socket Session.connect phrase"},
		{"OpenTok:RumorSocket:3:warn Error code unavailable. +0ms", "-"},
		{"OpenTok:RumorSockets:error x", "-"},
		{"OpenTok:Session:error OT_SOCKET_CLOSE_FALLBACK_CODE: Error code unavailable. +0ms", "OT_SOCKET_CLOSE_FALLBACK_CODE 0 name strong Session.connect only"},

		// Wrappers.
		{"Uncaught (in promise) OT_TIMEOUT: Session.publish :: x", "OT_TIMEOUT 0 name strong Session.publish spelled"},
		{"Unhandled Promise Rejection: OT_NOT_CONNECTED: Cannot call forceDisconnect().", "OT_NOT_CONNECTED 0 name strong Session.forceDisconnect function"},
		{"Unhandled Rejection (OT_NOT_CONNECTED): x", "OT_NOT_CONNECTED 0 name strong unknown unknown"},
		{"[app] OT_STREAM_NOT_FOUND opentok.js:36032:13", "OT_STREAM_NOT_FOUND 0 name strong Session.subscribe only"},
		{"OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004) +12ms color: #0000CC color: inherit color: #0000CC", "OT_AUTHENTICATION_ERROR 1004 name strong Session.connect phrase"},
		{"OpenTok:Session:error OT_TIMEOUT: x +0ms\ndebug @ opentok.js:36032\nSession.publish @ opentok.js:66707", "OT_TIMEOUT 0 name strong Session.publish spelled"},
		{"Uncaught OTErrorClass", "-"},
		{"{error: OTErrorClass, sessionId: 'x'}", "-"},

		// Noise.
		{"OpenTok:Publisher:error OT.Publisher State Change Failed:  +1ms 'Failed' cannot transition to 'MediaBound'", "-"},
		{"OpenTok:Subscriber:error Invalid state transition: Event 'fail' not possible in state 'disconnected'", "-"},
		{"OpenTok:Publisher:error _connectivityAttemptPinger should have been cleaned up +0ms", "-"},
		{`OpenTok:Publisher:warn Received connectivity event: "Failure" without "Attempt"`, "-"},
		{"OpenTok:setLogLevel:error level must be one of: OT.NONE = 0, OT.ERROR = 1, OT.WARN = 2 +0ms", "-"},
		{"OpenTok:Session:error An error occurred in an event handler +3ms", "-"},
		{"OpenTok:StaticConfig:error could not reach Config Service +0ms AxiosError: Network Error", "-"},
		{"OpenTok:Session:error Encryption secret must first be set in initSession. +0ms", "-"},
		{"Failed to load resource: the server responded with a status of 404 (Not Found)", "-"},
		{" LOG  OTRN JS: There was an error:  logging", "-"},
		{"subscriber didFailWithError Error Domain=OTSubscriberErrorDomain Code=1600", "-"},
		{"GET https://a.example:1500/ 404 in 1500 ms", "-"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			v := classify.Match(&classify.Record{Text: []byte(test.text)})
			if got := describe(v); got != test.want {
				t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
			}
		})
	}
}

// TestFields classifies records with fields for the name and the code.
func TestFields(t *testing.T) {
	tests := []struct {
		name, field string
		code        int32
		text        string
		want        string
	}{
		{"code alone", "", 1500, "publish failed\n", "nameless 1500 none weak unknown unknown"},
		{"code that tells a name", "", 1004, "join failed\n", "OT_AUTHENTICATION_ERROR 1004 code strong Session.connect only"},
		{"code that no name goes with", "", 1600, "x\n", "nameless 1600 none weak unknown unknown"},
		{"code that may be a socket's", "", 1006, "x\n", "-"},
		{"code of a record about a socket", "", 1010, "socket closed\n", "-"},
		{"code of the native SDK", "", 1010, "OTSessionErrorDomain\n", "-"},
		{"HTTP's code", "", 404, "x\n", "-"},
		{"no code of the catalogue", "", 1234, "x\n", "-"},
		{"no code of the catalogue, but one in the text", "", 3, "code: 1500\n", "nameless 1500 none weak unknown unknown"},
		{"code of an exception line before a field's", "", 1501, "OT.exception :: title: Unable to Publish (1500) msg: x\n", "nameless 1500 none weak unknown unknown"},
		{"code with a known method", "", 1011, "Session.subscribe failed\n", "-"},
		{"name and code", "OT_PERMISSION_DENIED", 1520, "x\n", "OT_PERMISSION_DENIED 1520 name strong Session.forceDisconnect only"},
		{"name and a code of its own below 1000", "OT_INVALID_PARAMETER", 413, "x\n", "OT_INVALID_PARAMETER 413 name strong Session.signal only"},
		{"name and a code of another method", "OT_CONNECT_FAILED", 1013, "x\n", "OT_CONNECT_FAILED 1013 name strong unknown unknown"},

		{"unknown name with a code", "OT_SOMETHING_NEW", 1500, "OT_SOMETHING_NEW\n", "OT_SOMETHING_NEW 1500 name strong unknown unknown"},
		{"unknown name with an unknown code", "OT_SOMETHING_NEW", 1700, "OT_SOMETHING_NEW\n", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"unknown name with a stack", "OT_SOMETHING_NEW", 0, "Error: x\n    at f (x.js:1:2)\n", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"unknown name with a stack of Firefox", "OT_SOMETHING_NEW", 0, "f@https://a.example/x.js:1:2\n", "OT_SOMETHING_NEW 0 name strong unknown unknown"},
		{"unknown name alone", "OT_SOMETHING_NEW", 0, "OT_SOMETHING_NEW\n", "-"},
		{"known name in the text", "OT_SOMETHING_NEW", 1500, "OT_TIMEOUT\n", "OT_TIMEOUT 1500 name strong Session.publish only"},
		{"longer than a known name", "OT_TIMEOUT_MS", 1234, "x\n", "-"},
		{"longer by a letter", "OT_TIMEOUTS", 1234, "x\n", "-"},
		{"part of a known name", "OT_PERMISSION", 1234, "x\n", "-"},
		{"not OT_", "VIDEO_ROOM", 1234, "x\n", "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := classify.Match(&classify.Record{Text: []byte(test.text), Name: []byte(test.field), Code: test.code})
			if got := describe(v); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPosted(t *testing.T) {
	event := func(action, text string) classify.Record {
		return classify.Record{Text: []byte(action + "\n" + text + "\n"), Telemetry: true, Action: []byte(action), StreamID: true, Session: true}
	}
	failed := func(action, reason string, code int32, text string) classify.Record {
		r := event(action, text)
		r.Failed, r.Reason, r.Code = true, []byte(reason), code
		return r
	}
	named := func(r classify.Record, name string) classify.Record {
		r.Name = []byte(name)
		return r
	}
	noStream := func(r classify.Record) classify.Record {
		r.StreamID = false
		return r
	}
	noSession := func(r classify.Record) classify.Record {
		r.Session = false
		return r
	}
	denied := event("Publish", "AccessDenied")
	denied.Failed, denied.Denied = true, true

	tests := []struct {
		name   string
		record classify.Record
		want   string
	}{
		{"attempt", event("Publish", "Attempt"), "-"},
		{"failure of a method", failed("Publish", "PeerConnectionError", 1500, "x"), "nameless 1500 none weak Session.publish spelled"},
		{"phrase", failed("Publish", "Publish", 1500, "Failed to create stream in server model: forbidden"), "OT_STREAM_CREATE_FAILED 1500 phrase strong Session.publish spelled"},
		{"code that tells the name in that method", failed("Publish", "Publish", 2001, "Unexpected server response: oops"), "OT_UNEXPECTED_SERVER_RESPONSE 2001 code strong Session.publish spelled"},
		{"name", named(failed("Connect", "GetSessionInfo", 1006, ""), "OT_CONNECT_FAILED"), "OT_CONNECT_FAILED 1006 name strong Session.connect spelled"},
		{"name that the catalogue lacks", named(failed("Connect", "GetSessionInfo", 1700, ""), "OT_SOMETHING_NEW"), "OT_SOMETHING_NEW 1700 name strong Session.connect spelled"},
		{"one that resembles another", named(failed("Connect", "GetSessionInfo", 0, ""), "OT_TIMEOUTS"), "OT_TIMEOUTS 0 name strong Session.connect spelled"},
		{"a name, but no failure", named(event("Connect", ""), "OT_SOMETHING_NEW"), "-"},
		{"every subscribe states 1013", failed("Subscribe", "Subscribe", 1013, "OT.Subscriber PeerConnection Error: x"), "nameless 1013 none weak Session.subscribe spelled"},
		{"subscribe with a phrase", failed("Subscribe", "Subscribe", 1013, "OT.Subscriber PeerConnection Error: stream not found"), "OT_STREAM_NOT_FOUND 1013 phrase strong Session.subscribe spelled"},
		{"a method whose class is not told", failed("GetStats", "", 1015, "x"), "nameless 1015 none weak unknown unknown"},

		{"denied access", denied, "OT_USER_MEDIA_ACCESS_DENIED 0 phrase strong Session.publish spelled"},
		{"denied access before there is a stream", noStream(denied), "OT_USER_MEDIA_ACCESS_DENIED 0 phrase strong OT.initPublisher spelled"},
		{"camera before there is a stream", noStream(failed("Publish", "GetUserMedia", 1500, "x")), "nameless 1500 none weak OT.initPublisher spelled"},
		{"screen before there is a stream", noStream(failed("Publish", "ScreenSharing", 1500, "x")), "nameless 1500 none weak OT.initPublisher spelled"},
		{"role before there is a stream", noStream(failed("Publish", "Permission", 1500, "x")), "nameless 1500 none weak Session.publish spelled"},
		{"server before there is a stream", noStream(failed("Publish", "Publish", 1500, "x")), "nameless 1500 none weak Session.publish spelled"},
		{"peer connection before there is a stream", noStream(failed("Publish", "PeerConnectionError", 1500, "x")), "nameless 1500 none weak Session.publish spelled"},

		{"timer", failed("Publish", "ICEWorkflow", 1500, "x"), "OT_TIMEOUT 1500 code weak Session.publish spelled"},
		{"timer of a publisher that is gone", noStream(failed("Publish", "ICEWorkflow", 1500, "OT.Publisher failed to publish in a reasonable amount of time (timeout)")), "OT_TIMEOUT 1500 phrase strong Session.publish spelled late"},
		{"ICE", failed("Publish", "ICEWorkflow", 1553, "x"), "OT_ICE_WORKFLOW_FAILED 1553 code strong Session.publish spelled"},

		{"try of the socket", failed("Connect", "WebSocketConnection", 4020, "Error code unavailable."), "OT_SOCKET_CLOSE_FALLBACK_CODE 4020 code socket Session.connect spelled"},
		{"closed socket", failed("Connect", "WebSocketConnection", 1011, "x"), "OT_SOCKET_CLOSE_UNEXPECTED_CONDITION 1011 code socket Session.connect spelled"},
		{"try to connect", failed("Connect", "ConnectToSession", 1027, "Cannot connect -- the limit for concurrent connections to the session has been reached"), "OT_CONNECTION_LIMIT_EXCEEDED 1027 phrase socket Session.connect spelled"},
		{"session that cannot be had", failed("Connect", "GetSessionState", 1006, "x"), "nameless 1006 none weak Session.connect spelled"},

		{"what nobody called for", failed("ConfigurationFile", "", 0, "could not reach Config Service"), "nameless 0 none aside unknown unknown"},
		{"with a code", failed("WebSocket:reconnect", "", 1004, "x"), "nameless 1004 none aside unknown unknown"},
		{"with a name", named(failed("SessionInfo", "", 0, "x"), "OT_CONNECT_FAILED"), "OT_CONNECT_FAILED 0 name strong unknown unknown"},
		{"with a phrase", failed("createPeerConnection", "", 0, "ICEWorkflow: Publisher PeerConnection with connection x failed"), "OT_ICE_WORKFLOW_FAILED 0 phrase strong Session.publish phrase"},
		{"a socket that closes", event("WebSocket:disconnect", "code: 1500"), "-"},

		{"exception", event("tb.exception.1500", "GetUserMedia"), "nameless 1500 none weak unknown unknown"},
		{"exception with a code that tells the name", event("tb.exception.1026", "x"), "OT_TERMS_OF_SERVICE_FAILURE 1026 code strong Session.connect only"},
		{"exception with a phrase", event("tb.exception.500", "Unable to send signal - you are not connected to the session."), "OT_NOT_CONNECTED 500 phrase strong Session.signal phrase"},
		{"exception with a small code", event("tb.exception.500", "x"), "OT_NOT_CONNECTED 500 code strong Session.signal only"},
		{"exception without code", event("tb.exception.undefined", "x"), "nameless 0 none weak unknown unknown"},
		{"exception of the timer", event("tb.exception.1500", "ICEWorkflow"), "OT_TIMEOUT 1500 code weak Session.publish phrase"},
		{"exception of the timer of a publisher that is gone", noSession(event("tb.exception.1500", "ICEWorkflow")), "OT_TIMEOUT 1500 code weak Session.publish phrase late"},
		{"exception of ICE", event("tb.exception.1553", "ICEWorkflow"), "OT_ICE_WORKFLOW_FAILED 1553 code strong Session.publish only"},
		{"failed exception", failed("OT.exception.1010", "unconnected", 1010, "We need to be connected before you can publish"), "OT_NOT_CONNECTED 1010 phrase strong Session.publish phrase"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := describe(classify.Match(&test.record)); got != test.want {
				t.Errorf("%+v:\n got %s\nwant %s", test.record, got, test.want)
			}
		})
	}
	if v := classify.Match(&classify.Record{Telemetry: true, Action: []byte("Subscribe")}); v.Method.Name() != "Session.subscribe" || v.Failure {
		t.Errorf("the method of an attempt is %s, failure %v", v.Method.Name(), v.Failure)
	}
}

// TestFinderPointsAtMarks checks that a Finder finds records that are evidence without a name
// or phrase.
func TestFinderPointsAtMarks(t *testing.T) {
	for _, line := range []string{
		"%cOpenTok:GlobalExceptionHandler:error %cOT.exception :: title: Unable to Publish (1500) msg: GetUserMedia%c +0ms",
		"%cOpenTok:Session:error %c%O%c +15s color: #0000CC color: inherit 1500 color: #0000CC Session.publish :: x",
		"1501 Session.subscribe :: x",
		"%cOpenTok:RumorSocket:1:error %cError code unavailable.%c +0ms",
		"%cOpenTok:RaptorSocket:error %c%O%c +0ms color: #FF33FF color: inherit SocketError color: #FF33FF",
		"Attempt to use invalid error name (undefined). Original message: x",
		"Did not pass Error as second argument: x",
		"OTErrorClass {code: 1500, message: 'x'}",
		"OpenTok:Session:error OT_SOMETHING_NEW: x",
		"Unable to Publish (1500) msg: ICEWorkflow",
		"Not Connected (1010) msg: x",
		`exception {"title":"Unable to Publish","code":1500,"message":"ICEWorkflow"}`,
		`ExceptionEvent {type: "exception", title: "Not Connected", code: 1010, message: "x"}`,
		`ExceptionEvent {type: 'exception', title: 'Not Connected', code: 1010, message: 'x'}`,
		`exception {"title": "Not Connected", "code": 1010, "message": "x"}`,
		`{"message":"{type: \"exception\", title: \"Not Connected\", code: 1010, message: \"x\"}"}`,
		`1500 "Session.publish :: undefined"`,
		`There was an error:  {"code": 1010, "message": "x"}`,
		`There was an error:  {"code":1010,"message":"x"}`,
		`Object { code: 1010, message: "x" }`,
		"GET /log?e=%22OT_TIMEOUT%22",
	} {
		var f classify.Finder
		data := "....\n" + line + "\n"
		f.Reset([]byte(data))
		if at := f.Next(5); at < 5 || at >= len(data) {
			t.Errorf("%q: the Finder finds %d", line, at)
		}
	}
}
