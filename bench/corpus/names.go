package corpus

// A method is an SDK method that can fail.
type method uint8

const (
	unknown method = iota
	connect
	publish
	subscribe
	initPublisher
	signal
	forceDisconnect
	forceUnpublish
	forceMuteStream
	reportIssue
	setProxyURL
	setVideoSource
	getStats
	getSupportedCodecs
)

var methodNames = [...]string{
	unknown: "unknown", connect: "Session.connect", publish: "Session.publish", subscribe: "Session.subscribe",
	initPublisher: "OT.initPublisher", signal: "Session.signal",
	forceDisconnect: "Session.forceDisconnect", forceUnpublish: "Session.forceUnpublish",
	forceMuteStream: "Session.forceMuteStream", reportIssue: "OT.reportIssue", setProxyURL: "OT.setProxyUrl",
	setVideoSource: "Publisher.setVideoSource", getStats: "Subscriber.getStats",
	getSupportedCodecs: "OT.getSupportedCodecs",
}

func (m method) String() string { return methodNames[m] }

// A voice is a way in which the SDK prints a failure with its name.
type voice uint8

const (
	plainVoice      voice = 1 << iota // OpenTok:Session:error NAME: text
	publisherVoice                    // OpenTok:Publisher:error onStreamAvailableError NAME: text
	initVoice                         // OpenTok:publisherInit:error NAME: text
	subscriberVoice                   // OpenTok:Subscriber:error NAME: text
	socketVoice                       // OpenTok:RumorSocket:3:error NAME: text
	functionVoice                     // OpenTok:Session:error NAME: Cannot call forceX(). …
	handlerVoice                      // OpenTok:GlobalExceptionHandler:error NAME: text
)

// A name is an error name of the SDK, and the texts of its lines.
type name struct {
	text   string
	only   method // the only method that documents it, or raises it if none does, else unknown
	code   int16  // as usually raised; 0: none
	voices voice
	spell  []method // methods that a line may spell out: `Session.publish :: `
	msg    string   // identifies no method
	pub    string   // the text of the Publisher's line
	sub    string   // the text of the Subscriber's line
}

// alsoRaised are the names that the reference lists for one method, and that the SDK raises in
// another one as well. By themselves they do not identify a method.
var alsoRaised = [...]string{
	"OT_CONNECT_FAILED", "OT_CONSTRAINTS_NOT_SATISFIED", "OT_DISCONNECTED", "OT_INVALID_AUDIO_OUTPUT_SOURCE", "OT_MEDIA_ENDED",
	"OT_PROXY_URL_ALREADY_SET_ERROR", "OT_REQUESTED_DEVICE_PERMISSION_DENIED", "OT_TIMEOUT", "OT_UNABLE_TO_CAPTURE_MEDIA",
	"OT_UNABLE_TO_CAPTURE_SCREEN", "OT_UNSUPPORTED_BROWSER", "OT_USER_MEDIA_ACCESS_DENIED",
}

// noName is the index in names of a missing name.
const noName = -1

const gum = publisherVoice // raised by getUserMedia

