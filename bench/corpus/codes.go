package corpus

import (
	"slices"
	"strconv"
	"strings"
)

// raisedText has the codes that the SDK raises with a name, by method; the first of a line is the
// usual one. Pairs without a code are missing.
const raisedText = `
OT.getSupportedCodecs OT_UNABLE_TO_ACCESS_MEDIA_ENGINE 5001
OT.initPublisher OT_CANCEL 1500
OT.initPublisher OT_CONNECT_FAILED 1013
OT.initPublisher OT_CONSTRAINTS_NOT_SATISFIED 1500
OT.initPublisher OT_HARDWARE_UNAVAILABLE 1500
OT.initPublisher OT_INVALID_PARAMETER 1011
OT.initPublisher OT_MEDIA_ERR_ABORTED 1500
OT.initPublisher OT_NOT_SUPPORTED 1500
OT.initPublisher OT_NO_DEVICES_FOUND 1500
OT.initPublisher OT_NO_VALID_CONSTRAINTS 1500
OT.initPublisher OT_SCREEN_SHARING_EXTENSION_NOT_INSTALLED 1500
OT.initPublisher OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED 1500
OT.initPublisher OT_SCREEN_SHARING_NOT_SUPPORTED 1500
OT.initPublisher OT_UNABLE_TO_CAPTURE_MEDIA 1500
OT.initPublisher OT_UNABLE_TO_CAPTURE_SCREEN 1500
OT.initPublisher OT_USER_MEDIA_ACCESS_DENIED 1500
OT.reportIssue OT_REPORT_ISSUE_FAILED 2011
OT.setProxyUrl OT_PROXY_URL_ALREADY_SET_ERROR 2022
OT.setProxyUrl OT_SET_PROXY_URL_TIMING_ERROR 2021
Publisher.cycleVideo OT_NO_DEVICES_FOUND 1500
Publisher.cycleVideo OT_UNSUPPORTED_BROWSER 1500
Publisher.getRtcStatsReport OT_GET_RTC_STATS_REPORT_NOT_SUPPORTED 2031
Publisher.getRtcStatsReport OT_PEER_CONNECTION_NOT_CONNECTED 1015
Publisher.getStats OT_PEER_CONNECTION_NOT_CONNECTED 1015
Publisher.setVideoSource OT_INVALID_VIDEO_SOURCE 1041
Publisher.setVideoSource OT_SET_VIDEO_SOURCE_FAILURE 1040
Publisher.setVideoSource OT_UNSUPPORTED_BROWSER 1500
Session.connect OT_AUTHENTICATION_ERROR 1004
Session.connect OT_BADLY_FORMED_RESPONSE 2001
Session.connect OT_CONNECTION_LIMIT_EXCEEDED 1027
Session.connect OT_CONNECT_FAILED 1006
Session.connect OT_EMPTY_RESPONSE_BODY 1006
Session.connect OT_INVALID_ENCRYPTION_SECRET 1006
Session.connect OT_INVALID_HTTP_STATUS 2001
Session.connect OT_INVALID_SESSION_ID 1005
Session.connect OT_SOCKET_CLOSE_ABNORMAL 1006
Session.connect OT_SOCKET_CLOSE_CONNECTIVITY_LOSS 4001
Session.connect OT_SOCKET_CLOSE_CONNECT_EXCEPTION 4030
Session.connect OT_SOCKET_CLOSE_FALLBACK_CODE 4020
Session.connect OT_SOCKET_CLOSE_GOING_AWAY 1001
Session.connect OT_SOCKET_CLOSE_INCONSISTENT_DATA 1007
Session.connect OT_SOCKET_CLOSE_NO_STATUS 1005
Session.connect OT_SOCKET_CLOSE_POLICY_VIOLATION 1008
Session.connect OT_SOCKET_CLOSE_PROTOCOL_ERROR 1002
Session.connect OT_SOCKET_CLOSE_TIMEOUT 4010
Session.connect OT_SOCKET_CLOSE_TOO_LARGE 1009
Session.connect OT_SOCKET_CLOSE_UNEXPECTED_CONDITION 1011
Session.connect OT_SOCKET_CLOSE_UNSUPPORTED 1003
Session.connect OT_TERMS_OF_SERVICE_FAILURE 1026
Session.connect OT_UNEXPECTED_ERROR_CODE 2001
Session.connect OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.connect OT_UNKNOWN_HTTP_ERROR 2001
Session.connect OT_UNSUPPORTED_BROWSER 1006
Session.connect OT_XDOMAIN_OR_PARSING_ERROR 2001
Session.forceDisconnect OT_INVALID_PARAMETER 1011
Session.forceDisconnect OT_NOT_CONNECTED 1010 404
Session.forceDisconnect OT_PERMISSION_DENIED 1520
Session.forceMuteAll OT_INVALID_PARAMETER 1011
Session.forceMuteAll OT_NOT_CONNECTED 1010 404
Session.forceMuteAll OT_PERMISSION_DENIED 1540
Session.forceMuteAll OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.forceMuteStream OT_INVALID_PARAMETER 1011
Session.forceMuteStream OT_NOT_CONNECTED 1010 404
Session.forceMuteStream OT_PERMISSION_DENIED 1540
Session.forceMuteStream OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.forceUnpublish OT_INVALID_PARAMETER 1011
Session.forceUnpublish OT_NOT_CONNECTED 1010 404
Session.forceUnpublish OT_PERMISSION_DENIED 1530
Session.forceUnpublish OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.publish OT_CHROME_MICROPHONE_ACQUISITION_ERROR 1500
Session.publish OT_CONNECT_FAILED 1013
Session.publish OT_CONSTRAINTS_NOT_SATISFIED 1500
Session.publish OT_CREATE_PEER_CONNECTION_FAILED 1500
Session.publish OT_HARDWARE_UNAVAILABLE 1500
Session.publish OT_ICE_WORKFLOW_FAILED 1553
Session.publish OT_INVALID_PARAMETER 1500 1011
Session.publish OT_MEDIA_ERR_ABORTED 1500
Session.publish OT_MEDIA_ERR_DECODE 1500
Session.publish OT_NOT_CONNECTED 1010
Session.publish OT_NOT_SUPPORTED 1500
Session.publish OT_NO_DEVICES_FOUND 1500
Session.publish OT_NO_VALID_CONSTRAINTS 1500
Session.publish OT_PERMISSION_DENIED 1500
Session.publish OT_SCREEN_SHARING_EXTENSION_NOT_INSTALLED 1500
Session.publish OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED 1500
Session.publish OT_SCREEN_SHARING_NOT_SUPPORTED 1500
Session.publish OT_SET_REMOTE_DESCRIPTION_FAILED 1500
Session.publish OT_STREAM_CREATE_FAILED 1500
Session.publish OT_TIMEOUT 1500
Session.publish OT_UNABLE_TO_CAPTURE_MEDIA 1500
Session.publish OT_UNABLE_TO_CAPTURE_SCREEN 1500
Session.publish OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.publish OT_USER_MEDIA_ACCESS_DENIED 1500
Session.signal OT_INVALID_PARAMETER 400 413
Session.signal OT_NOT_CONNECTED 500 404
Session.signal OT_NOT_FOUND 404
Session.signal OT_PERMISSION_DENIED 403
Session.signal OT_UNEXPECTED_SERVER_RESPONSE 2001
Session.subscribe OT_CREATE_PEER_CONNECTION_FAILED 1501 1013
Session.subscribe OT_ICE_WORKFLOW_FAILED 1554
Session.subscribe OT_INVALID_PARAMETER 1501 1011
Session.subscribe OT_MEDIA_ERR_DECODE 1502 1013 1501
Session.subscribe OT_NOT_CONNECTED 1501
Session.subscribe OT_SET_REMOTE_DESCRIPTION_FAILED 1501 1013
Session.subscribe OT_STREAM_LIMIT_EXCEEDED 1605
Session.subscribe OT_STREAM_NOT_FOUND 1501
Session.subscribe OT_TIMEOUT 1501
Session.subscribe OT_UNABLE_TO_SUBSCRIBE 1501 2001
Session.subscribe OT_UNEXPECTED_SERVER_RESPONSE 2001
Subscriber.getRtcStatsReport OT_GET_RTC_STATS_REPORT_NOT_SUPPORTED 2031
Subscriber.getRtcStatsReport OT_PEER_CONNECTION_NOT_CONNECTED 1015
Subscriber.getStats OT_NOT_CONNECTED 1015
Subscriber.getStats OT_PEER_CONNECTION_NOT_CONNECTED 1015
`

