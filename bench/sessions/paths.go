package sessions

import "sort"

// A path is what a user does, without the identities in the records.
type path struct {
	weight int
	walk   func(*writer)
}

// paths lists what users do, with the number of users in a thousand. T and U are published streams, R
// is a stream that subscriber B subscribes to.
func paths() []path {
	return []path{
		{440, func(w *writer) { w.join(); w.chat(3) }},
		{200, func(w *writer) { w.join(); w.publish(); w.chat(1) }},
		{120, func(w *writer) { w.join(); w.subscribe(); w.chat(2) }},
		{60, func(w *writer) { w.join(); w.publish(); w.subscribe() }},
		{30, func(w *writer) { w.join(); w.cancel(); w.chat(1) }},
		{20, func(w *writer) { w.join(); w.attempt(publish, open, w.media+"T"); w.chat(2) }},
		{25, func(w *writer) { w.join(); w.timeout("T", 1); w.chat(1) }},
		{10, func(w *writer) { w.join(); w.timeout("T", 5) }},
		{10, func(w *writer) { w.join(); w.timeout("T", 1); w.timeout("U", 2) }},
		{10, func(w *writer) { w.join(); w.refuse(streamLimit) }},
		{10, func(w *writer) { w.join(); w.refuse(subscribeTimeout); w.chat(1) }},
		{15, func(w *writer) { w.chat(1); w.reject(); w.chat(1) }},
		{5, func(w *writer) { w.tries(); w.chat(1) }},
		{5, func(w *writer) { w.join(); w.forbid(); w.chat(1) }},
		{15, func(w *writer) { w.join(); w.deny(); w.chat(1) }},
		{5, func(w *writer) { w.join(); w.quiet(3); w.chat(1) }},
		{10, func(w *writer) { w.join(); w.publish(); w.twice() }},
		{5, func(w *writer) { w.join(); w.timeout("T", 1); w.twice() }},
		{5, func(w *writer) { w.exported() }},
	}
}

// join is a connect call that succeeds.
func (w *writer) join() {
	w.attempt(connect, succeeded, w.try)
	w.end(connect, "Success", w.tried, `,"attemptDuration":{n}`)
}

// publish is a publish call that succeeds.
func (w *writer) publish() {
	w.attempt(publish, succeeded, w.media+"T")
	w.end(publish, "Success", w.media+"T", `,"attemptDuration":{n}`)
}

// subscribe is a subscribe call that succeeds.
func (w *writer) subscribe() {
	w.attempt(subscribe, succeeded, w.media+"RB")
	w.end(subscribe, "Success", w.media+"RB", `,"attemptDuration":{n}`)
}

// cancel is a publish call that the application cancels.
func (w *writer) cancel() {
	w.attempt(publish, cancelled, w.media+"T")
	w.end(publish, "Cancel", w.media+"T", `,"payload":{"reason":"unpublish"}`)
}

// timeout is a publish call that takes too long. The SDK prints this, maybe several times; its
// telemetry does not name the error.
func (w *writer) timeout(stream string, lines int) {
	w.attempt(publish, failed, w.media+stream)
	for i := range lines {
		wait := span{100, 180}
		if i == 0 {
			wait = later
		}
		w.line(wait, publishTimeout, i == 0, `OpenTok:Session:error OT_TIMEOUT: `+publishTimeout.said().text+` +{n}ms`)
	}
	w.failure(atOnce, publishTimeout, false, w.media+stream,
		`,"failureReason":"Publish","failureCode":1500,"failureMessage":"The stream did not come up"`)
}

// refuse is a subscribe call that fails. Its telemetry has another code.
func (w *writer) refuse(f fault) {
	w.attempt(subscribe, failed, w.media+"RB")
	w.failure(later, f, true, w.media+"RB",
		`,"failureReason":"Subscribe","failureCode":1013,"failureMessage":"The stream did not start"`)
	w.line(atOnce, f, false, `OpenTok:Subscriber:error `+f.said().name+`: `+f.said().text+` +{n}ms`)
}

// reject is a connect call that fails: two lines, and telemetry that names the
// error.
func (w *writer) reject() {
	w.attempt(connect, failed, w.try)
	said := authentication.said()
	w.line(shortly, authentication, true, `OpenTok:Session:error `+said.name+`: `+said.text+` +{n}ms`)
	w.line(atOnce, authentication, false, `OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: `+said.text+` +{n}ms`)
	w.failure(atOnce, authentication, false, w.tried,
		`,"failureReason":"GetSessionInfo","failureCode":1004,"failureMessage":"`+said.text+`","failureName":"`+said.name+`"`)
}

