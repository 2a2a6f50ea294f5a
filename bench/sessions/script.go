package sessions

// A script lists the records of a kind of session, in the order in which they are written, and what
// each counts for.
type script struct {
	steps   []step
	parties []party
	uses    uint32 // bits of the identities in the records
}

// A party is a session of a script, or the surrogate of one. Scripts of pages with several sessions
// have several.
type party struct {
	named bool // the session ID is known; else the party is a connection or client
}

const (
	maxSteps   = 24 // of a script
	maxParties = 3
)

// A step is one record and what it counts for.
type step struct {
	wait span // since the step before
	text template
	// stamp is the step whose time the record has: its own, except for second copies of
	// events.
	stamp int

	kind  kind
	party int
	mute  bool // the record has no identity
	body  bool // of telemetry, although neither kind nor event says so

	begins call  // the attempt that begins with this record
	event  event // for the count of duplicates
	fault  fault // the error that it is evidence of
	opens  bool  // first record of a failure; later records with its fault belong to it
}

// A kind is the kind of a record.
type kind uint8

const (
	clean kind = iota
	telemetry
	classified
)

// An event says whether a record is an event of an attempt.
type event uint8

const (
	otherEvent event = iota
	attemptEvent
	repeatedEvent // a second copy
)

// A call is an attempt of a method, with its outcome.
type call struct {
	made     bool
	method   method
	outcome  outcome
	inferred bool // its start is not posted
}

// An outcome is how an attempt ends.
type outcome uint8

const (
	open outcome = iota // no end
	succeeded
	failed
	cancelled
)

// A method is a method of the SDK.
type method uint8

const (
	connect method = iota
	publish
	subscribe
	initPublisher
	signal
	numMethods
)

func (m method) String() string {
	return [numMethods]string{"Session.connect", "Session.publish", "Session.subscribe", "OT.initPublisher", "Session.signal"}[m]
}

// action returns the telemetry action of a method.
func (m method) action() string {
	return [...]string{"Connect", "Publish", "Subscribe"}[m]
}

// A fault is an error of a method.
type fault uint8

const (
	noFault fault = iota
	authentication
	connectFailed
	publishTimeout
	permission
	subscribeTimeout
	streamLimit
	accessDenied
	notConnected
	numFaults
)

// A saying has the texts of a fault.
type saying struct {
	method method
	name   string
	text   string // of the error
}

func (f fault) said() *saying { return &sayings[f] }

var sayings = [numFaults]saying{
	authentication:   {connect, "OT_AUTHENTICATION_ERROR", "Token expired (1004)"},
	connectFailed:    {connect, "OT_CONNECT_FAILED", "The session could not be joined"},
	publishTimeout:   {publish, "OT_TIMEOUT", "Session.publish :: Could not publish in a reasonable amount of time"},
	permission:       {publish, "OT_PERMISSION_DENIED", "Session.publish :: This token does not allow publishing"},
	subscribeTimeout: {subscribe, "OT_TIMEOUT", "Session.subscribe :: Unable to subscribe to stream in a reasonable amount of time"},
	streamLimit:      {subscribe, "OT_STREAM_LIMIT_EXCEEDED", "Session.subscribe :: The limit for concurrent streams in the session has been reached"},
	accessDenied:     {initPublisher, "OT_USER_MEDIA_ACCESS_DENIED", "End-user denied permission to hardware devices (getUserMedia error: NotAllowedError)"},
	notConnected:     {signal, "OT_NOT_CONNECTED", "Session.signal :: Unable to send signal - you are not connected"},
}

// A span is a range of times in ms, with both ends.
type span struct{ least, most int32 }

func (s span) draw(r *rng) int32 {
	return s.least + int32(r.n(int(s.most-s.least)+1))
}

var (
	atOnce   = span{0, 2}
	shortly  = span{50, 900}               // within one failure, and from a call to its end
	retrying = span{2_500, 3_000}          // from a failed connect to the SDK's next try
	later    = span{20_000, 150_000}       // between what users do, and between two failures
	idle     = span{600_000, 7_200_000}    // until a user comes back to the page
	hours    = span{3_600_000, 21_600_000} // until the copy of another export
)