// names is sorted by frequency, the most frequent first.
// The reference documents 55 of them; the SDK's table has 22 more.
var names = [...]name{
	{"OT_NOT_CONNECTED", unknown, 1010, plainVoice | functionVoice, []method{publish, subscribe, signal}, "You are not connected to the session.", "", ""},
	{"OT_CONNECT_FAILED", connect, 1006, plainVoice, nil, " (1006)", "", ""},
	{"OT_HARDWARE_UNAVAILABLE", unknown, 1500, gum, []method{publish}, "The device is busy", "The selected voice or video devices are unavailable. Verify that the chosen devices are not in use by another application. (getUserMedia error: NotReadableError)", ""},
	{"OT_TIMEOUT", publish, 1500, plainVoice | subscriberVoice, []method{publish, subscribe}, "The operation did not finish in time", "", "Unable to subscribe to stream in a reasonable amount of time"},
	{"OT_AUTHENTICATION_ERROR", connect, 1004, plainVoice, nil, "Token expired (1004)", "", ""},
	{"OT_NO_DEVICES_FOUND", unknown, 1500, gum, []method{publish}, "No device was found", "No voice or video input devices are available on this machine. (getUserMedia error: NotFoundError)", ""},
	{"OT_STREAM_NOT_FOUND", subscribe, 1501, subscriberVoice | plainVoice, []method{subscribe}, "stream not found", "", "stream not found"},
	{"OT_INVALID_PARAMETER", unknown, 1011, plainVoice | initVoice, []method{publish, subscribe, signal}, "An option has an invalid value", "", ""},
	{"OT_CONSTRAINTS_NOT_SATISFIED", publish, 1500, gum, []method{publish}, "The constraints cannot be met", "It's not possible to satisfy one or more constraints passed into the getUserMedia function (getUserMedia error: OverconstrainedError)", ""},
	{"OT_INVALID_HTTP_STATUS", connect, 2001, plainVoice, nil, "Unexpected server response (undefined 403). Try this operation again later. (2001)", "", ""},
	{"OT_USER_MEDIA_ACCESS_DENIED", publish, 1500, plainVoice, []method{publish}, "The user refused access to the devices", "", ""},
	{"OT_ICE_WORKFLOW_FAILED", unknown, 1553, subscriberVoice, []method{publish, subscribe}, "No route for media was found", "", "No route for media was found"},
	{"OT_SOCKET_CLOSE_TIMEOUT", connect, 4010, plainVoice | socketVoice, nil, "Timed out while waiting for the Rumor socket to connect.", "", ""},
	{"OT_PERMISSION_DENIED", unknown, 1500, plainVoice, []method{publish, forceUnpublish, forceDisconnect}, "The role does not allow this", "", ""},
	{"OT_DISCONNECTED", subscribe, 0, socketVoice | subscriberVoice, nil, "Action stopped due to session disconnection.", "", "The session was disconnected"},
	{"OT_EMPTY_RESPONSE_BODY", connect, 1006, plainVoice, nil, "Response body was empty, probably due to connectivity loss (1006)", "", ""},
	{"OT_STREAM_CREATE_FAILED", publish, 1500, plainVoice, []method{publish}, "Failed to create stream in server model", "", ""},
	{"OT_UNABLE_TO_SUBSCRIBE", subscribe, 1501, plainVoice | subscriberVoice, []method{subscribe}, "The stream cannot be played", "", "The stream cannot be played"},
	{"OT_INVALID_SESSION_ID", connect, 1005, plainVoice, nil, "Session not found (1005)", "", ""},
	{"OT_NOT_SUPPORTED", unknown, 1500, gum, []method{publish}, "The browser does not support this", "A constraint specified is not supported by the browser. (getUserMedia error: NotSupportedError)", ""},
	{"OT_UNEXPECTED_SERVER_RESPONSE", unknown, 2001, plainVoice, []method{publish, signal}, "The server answered with an error", "", ""},
	{"OT_STREAM_DESTROYED", subscribe, 0, subscriberVoice, []method{subscribe}, "Stream was destroyed before it could be subscribed to", "", "Stream was destroyed before it could be subscribed to"},
	{"OT_SOCKET_CLOSE_ABNORMAL", connect, 1006, plainVoice | socketVoice, nil, "The socket went away", "", ""},
	{"OT_MEDIA_ERR_ABORTED", unknown, 1500, gum, []method{publish, subscribe}, "Fetching media was stopped", "Unknown error while getting user media", ""},
	{"OT_CANCEL", unknown, 1500, gum, nil, "The call was cancelled", "The publisher was destroyed while asking for media", ""},
	{"OT_XDOMAIN_OR_PARSING_ERROR", connect, 2001, plainVoice, nil, "Unexpected server response (SyntaxError: Unexpected token '<', \"<html>prox\"... is not valid JSON). Try this operation again later. (2001)", "", ""},
	{"OT_UNABLE_TO_CAPTURE_MEDIA", publish, 1500, gum, []method{publish}, "Media could not be captured", "Unable to capture media. Unknown error occurred (getUserMedia error: AbortError)", ""},
	{"OT_CREATE_PEER_CONNECTION_FAILED", unknown, 1500, subscriberVoice, []method{publish, subscribe}, "The peer connection could not be made", "", "The peer connection could not be made"},
	{"OT_SET_REMOTE_DESCRIPTION_FAILED", unknown, 1500, subscriberVoice, []method{publish, subscribe}, "The remote description was refused", "", "The remote description was refused"},
	{"OT_NOT_FOUND", unknown, 404, 0, []method{signal, forceMuteStream}, "The recipient is gone", "", ""},
	{"OT_CONNECTION_LIMIT_EXCEEDED", connect, 1027, plainVoice, nil, "Cannot connect -- the limit for concurrent connections to the session has been reached", "", ""},
	{"OT_CHROME_MICROPHONE_ACQUISITION_ERROR", publish, 1500, plainVoice, []method{publish}, "The microphone gives no sound", "", ""},
	{"OT_SOCKET_CLOSE_CONNECTIVITY_LOSS", connect, 4001, plainVoice | socketVoice, nil, "Connectivity was lost", "", ""},
	{"OT_STREAM_LIMIT_EXCEEDED", subscribe, 1605, plainVoice | subscriberVoice, []method{subscribe}, "The limit for concurrent streams in the session has been reached", "", "The limit for concurrent streams in the session has been reached"},
	{"OT_SCREEN_SHARING_NOT_SUPPORTED", unknown, 1500, gum, []method{publish}, "The screen cannot be shared here", "The screen cannot be shared here", ""},
	{"OT_UNSUPPORTED_BROWSER", connect, 1006, plainVoice, nil, "This browser is too old", "", ""},
	{"OT_MEDIA_ERR_NETWORK", unknown, 0, 0, []method{subscribe}, "A network error stopped the media", "", ""},
	{"OT_INVALID_VIDEO_SOURCE", setVideoSource, 1041, 0, nil, "Invalid video source. Video source must be a valid video input deviceId", "", ""},
	{"OT_UNABLE_TO_CAPTURE_SCREEN", initPublisher, 1500, gum, nil, "The screen could not be captured", "The screen could not be captured", ""},
	{"OT_RATE_LIMIT_EXCEEDED", signal, 0, plainVoice, []method{signal}, "Too many messages in a short time", "", ""},
	{"OT_UNEXPECTED_ERROR_CODE", connect, 2001, plainVoice | handlerVoice, nil, "export control (2001)", "", ""},
	{"OT_PEER_CONNECTION_NOT_CONNECTED", unknown, 1015, 0, nil, "The peer connection is not up yet", "", ""},
	{"OT_SET_VIDEO_SOURCE_FAILURE", setVideoSource, 1040, 0, nil, "The video source could not be changed", "", ""},
	{"OT_MEDIA_ENDED", initPublisher, 0, gum, nil, "The media source ended", "The media source ended", ""},
	{"OT_MEDIA_ERR_DECODE", unknown, 1502, subscriberVoice, []method{subscribe}, "The media could not be decoded", "", "The media could not be decoded"},
	{"OT_INVALID_AUDIO_OUTPUT_SOURCE", publish, 0, 0, nil, "The audio output is not valid", "", ""},
	{"OT_SOCKET_CLOSE_FALLBACK_CODE", connect, 4020, plainVoice | socketVoice, nil, "Error code unavailable.", "", ""},
	{"OT_REQUESTED_DEVICE_PERMISSION_DENIED", initPublisher, 0, 0, nil, "The device may not be used", "", ""},
	{"OT_TERMS_OF_SERVICE_FAILURE", connect, 1026, plainVoice, nil, "export compliance (1026)", "", ""},
	{"OT_REPORT_ISSUE_FAILED", reportIssue, 2011, 0, nil, "Error calling OT.reportIssue(). Check the client's network connection.", "", ""},
	{"OT_MEDIA_ERR_SRC_NOT_SUPPORTED", unknown, 0, 0, []method{subscribe}, "The media format is not playable", "", ""},
	{"OT_NO_VALID_CONSTRAINTS", unknown, 1500, gum, []method{publish}, "Neither sound nor picture was asked for", "Video and Audio was disabled, you need to enable at least one", ""},
	{"OT_BADLY_FORMED_RESPONSE", connect, 2001, plainVoice, nil, "The answer is of the wrong kind (2001)", "", ""},
	{"OT_GET_RTC_STATS_REPORT_NOT_SUPPORTED", unknown, 2031, 0, nil, "The browser has no such report", "", ""},
	{"OT_SCREEN_SHARING_EXTENSION_NOT_REGISTERED", unknown, 1500, gum, []method{publish}, "The extension is unknown here", "Screen Sharing support in this browser requires an extension, but one has not been registered.", ""},
	{"OT_SCREEN_SHARING_EXTENSION_NOT_INSTALLED", unknown, 1500, gum, []method{publish}, "The extension is missing here", "Screen Sharing support in this browser requires an extension, but the extension is not installed.", ""},
	{"OT_INVALID_ENCRYPTION_SECRET", connect, 1006, plainVoice, nil, "Invalid encryptionSecret: secret must have at least 8 characters", "", ""},
	{"OT_HTTP_ERROR", getStats, 0, 0, nil, "The request came to nothing", "", ""},
	{"OT_PROXY_URL_ALREADY_SET_ERROR", initPublisher, 2022, 0, nil, "The proxy setting was refused", "", ""},
	{"SET_PROXY_URL_TIMING_ERROR", setProxyURL, 2021, 0, nil, "The proxy setting came too late", "", ""},
	{"PROXY_URL_ALREADY_SET_ERROR", setProxyURL, 2022, 0, nil, "The proxy setting exists", "", ""},
	{"OT_SET_PROXY_URL_TIMING_ERROR", setProxyURL, 2021, handlerVoice, nil, "The proxy setting came too late", "", ""},
	{"OT_SOCKET_CLOSE_GOING_AWAY", connect, 1001, plainVoice, nil, "The server goes away", "", ""},
	{"OT_SOCKET_CLOSE_UNEXPECTED_CONDITION", connect, 1011, plainVoice | socketVoice, nil, "The server met an unexpected condition", "", ""},
	{"OT_SOCKET_CLOSE_NO_STATUS", connect, 0, plainVoice, nil, "The socket closed without a status", "", ""},
	{"OT_UNKNOWN_HTTP_ERROR", connect, 2001, plainVoice, nil, "The request could not be built (2001)", "", ""},
	{"OT_SOCKET_CLOSE_POLICY_VIOLATION", connect, 0, plainVoice, nil, "The socket broke a policy", "", ""},
	{"OT_API_KEY_DISABLED", unknown, 0, plainVoice, nil, "The project is disabled", "", ""},
	{"OT_SOCKET_CLOSE_CONNECT_EXCEPTION", connect, 4030, plainVoice, nil, "The socket could not be opened", "", ""},
	{"OT_UNABLE_TO_ACCESS_MEDIA_ENGINE", getSupportedCodecs, 5001, 0, nil, "The media engine is not there", "", ""},
	{"OT_FAILED_SET_CONFIGURATION", unknown, 0, 0, nil, "The configuration was refused", "", ""},
	{"OT_SOCKET_ALREADY_CONNECTED_CONNECTING", unknown, 0, plainVoice, nil, "The socket is in use", "", ""},
	{"OT_UNEXPECTED_HTTP_STATUS", unknown, 0, plainVoice, nil, "The status was not expected", "", ""},
	{"OT_SOCKET_CLOSE_TOO_LARGE", connect, 0, plainVoice, nil, "The message was too large", "", ""},
	{"OT_SOCKET_CLOSE_PROTOCOL_ERROR", connect, 0, plainVoice, nil, "The socket broke the protocol", "", ""},
	{"OT_SOCKET_CLOSE_INCONSISTENT_DATA", connect, 0, plainVoice, nil, "The data were inconsistent", "", ""},
	{"OT_SOCKET_CLOSE_UNSUPPORTED", connect, 0, plainVoice, nil, "The data cannot be handled", "", ""},
}

