package classify_test

import (
	"strings"
	"testing"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// TestReasons matches texts of SDK versions, browsers and applications, of which some say why the
// error was raised.
func TestReasons(t *testing.T) {
	const denied = "OT.Publisher Access Denied: Permission Denied: End-user denied permission to hardware devices"
	object := func(message string) string {
		return `[app] initPublisher {"code":1500,"message":"` + denied + ` (getUserMedia error: NotAllowedError)","name":"OT_USER_MEDIA_ACCESS_DENIED","originalMessage":"` + message + `","originalName":"NotAllowedError"}`
	}
	for _, test := range []struct{ name, text, want string }{
		// Tokens that the service refused.
		{"2.13 to 2.35, expired", "OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: Token expired (1004) +2ms", "token_expired"},
		{"2.35, another wording", "Error: token has expired (1004)\n    at onSessionInfoError (https://site.example/client.js:51486:55)", "token_expired"},
		{"2.13, malformed", "OT_AUTHENTICATION_ERROR: Invalid token format (1004)", "token_malformed"},
		{"2.16 to 2.35, with the token", "OpenTok:Session:error OT_AUTHENTICATION_ERROR: Invalid token format Token: T1==cGFydG5lcl9pZD0= (1004) +0ms", "token_malformed"},
		{"2.16 to 2.35, none", "OpenTok:Session:error OT_AUTHENTICATION_ERROR: Invalid token format Token: null (1004) +0ms", "token_missing"},
		{"a token that begins like null", "OpenTok:Session:error OT_AUTHENTICATION_ERROR: Invalid token format Token: nullify (1004) +0ms", "token_malformed"},
		{"another session", "Error: Authentication Error: The API key does not match the token or session. (1004)", "token_mismatch"},
		{"the application's line", `join failed {"name":"OT_AUTHENTICATION_ERROR","code":1004,"message":"The token does not match the session ID."}`, "token_mismatch"},
		{"no API key", "OT_AUTHENTICATION_ERROR: API Key is undefined. You must pass an API Key to initSession", "api_key_missing"},
		{"refused", "OT_AUTHENTICATION_ERROR: Unauthorized token (1004)", ""},
		{"only the name", "connect: OT_AUTHENTICATION_ERROR", ""},
		{"only the code", "OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: no +0ms", ""},
		{"two of them", "OT_AUTHENTICATION_ERROR: token expired, or The token does not match the session ID?", ""},
		{"a longer word", "OT_AUTHENTICATION_ERROR: token expiredAt=3", ""},
		{"another error", "OT_CONNECT_FAILED after token expired (1004)", ""},
		{"no error", "oauth refresh: token expired, new login wanted", ""},

		// Devices. The SDK says that the end user denied them, whoever did.
		{"Chrome, answered, stored or by policy", object("Permission denied"), ""},
		{"Chrome, by the system", object("Permission denied by system"), "denied_by_system"},
		{"Chrome, closed", object("Permission dismissed"), "prompt_dismissed"},
		{"Chrome, by the person", object("Permission denied by user"), "denied_by_person"},
		{"Chrome, by a policy", object("Failed to execute 'getDisplayMedia' on 'MediaDevices': Access to the feature 'display-capture' is disallowed by permissions policy."), "denied_by_browser"},
		{"Chrome, sandboxed iframe", object("Invalid security origin"), "denied_by_browser"},
		{"Firefox", object("The request is not allowed by the user agent or the platform in the current context."), ""},
		{"Safari", object("The request is not allowed by the user agent or the platform in the current context, possibly because the user denied permission."), ""},
		{"2.35, console", "[app] initPublisher OTErrorClass {code: 1500, name: 'OT_USER_MEDIA_ACCESS_DENIED', originalMessage: 'Permission denied by system', …}", "denied_by_system"},
		{"2.35, console, cut", "[app] initPublisher OTErrorClass {code: 1500, name: 'OT_USER_MEDIA_ACCESS_DENIED', originalMessage: 'Permission denied by sy…', …}", ""},
		{"SDK, name only", "OpenTok:Publisher:error End-user denied permission to hardware devices (getUserMedia error: NotAllowedError) +0ms", ""},
		{"SDK, old names", denied + " (getUserMedia error: PermissionDeniedError)", ""},
		{"SDK, old Chrome, closed", denied + " (getUserMedia error: PermissionDismissedError)", "prompt_dismissed"},
		{"SDK, any of two", denied + " or user media support may be disabled on this page (getUserMedia error: SecurityError)", ""},
		{"SDK, page without HTTPS", denied + " (getUserMedia error: NotAllowedError) Note: Chrome requires HTTPS for camera and microphone access.", ""},
		{"SDK, screen without HTTPS", denied + " (getUserMedia error: NotAllowedError) Note: https:// is required for screen sharing.", ""},
		{"SDK, iframe", denied + " (getUserMedia error: NotAllowedError) Note: Check that the iframe has the allow attribute for camera and microphone", ""},
		{"SDK, extension", "OpenTok:Publisher:error User denied access to screensharing +2s", "picker_cancelled"},
		{"another error", `{"name":"OT_HARDWARE_UNAVAILABLE","originalMessage":"Permission denied by system"}`, ""},
		{"no SDK", "NotAllowedError: Permission denied by system", ""},
	} {
		if v := classify.Match(&classify.Record{Text: []byte(test.text)}); v.Reason.String() != test.want {
			t.Errorf("%s: got %q, want %q: %s", test.name, v.Reason, test.want, test.text)
		}
	}
}

// TestReasonsOfTelemetry matches events as they are posted.
func TestReasonsOfTelemetry(t *testing.T) {
	for _, test := range []struct {
		name   string
		record classify.Record
		want   string
	}{
		{"failed connect", classify.Record{
			Text: []byte("js-2.35.2\nGetSessionInfo\nToken expired\n"), Name: []byte("OT_AUTHENTICATION_ERROR"), Code: 1004, Telemetry: true, Action: []byte("Connect"), Failed: true,
		}, "token_expired"},
		{"failed connect of 2.13, without a name", classify.Record{
			Text: []byte("js-2.13.2\nGetSessionInfo\nInvalid token format\n"), Code: 1004, Telemetry: true, Action: []byte("Connect"), Failed: true,
		}, "token_malformed"},
		{"denied", classify.Record{Text: []byte("js-2.35.2\nAccessDenied\n"), Telemetry: true, Action: []byte("Publish"), Denied: true}, ""},
		{"native", classify.Record{Text: []byte("ios-2.30.0\nToken expired\n"), Code: 1004, Telemetry: true, Native: true, Action: []byte("Connect"), Failed: true}, ""},
	} {
		if v := classify.Match(&test.record); v.Reason.String() != test.want {
			t.Errorf("%s: got %q, want %q", test.name, v.Reason, test.want)
		}
	}
}

// TestReasonTextsAreComplete finds each text of a reason beside the name of its error, and not if it is
// cut or part of a word.
func TestReasonTextsAreComplete(t *testing.T) {
	n := 0
	for i := range catalogue.Reasons()[1:] {
		r := &catalogue.Reasons()[i+1]
		for _, text := range r.Texts {
			n++
			for _, of := range []struct {
				text string
				want bool
			}{{text, true}, {"(" + text + ")", true}, {text + "x", false}, {"x" + text, false}, {text[1:], false}, {strings.ToUpper(text), false}} {
				v := classify.Match(&classify.Record{Text: []byte(r.Error.Name() + " " + of.text)})
				if (v.Reason.String() == r.Name) != of.want {
					t.Errorf("%q: got %q", of.text, v.Reason)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d texts", n)
	}
}