// A bearing has the identities in the records of a session, as letters (see fieldsOf).
type bearing struct {
	named bool   // a record has the session ID
	hello string // of telemetry before all others; none if empty
	try   string // of Connect Attempt
	tried string // of a connect call's end, with the same connection and client
	media string // of telemetry of publish and subscribe calls
	page  string // of telemetry of a publisher without a session
	line  string // of lines about errors
	chat  string // of clean lines
	bye   string // of telemetry after all others; none if empty
}

// The letters: I and J are session IDs, C and D connections, P a client
// instance.
var bearings = [...]bearing{
	direct:       {named: true, try: "ICP", tried: "ICP", media: "IP", page: "P", line: "I", chat: "I"},
	byConnection: {named: true, try: "ICP", tried: "CP", media: "CP", page: "P", line: "C", chat: "I"},
	byClient:     {named: true, try: "ICP", tried: "CP", media: "P", page: "P", line: "P", chat: "I"},
	// The connection is linked to its client, and the client to its session.
	chained: {named: true, hello: "IP", try: "CP", tried: "CP", media: "CP", page: "P", line: "C"},
	// The record that links them comes last.
	late: {named: true, try: "CP", tried: "CP", media: "CP", page: "P", line: "C", bye: "ICP"},
	// No record links them.
	connectionOnly: {try: "C", tried: "C", media: "C", page: "C", line: "C"},
	clientAtMost:   {try: "CP", tried: "CP", media: "CP", page: "P", line: "C"},
}

// Places in bearings.
const (
	direct = iota
	byConnection
	byClient
	chained
	late
	connectionOnly
	clientAtMost
)

// A writer builds a script.
type writer struct {
	script
	bearing
	party int // of the next steps
}

// add adds a record with its own time.
func (w *writer) add(wait span, st step, text string) *step {
	st.wait, st.stamp, st.party = wait, len(w.steps), w.party
	st.text = parseTemplate(text)
	for _, p := range st.text {
		w.uses |= 1 << p.id
	}
	w.steps = append(w.steps, st)
	return &w.steps[len(w.steps)-1]
}

// chat adds clean lines of the application. They have an identity only if that is the session
// ID.
func (w *writer) chat(lines int) {
	for range lines {
		w.add(later, step{kind: clean, mute: w.bearing.chat == ""}, printed("info", chats[len(w.steps)%len(chats)], w.bearing.chat))
	}
}

// post adds a telemetry event that belongs to no attempt.
func (w *writer) post(wait span, action, variation, fields string) {
	w.add(wait, step{kind: telemetry}, posted(action, variation, fields, ""))
}

// attempt adds the start of a call, with its outcome.
func (w *writer) attempt(m method, o outcome, fields string) {
	w.add(later, step{kind: telemetry, event: attemptEvent, begins: call{made: true, method: m, outcome: o}},
		posted(m.action(), "Attempt", fields, ""))
}

// end adds the end of a call without a failure.
func (w *writer) end(m method, variation, fields, more string) {
	w.add(shortly, step{kind: telemetry, event: attemptEvent}, posted(m.action(), variation, fields, more))
}

// failure adds the end of a call with a fault.
func (w *writer) failure(wait span, f fault, opens bool, fields, more string) *step {
	return w.add(wait, step{kind: classified, event: attemptEvent, fault: f, opens: opens},
		posted(f.said().method.action(), "Failure", fields, more))
}

// line adds a line of the SDK about a fault.
func (w *writer) line(wait span, f fault, opens bool, message string) {
	w.add(wait, step{kind: classified, fault: f, opens: opens}, printed("error", message, w.bearing.line))
}

// again adds a second copy of a step's record.
func (w *writer) again(of int, wait span) {
	st := w.steps[of]
	st.wait, st.begins, st.opens = wait, call{}, false
	if st.event == attemptEvent {
		st.event = repeatedEvent
	}
	w.steps = append(w.steps, st)
}

// twice repeats each telemetry event of the script.
func (w *writer) twice() {
	once := w.steps
	w.steps = nil
	for _, st := range once {
		st.stamp = len(w.steps)
		w.steps = append(w.steps, st)
		if st.kind == telemetry || st.event == attemptEvent {
			w.again(st.stamp, atOnce)
		}
	}
}
