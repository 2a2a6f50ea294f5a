package corpus

// Values of lines. All of them are invented.
var (
	sdks     = []string{"2.35.2", "2.35.2", "2.35.2", "2.34.2", "2.32.1", "2.30.5", "2.28.6"}
	browsers = []string{"Chrome 142", "Chrome 141", "Firefox 144", "Safari 26.1", "Edge 142"}
	agents   = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
	}
	loggers  = []string{"app.call.room", "app.call.media", "app.network", "app.ui.layout", "app.chat"}
	services = []string{"web-client", "visit-ui", "room-ui", "kiosk"}
	pages    = []string{"https://clinic.example/room", "https://app.example/visit", "https://school.example/lesson", "https://desk.example/call"}
	keys     = []string{"45012345", "46012346", "45112347", "47012348", "46512349", "45912340"}
)

// chat has the harmless messages of applications. No text ends with a number in brackets, contains a
// method, or has a number where a code could be.
var chat = parseAll(
	"joined room {x}, {n} participants",
	"left room {x} after {k} s",
	"participant {u} entered the waiting room",
	"user settings loaded in {m} ms",
	"feature flags refreshed: virtual_background=on, grid_view=off, max_tiles={n}",
	"heartbeat ok rtt={m} ms queue_depth={n}",
	"stats: bitrate_kbps={m} packet_loss={f}% jitter_ms={n} fps={n}",
	"network quality changed to good, estimated {m} kbps",
	"network quality changed to poor, packet_loss={f}%",
	"microphone level {f}, speaking=true",
	"device list refreshed: {n} cameras, {n} microphones",
	"selected camera \"Integrated Camera\" at 1280x720@30",
	"layout recalculated for {n} tiles in {m} ms",
	"chat message {u} delivered to {n} recipients",
	"whiteboard sync took {m} ms, {n} strokes",
	"file upload {x} finished, {k} bytes in {m} ms",
	"GET /api/v1/rooms/{x} 200 in {m} ms",
	"POST /api/v1/events 202 in {m} ms, request_id={u}",
	"token refreshed, valid for {k} s",
	"locale set to en-GB, time_zone=Europe/Berlin",
	"tab hidden, video paused for stream {s}",
	"tab visible, video resumed for stream {s}",
	"stream {s} created, has_audio=true has_video=true",
	"stream {s} property changed: video_dimensions 640x480 to 1280x720",
	"connection {c} created",
	"remote participant muted, stream_id={s}",
	"background blur enabled, model_load_ms={m}",
	"render loop stalled for {m} ms",
	"memory usage {n} MB, {k} objects",
	"service worker updated to build {x}",
	"analytics batch of {n} events sent",
	"audio output set to default device",
	"call timer started at {k} ms since page load",
	"recording banner shown, consent_given=true",
	"captions on, language=en, delay_ms={m}",
	"ICE candidate pair selected: host/udp, rtt {n} ms",
	"WebSocket open to wss://rumor-{n}.example/rumorwebsocketsv2 in {m} ms",
	"simulcast layer switched to {n} for stream {s}",
	"cpu pressure nominal, load={f}",
	"hand raised by {u}",
	"poll {x} opened with {n} options",
	"reaction sent, count={n}",
	"prefetching assets for next step, {n} files, {k} bytes",
	"waiting for host, position {n} in line",
	"appointment_state=in_progress provider_ready=true room_ref={x}",
)

// A mutation changes an error name to a near miss.
type mutation uint8

const (
	nearSuffix    mutation = iota // OT_TIMEOUTS
	nearPrefixNot                 // NOT_OT_TIMEOUT
	nearSuffixMS                  // OT_TIMEOUT_MS
	nearDigit                     // OT_TIMEOUT2
	nearLower                     // ot_timeout
	nearBare                      // OT_
	nearHyphen                    // OT-TIMEOUT
	nearPrefixX                   // XOT_TIMEOUT
	nearClass                     // OTErrorClass
	nearUnknown                   // OT_RETRY_BUDGET
	nearMillis                    // 1500 ms
	nearHTTP                      // HTTP 404
	nearPort                      // port 1500
	nearClose                     // a socket's close code
	mutations
)

var mutationNames = [mutations]string{
	"suffix", "prefix_not", "suffix_ms", "digit", "lower", "bare", "hyphen", "prefix_x", "class", "unknown",
	"millis", "http", "port", "socket_close",
}