// A raise is a line of raisedText.
type raise struct {
	method, name string
	codes        []int16
}

var raises = func() (list []raise) {
	for line := range strings.Lines(strings.TrimSpace(raisedText)) {
		f := strings.Fields(line)
		r := raise{method: f[0], name: f[1]}
		for _, text := range f[2:] {
			code, err := strconv.Atoi(text)
			if err != nil {
				panic("corpus: not a code: " + text)
			}
			r.codes = append(r.codes, int16(code))
		}
		list = append(list, r)
	}
	return list
}()

// in reports whether r belongs to the method; unknown matches every method.
func (r *raise) in(method string) bool { return method == unknown.String() || r.method == method }

// oneName returns the only name that the method raises with the code, "" if there are none or
// several.
func oneName(code int16, method string) string {
	one := ""
	for i := range raises {
		r := &raises[i]
		if !r.in(method) || !slices.Contains(r.codes, code) || r.name == one {
			continue
		}
		if one != "" {
			return ""
		}
		one = r.name
	}
	return one
}

// raised reports whether the method raises the name with the code.
func raised(name string, code int16, method string) bool {
	return slices.ContainsFunc(raises, func(r raise) bool {
		return r.name == name && r.in(method) && slices.Contains(r.codes, code)
	})
}

// usualCodes has the first code of each name and method.
var usualCodes = func() [][len(methodNames)]int16 {
	list := make([][len(methodNames)]int16, len(names))
	for i := range names {
		for _, r := range raises {
			if m := slices.Index(methodNames[:], r.method); r.name == names[i].text && m > 0 {
				list[i][m] = r.codes[0]
			}
		}
	}
	return list
}()

// codeFor returns the usual code of a name in a method, 0 if there is none.
func codeFor(i int16, m method) int16 {
	if m == unknown {
		return names[i].code
	}
	return usualCodes[i][m]
}