// tries is a connect call that fails after three tries of the SDK. Telemetry has a failed attempt for
// each try.
func (w *writer) tries() {
	said := connectFailed.said()
	more := `,"failureReason":"ConnectToSession","failureCode":1006,"failureMessage":"` + said.text + `","failureName":"` + said.name + `"`
	w.attempt(connect, failed, w.try)
	w.failure(shortly, connectFailed, true, w.tried, more)
	for range 2 {
		w.add(retrying, step{kind: telemetry, event: attemptEvent}, posted("Connect", "Attempt", w.try, ""))
		w.failure(shortly, connectFailed, false, w.tried, more)
	}
	w.line(atOnce, connectFailed, false, `OpenTok:Session:error `+said.name+`: `+said.text+` +{n}ms`)
}

// forbid is a publish call without the required role. Telemetry has only its end, without a stream.
func (w *writer) forbid() {
	said := permission.said()
	w.line(later, permission, true, `OpenTok:Session:error `+said.name+`: `+said.text+` +{n}ms`)
	w.failure(atOnce, permission, false, w.media,
		`,"failureReason":"Permission","failureCode":1500,"failureMessage":"The role does not allow this"`).
		begins = call{made: true, method: publish, outcome: failed, inferred: true}
}

// deny is a publisher that may not use the camera: a phrase of the error without its name, and
// telemetry without a session and an attempt.
func (w *writer) deny() {
	w.line(later, accessDenied, true, `OpenTok:Publisher:error `+accessDenied.said().text+` +{n}ms`)
	w.add(atOnce, step{body: true, kind: classified, fault: accessDenied},
		posted("Publish", "Cancel", w.page, `,"payload":{"reason":"AccessDenied"},"widgetType":"Publisher"`))
}

// quiet is a signal that cannot be sent. It has no telemetry; the application logs it several
// times.
func (w *writer) quiet(lines int) {
	said := notConnected.said()
	for i := range lines {
		wait := span{200, 300}
		if i == 0 {
			wait = later
		}
		w.line(wait, notConnected, i == 0, said.name+`: `+said.text)
	}
}

// exported is a session in two exports of one log: some events are repeated long after.
func (w *writer) exported() {
	w.join()
	w.timeout("T", 1)
	failure := len(w.steps) - 1
	w.again(0, hours)
	w.again(failure, later)
}

// newScript returns the records of a path with those identities.
func newScript(p path, b bearing) *script {
	w := writer{bearing: b}
	w.parties = []party{{named: b.named}}
	if b.hello != "" {
		w.post(later, "SessionInfo", "Attempt", b.hello)
	}
	p.walk(&w)
	if b.bye != "" {
		w.post(idle, "updateAudioVideo", "Event", b.bye)
	}
	return &w.script
}

// deniedPage is a page without a session.
func deniedPage() *script {
	w := writer{bearing: bearing{page: "P", line: "P"}}
	w.parties = []party{{named: false}}
	w.post(later, "UserAgentParsing", "Attempt", "P")
	w.post(atOnce, "UserAgentParsing", "Success", "P")
	w.chat(1)
	w.deny()
	return &w.script
}

// sharedPage is a page that joins two sessions, one after the other. Records with only its client
// instance belong to neither: the client counts as a third session.
func sharedPage() *script {
	w := writer{bearing: bearings[byConnection]}
	w.parties = []party{{named: true}, {named: true}, {named: false}}
	w.join()
	w.chat(1)
	w.party = 1
	w.bearing = bearing{try: "JDP", tried: "DP", media: "DP", line: "D", chat: "J"}
	w.join()
	w.timeout("U", 1)
	w.party = 2
	w.bearing = bearing{page: "P", line: "P"}
	w.deny()
	return &w.script
}

// A repertoire has all scripts and their frequencies.
type repertoire struct {
	scripts []*script
	upTo    []int // cumulated weights: the first i with a number below upTo[i] draws scripts[i]
	longest int64 // maximum length of a script in ms
}

// shares are the percentages of the bearings.
var shares = [...]int{direct: 30, byConnection: 25, byClient: 15, chained: 15, late: 10, connectionOnly: 3, clientAtMost: 2}

func newRepertoire() repertoire {
	var r repertoire
	for _, p := range paths() {
		for i, b := range bearings {
			r.add(newScript(p, b), p.weight*shares[i])
		}
	}
	r.add(deniedPage(), 1000)
	r.add(sharedPage(), 1000)
	return r
}

func (r *repertoire) add(sc *script, weight int) {
	sum := weight
	if n := len(r.upTo); n > 0 {
		sum += r.upTo[n-1]
	}
	r.scripts, r.upTo = append(r.scripts, sc), append(r.upTo, sum)
	took := int64(0)
	for _, st := range sc.steps {
		took += int64(st.wait.most)
	}
	r.longest = max(r.longest, took)
}

// draw draws a script with at most left sessions.
func (r *repertoire) draw(rng *rng, left int64) *script {
	for {
		drawn := rng.n(r.upTo[len(r.upTo)-1])
		sc := r.scripts[sort.SearchInts(r.upTo, drawn+1)]
		if int64(len(sc.parties)) <= left {
			return sc
		}
	}
}