// append writes a mutated error name.
func (m mutation) append(b []byte, name string) []byte {
	switch m {
	case nearSuffix:
		return append(append(b, name...), 'S')
	case nearPrefixNot:
		return append(append(b, "NOT_"...), name...)
	case nearSuffixMS:
		return append(append(b, name...), "_MS"...)
	case nearDigit:
		return append(append(b, name...), '2')
	case nearPrefixX:
		return append(append(b, 'X'), name...)
	case nearLower:
		for i := range len(name) {
			c := name[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
		}
	case nearHyphen:
		for i := range len(name) {
			c := name[i]
			if c == '_' {
				c = '-'
			}
			b = append(b, c)
		}
	}
	return b
}

// nearTexts has the lines of near misses; {N} is the mutated name.
var nearTexts = [mutations][]template{
	nearSuffix:    parseAll("collected {N} so far: {n}", "metric {N} reset to {n}"),
	nearPrefixNot: parseAll("assertion {N} held for {m} ms", "filter {N} matched {n} rows"),
	nearSuffixMS:  parseAll("setting {N}={m}", "env {N} is {m}, using it"),
	nearDigit:     parseAll("flag {N} is off", "bucket {N} has {n} items"),
	nearLower:     parseAll("counter {N} is at {n}", "dashboard panel {N} rendered in {m} ms"),
	nearBare:      parseAll("env prefix OT_ stripped from {n} variables", "names starting with OT_ are reserved"),
	nearHyphen:    parseAll("css class {N} applied", "help article {N} opened"),
	nearPrefixX:   parseAll("header {N} ignored", "legacy alias {N} dropped"),
	nearClass:     parseAll("loaded OTErrorClass in {m} ms", "instanceof OTErrorClass is false for item {n}"),
	nearUnknown: parseAll("OT_RETRY_BUDGET is {n}", "read OT_LOG_PREFIX and OT_BUILD_TAG from the environment",
		"OT_POLL_INTERVAL set to {m}", "feature OT_GRID_LAYOUT turned on"),
	nearMillis: parseAll("slow frame: 1500 ms", "waited 1004 ms for the first packet", "timer fired after 1010 ms, drift {n} ms"),
	nearHTTP:   parseAll("GET /avatars/{x}.png HTTP 404", "HTTP 500 from /api/v1/notes, will try again", "HTTP 403 for /admin"),
	nearPort:   parseAll("listening on port 1500", "proxy at 10.0.0.{n}:1501 ready", "turn server uses port 1553/udp"),
	nearClose: parseAll("WebSocket wss://rumor-{n}.example closed, code=1006 clean=false", "WebSocket closed with 1001, going away",
		"socket close 1005 seen, reconnecting in {m} ms"),
}

// A noise is an error line of the SDK that belongs to no failure.
type noise struct {
	part             part
	level, msg, rest string
}

var noises = []noise{
	{partPublisher, "error", "OT.Publisher State Change Failed: ", " 'Failed' cannot transition to 'NotPublishing'"},
	{partPublisher, "error", "OT.Publisher State Change Failed: ", " 'MediaBound' cannot transition to 'MediaBound'"},
	{partSubscriber, "error", "OT.Subscriber State Change Failed: ", " 'Init' cannot transition to 'Destroying'"},
	{partSubscriber, "error", "Invalid state transition: Event 'disconnect' not possible in state 'disconnected'", ""},
	{partSession, "error", "_connectivityAttemptPinger should have been cleaned up", ""},
	{partSession, "error", "An error occurred in an event handler", ""},
	{partPublisher, "warn", "Received connectivity event: \"Cancel\" without \"Attempt\"", ""},
	{partPublisher, "warn", "Received connectivity event: \"Failure\" without \"Attempt\"", ""},
	{partLevel, "error", "level must be one of: OT.NONE = 0, OT.ERROR = 1, OT.WARN = 2, OT.INFO = 3, OT.LOG = 4, OT.DEBUG = 5, OT.SPAM = 6", ""},
	{partConfig, "error", "could not reach Config Service", " AxiosError: Network Error"},
}

// browserNoise has the browser's own messages about failed requests.
var browserNoise = []string{
	"Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
	"Failed to load resource: the server responded with a status of 500 (Internal Server Error)",
	"Failed to load resource: the server responded with a status of 404 (Not Found)",
	"[Violation] 'setTimeout' handler took 151ms",
}

const nativeNoise = "OTRN JS: There was an error:  logging"

// Other telemetry bodies.
const (
	otherAgent uint8 = iota
	otherAgentDone
	otherInfo
	otherConfig
	otherVideo
	otherCPU
	otherSignal
	otherStats
	otherReport
	otherSocket
	otherQoS
)

var chatter = []uint8{otherVideo, otherVideo, otherCPU, otherSignal, otherSignal, otherStats, otherReport, otherSocket, otherQoS}

var others = [...]struct{ action, variation, payload string }{
	otherAgent:     {"UserAgentParsing", "Attempt", agentPayload},
	otherAgentDone: {"UserAgentParsing", "Success", agentPayload},
	otherInfo:      {"SessionInfo", "Attempt", ""},
	otherConfig:    {"ConfigurationFile", "Attempt", "null"},
	otherVideo:     {"updateAudioVideo", "Event", `{"hasAudio":true,"hasVideo":false}`},
	otherCPU:       {"cpuPerformanceChanged", "Event", `{"cpuPerformanceState":"serious"}`},
	otherSignal:    {"signal", "send", `{"type":"string"}`},
	otherStats:     {"GetStats", "Called", "{}"},
	otherReport:    {"ReportIssue", "Event", "null"},
	otherSocket:    {"WebSocket:open", "", ""},
	otherQoS:       {"GetRtcStatsReport", "Called", "{}"},
}

const agentPayload = `{"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"}`

// stacks are stack lines after records of console text.
var stacks = [][]string{
	{"    at handleClick (https://app.example/static/room.js:212:17)", "    at dispatch (https://app.example/static/vendor.js:9:1500)"},
	{"    at XMLHttpRequest.handleError (https://clinic.example/opentok.js:100048:21)"},
	{"    at async start (https://app.example/static/call.js:88:5)", "    at async Room.open (https://app.example/static/room.js:1004:11)", "    at async https://app.example/static/main.js:3:9"},
	{"emit @ opentok.js:36011", "(anonymous) @ index.js:217", "run @ room.js:44"},
	{"handle @ opentok.js:9234"},
}

var consoleFiles = []string{"app.js:812", "room.js:44", "call.js:1500", "main.js:3", ":2"}