// Names returns the error names that records of a corpus spell.
func Names() []string {
	list := make([]string, len(names))
	for i := range names {
		list[i] = names[i].text
	}
	return list
}

// A picker draws names by Zipf's law: the k-th weighs 1/k.
type picker struct {
	index []int16
	sum   []float64
}

func newPicker(ok func(*name) bool) (p picker) {
	total := 0.0
	for i := range names {
		if ok(&names[i]) {
			total += 1 / float64(i+1)
			p.index = append(p.index, int16(i))
			p.sum = append(p.sum, total)
		}
	}
	return p
}

func (p *picker) pick(r *rng) int16 {
	x := r.float() * p.sum[len(p.sum)-1]
	lo, hi := 0, len(p.sum)-1
	for lo < hi {
		if mid := (lo + hi) / 2; p.sum[mid] <= x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return p.index[lo]
}

func (n *name) spells(m method) bool {
	for _, s := range n.spell {
		if s == m {
			return true
		}
	}
	return false
}

var (
	anyName       = newPicker(func(*name) bool { return true })
	socketName    = newPicker(func(n *name) bool { return n.only == connect && n.voices&socketVoice != 0 })
	connectName   = newPicker(func(n *name) bool { return n.only == connect })
	publishName   = newPicker(func(n *name) bool { return n.spells(publish) && n.voices&gum == 0 && n.text != "OT_NOT_CONNECTED" })
	subscribeName = newPicker(func(n *name) bool { return n.sub != "" && (n.only == subscribe || n.spells(subscribe)) })

	disconnected = lookup("OT_DISCONNECTED")
	denied       = lookup("OT_USER_MEDIA_ACCESS_DENIED")
	timeout      = lookup("OT_TIMEOUT")
	refused      = lookup("OT_UNEXPECTED_SERVER_RESPONSE")
)

func lookup(text string) int16 {
	for i := range names {
		if names[i].text == text {
			return int16(i)
		}
	}
	panic("corpus: no such name: " + text)
}

// prefixed has the names from which near misses are made.
var prefixed = func() (list []string) {
	for i := range names {
		if t := names[i].text; t[:3] == "OT_" {
			list = append(list, t)
		}
	}
	return
}()

// title returns the SDK's title of a code.
func title(code int16) string {
	switch code {
	case 0, 400, 403, 404, 413, 500, 1001, 1002, 1003, 2011, 4010, 4020, 4030:
		return "undefined"
	case 1004:
		return "Authentication error"
	case 1005:
		return "Invalid Session ID"
	case 1006:
		return "Connect Failed"
	case 1007:
		return "Connect Rejected"
	case 1008:
		return "Connect Time-out"
	case 1009:
		return "Security Error"
	case 1010:
		return "Not Connected"
	case 1011:
		return "Invalid Parameter"
	case 1013:
		return "Connection Failed"
	case 1015:
		return "PeerConnection not connected, cannot call this method"
	case 1026:
		return "Terms of Service Violation: Export Compliance"
	case 1027:
		return "Connection Limit Exceeded"
	case 1500:
		return "Unable to Publish"
	case 1501:
		return "Unable to Subscribe"
	case 1502:
		return "Unsupported Video Codec"
	case 1520:
		return "Unable to Force Disconnect"
	case 1530:
		return "Unable to Force Unpublish"
	case 1540:
		return "Unable to Force Mute"
	case 1553:
		return "Publisher ICEWorkflow failed"
	case 1554:
		return "Subscriber ICEWorkflow failed"
	case 1605:
		return "Stream Limit Exceeded"
	case 2001:
		return "Unexpected Server Response"
	case 2021:
		return "Proxy URL Timing Error"
	case 2022:
		return "Proxy URL Already Set Error"
	case 4001:
		return "WebSocket Network Disconnected"
	case 5001:
		return "Unable to access media engine"
	}
	return "Internal Error"
}

// finalCode returns the code in brackets at the end of a message, else 0.
func finalCode(msg string) int16 {
	if len(msg) < 6 || msg[len(msg)-1] != ')' || msg[len(msg)-6] != '(' {
		return 0
	}
	code := int16(0)
	for _, c := range msg[len(msg)-5 : len(msg)-1] {
		if c < '0' || c > '9' {
			return 0
		}
		code = code*10 + int16(c-'0')
	}
	return code
}
