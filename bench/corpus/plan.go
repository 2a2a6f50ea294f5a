package corpus

// A session is one call of one user, from its first line to its last.
type session struct {
	seq int64
	due int64 // when its next line is written
	at  int   // index in lines of the next line

	lines  []line // the step being written
	clock  int64  // time of the last line planned
	quiet  int64  // earliest time of the next failure
	calm   int64  // earliest time of a failure that belongs to no earlier call
	pause  int64  // added before the next step
	budget int64  // bytes left to write

	stage       stage
	publishing  bool // a publish call is open
	subscribing bool // a subscribe call is open

	id, key, user               []byte
	connection, stream          []byte // of the current connect and publish call
	remote, subscriber          []byte // of the current subscribe call
	guid, instance              []byte
	sdk, browser, service, page string
	agent                       string // the user agent
	envelope                    uint8

	failure failure             // of the current step
	marks   []mark              // where this session has been counted
	met     bool                // its ID has been written
	began   [len(actions)]int64 // day of the current call's first record
}

// A stage is the state of the connect call.
type stage uint8

const (
	idle stage = iota
	connecting
	connected
)

// A shape is the construct of a record. It decides the record's kind.
type shape uint8

const (
	cleanApp shape = iota
	cleanBlank
	nearMiss // of a mutation
	noiseSDK
	noiseBrowser
	noiseNative
	weakException
	weakCode
	weakText
	nameSDK
	nameRaptor
	appNested
	appEscaped
	appNewline
	appTab
	appANSI
	appDirective
	appPlain
	appPreview
	postAttempt
	postAttempting
	postSuccess
	postFailure
	postCancel
	postDenied
	postException
	postOther
	shapes
)

var shapeNames = [shapes]string{
	"clean.app", "clean.blank", "near", "noise.sdk", "noise.browser", "noise.native",
	"weak.exception", "weak.code", "weak.text", "name.sdk", "name.raptor",
	"app.nested", "app.escaped", "app.newline", "app.tab", "app.ansi", "app.directive", "app.plain", "app.preview",
	"telemetry.attempt", "telemetry.attempting", "telemetry.success", "telemetry.failure", "telemetry.cancel",
	"telemetry.access_denied", "telemetry.exception", "telemetry.other",
}

func (s shape) telemetry() bool { return s >= postAttempt }

// telling reports whether records of the shape can be evidence of an error.
func (s shape) telling() bool {
	return s >= weakException && s < postAttempt || s == postFailure || s == postDenied || s == postException
}

// A part is the module of the SDK that prints a line.
type part uint8

const (
	partSession part = iota
	partHandler
	partPublisher
	partInit
	partSubscriber
	partRumor
	partRaptor
	partConfig
	partLevel
)

var parts = [...]struct {
	name, colour string
	method       method // that the logger identifies
}{
	partSession:    {"Session", "#0000CC", unknown},
	partHandler:    {"GlobalExceptionHandler", "#00CC00", unknown},
	partPublisher:  {"Publisher", "#CC0066", initPublisher},
	partInit:       {"publisherInit", "#9933CC", initPublisher},
	partSubscriber: {"Subscriber", "#3366FF", subscribe},
	partRumor:      {"RumorSocket:", "#FF3399", connect}, // a number follows
	partRaptor:     {"RaptorSocket", "#FF33FF", connect},
	partConfig:     {"StaticConfig", "#33CC00", unknown},
	partLevel:      {"setLogLevel", "#CC9900", unknown},
}

// A line is a record to be written, with its truth.
type line struct {
	ts     int64
	shape  shape
	part   part
	near   mutation
	orphan bool // has no session ID

	name  int16  // index in names, or noName
	said  int16  // the code of the record, 0: none
	spell method // spelled out before msg
	call  method // named as a function: `Cannot call forceDisconnect()`
	msg   string

	act     action // of telemetry
	outcome outcome
	reason  string
	other   uint8 // index of another telemetry body or noise, drawn when it is written
	bare    bool  // telemetry without session, connection and stream

	verdict verdict // set when written
}

// An action is a telemetry action of a method.
type action uint8

const (
	actOther action = iota
	actConnect
	actPublish
	actSubscribe
)

var actions = [...]struct {
	name   string
	method method
}{{"", unknown}, {"Connect", connect}, {"Publish", publish}, {"Subscribe", subscribe}}

// An outcome is what a telemetry body adds to the attempts of its method.
type outcome uint8

const (
	noOutcome outcome = iota
	attempted
	succeeded
	failed
	cancelled
)

func (g *generator) newSession(ts int64) *session {
	r := &g.rng
	g.seq++
	mean := g.o.SessionSize
	least := mean * 15 / 100
	s := &session{
		seq: g.seq, clock: ts, quiet: ts,
		// Most calls are short, some are long.
		budget: least + int64(r.exp()*float64(mean-least)),
		sdk:    pick(r, sdks), browser: pick(r, browsers), service: pick(r, services), page: pick(r, pages),
		envelope: uint8(r.n(envelopes)),
	}
	s.budget = min(s.budget, 4*mean)
	s.agent = agents[g.seq%int64(len(agents))]
	key := pick(r, keys)
	s.key = []byte(key)
	s.id = sessionID(r, key, ts-int64(r.n(600_000)))
	s.user = appendInt([]byte("u-"), int64(10_000+r.n(90_000)))
	ids := make([]byte, 0, 6*36)
	for range 6 {
		ids = appendUUID(ids, r)
	}
	for i, p := range []*[]byte{&s.connection, &s.stream, &s.remote, &s.subscriber, &s.guid, &s.instance} {
		*p = ids[i*36 : i*36+36 : i*36+36]
	}
	return s
}

// renew replaces an ID.
func (g *generator) renew(id []byte) { appendUUID(id[:0], &g.rng) }

// add plans one more line.
func (g *generator) add(s *session, l line) *line {
	g.lines++
	if l.name != noName {
		g.named++
	}
	if l.shape.telemetry() {
		g.posted++
	}
	s.lines = append(s.lines, l)
	return &s.lines[len(s.lines)-1]
}

// plan fills s.lines with the next step.
func (g *generator) plan(s *session) {
	s.lines, s.at = s.lines[:0], 0
	s.failure.reset()
	ts := s.clock + g.gap() + s.pause
	s.pause = 0
	switch {
	case (s.stage == connecting || !s.calling()) && g.failureDue():
		g.planFailure(s, g.hush(s, ts))
	case g.posts && s.stage != connected:
		g.planConnect(s, ts)
	case g.posts && s.publishing && (s.budget <= 0 || g.rng.chance(.6)):
		g.planPublishEnd(s, ts)
	case g.posts && s.subscribing && (s.budget <= 0 || g.rng.chance(.6)):
		g.planSubscribeEnd(s, ts)
	default:
		g.planStep(s, ts)
	}
	if g.o.Seconds {
		g.snap(s)
	}
	s.clock = s.lines[len(s.lines)-1].ts
	if s.failure.planned {
		s.quiet = s.clock + quietTime
	}
}

// over reports whether s is complete: its bytes are written, and no call is open.
func (s *session) over() bool {
	return s.budget <= 0 && !s.calling()
}

// calling reports whether a call is open. Its failures are those that end it, and those that it
// recovers from.
func (s *session) calling() bool { return s.stage == connecting || s.publishing || s.subscribing }

// gap returns the time to the next step of a session.
func (g *generator) gap() int64 {
	if g.rng.chance(.15) {
		return int64(1 + g.rng.n(80))
	}
	if g.console {
		return int64(200 + g.rng.n(14_000))
	}
	return int64(500 + g.rng.n(36_000))
}

// failureDue reports whether the next step should spell a name, to keep the share of such
// records.
func (g *generator) failureDue() bool {
	if g.rate == 0 || g.rate < 1 && g.rate*g.lines-g.named < g.slack {
		return false
	}
	g.slack = float64(g.rng.n(24)) - 12
	return true
}

// hush delays a failure until it is far enough from the session's last one.
func (g *generator) hush(s *session, ts int64) int64 {
	return max(ts, s.quiet+int64(g.rng.n(8_000)), s.calm)
}

// after delays the start of a call until the session's last failure is over.
func (s *session) after(ts int64) int64 { return max(ts, s.quiet-quietTime+1000) }

// addEnd plans the end of a call that does not fail.
func (g *generator) addEnd(s *session, l line) {
	g.add(s, l)
	s.calm = l.ts + calmTime
}

// beside decides whether a line with a name gets a line without one. The more names a corpus has, the
// fewer.
func (g *generator) beside(p float64) bool { return g.rng.chance(p * (1 - g.rate)) }

// blame makes the step a failure with that name, or with none. All evidence in the step belongs to
// it.
func (s *session) blame(name int16) { s.failure.planned, s.failure.cause = true, name }

// recover makes the step a failure within a call that succeeds in the end.
func (s *session) recover(name int16) {
	s.blame(name)
	s.failure.recovered = true
}

// tell applies the order of evidence for a method to a planned line: a method spelled out, a function
// name, the logger, the only method of the name. Plans do not depend on phrases, so that the same
// bytes can be judged with and without them.
func tell(spell, call, logger method, n int16) method {
	for _, m := range [...]method{spell, call, logger, names[n].only} {
		if m != unknown {
			return m
		}
	}
	return unknown
}

// agree reports whether one failure can have lines of both methods.
func agree(a, b method) bool {
	return a == b || a == unknown || b == unknown || a+b == initPublisher+publish && (a == publish || b == publish)
}

// planFailure plans a failure with a name, and all its lines.
func (g *generator) planFailure(s *session, ts int64) {
	if s.stage == connecting {
		g.planConnectFailure(s, ts)
		return
	}
	i := anyName.pick(&g.rng)
	n := &names[i]
	if n.voices == 0 && len(n.spell) == 0 || g.rng.chance(.4) {
		spell := g.spelling(n, .2)
		g.addApp(s, ts, i, codeFor(i, spell), spell, unknown, n.msg).orphan = g.orphanFailure(ts)
		s.blame(i)
		return
	}
	if spell := g.spelling(n, .3); spell != unknown || n.voices == 0 {
		if spell == unknown {
			spell = n.spell[0]
		}
		g.planNamed(s, ts, i, partSession, spell, unknown, n.msg)
		return
	}
	switch g.voice(n) {
	case publisherVoice:
		g.planMedia(s, ts, i)
	case initVoice:
		g.planNamed(s, ts, i, partInit, unknown, unknown, n.msg)
	case subscriberVoice:
		g.planNamed(s, ts, i, partSubscriber, unknown, unknown, n.sub)
	case socketVoice:
		switch {
		case i == disconnected:
			g.addName(s, ts, i, partRaptor, unknown, unknown, n.msg)
			s.blame(i)
		case g.rate < .5 && g.rng.chance(.5):
			g.planSocket(s, ts, i, 1+2*g.rng.n(2), false)
		default:
			g.addName(s, ts, i, partRumor, unknown, unknown, n.msg)
			s.blame(i)
		}
	case functionVoice:
		call := forceDisconnect
		if g.rng.chance(.4) {
			call = forceUnpublish
		}
		g.planNamed(s, ts, i, partSession, unknown, call, n.msg)
	case handlerVoice:
		g.addName(s, ts, i, partHandler, unknown, unknown, n.msg)
		s.blame(i)
	default:
		g.planNamed(s, ts, i, partSession, unknown, unknown, n.msg)
	}
}

// orphanFailure decides whether the record of a failure at ts has no session ID. All such failures
// are correlated together, so they are as far apart as those of one session.
func (g *generator) orphanFailure(ts int64) bool {
	if ts <= g.lastOrphan+quietTime || !g.rng.chance(.05) {
		return false
	}
	g.lastOrphan = ts
	return true
}

// spelling draws a method to spell out, mostly none.
func (g *generator) spelling(n *name, p float64) method {
	if len(n.spell) == 0 || !g.rng.chance(p) {
		return unknown
	}
	return pick(&g.rng, n.spell)
}

// voice draws one of the name's voices.
func (g *generator) voice(n *name) voice {
	for {
		if v := voice(1) << g.rng.n(7); n.voices&v != 0 {
			return v
		}
		if n.voices == 0 {
			return plainVoice
		}
	}
}

// addName plans a line of the SDK with a name.
func (g *generator) addName(s *session, ts int64, i int16, p part, spell, call method, msg string) *line {
	return g.add(s, line{ts: ts, shape: nameSDK, part: p, name: i, spell: spell, call: call, msg: msg, said: finalCode(msg)})
}

// addApp plans a line of the application with a name. If it logs the whole error, it has the code
// too.
func (g *generator) addApp(s *session, ts int64, i, code int16, spell, call method, msg string) *line {
	sh := pick(&g.rng, jsonApp)
	if g.console {
		sh = pick(&g.rng, consoleApp)
	}
	said := finalCode(msg)
	if said != 0 && sh == appDirective {
		sh = appPlain // after the code there would be colours
	}
	if sh == appNested || sh == appEscaped || sh == appPreview {
		said = code
	}
	return g.add(s, line{ts: ts, shape: sh, name: i, spell: spell, call: call, msg: msg, said: said})
}

var (
	jsonApp    = []shape{appNested, appNested, appNested, appEscaped, appEscaped, appNewline, appTab, appANSI, appDirective, appPlain, appPreview}
	consoleApp = []shape{appEscaped, appEscaped, appEscaped, appPlain, appPlain, appANSI, appPreview}
)

// addException plans the SDK's exception line, which has no name.
func (g *generator) addException(s *session, ts int64, code int16, spell, call method, msg string) {
	g.add(s, line{ts: ts, shape: weakException, part: partHandler, name: noName, said: code,
		spell: spell, call: call, msg: msg})
}

// addCode plans the SDK's line about a refused publish call.
func (g *generator) addCode(s *session, ts int64, code int16, msg string) {
	g.add(s, line{ts: ts, shape: weakCode, part: partSession, name: noName, said: code, spell: publish, msg: msg})
}

// planNamed plans the usual failure: the name line and the exception line, in either order, and the
// lines of the application and of telemetry.
func (g *generator) planNamed(s *session, ts int64, i int16, p part, spell, call method, msg string) {
	m := tell(spell, call, parts[p].method, i)
	code := codeFor(i, m)
	exception := g.beside(.9)
	first := exception && g.rng.chance(.2)
	if first {
		g.addException(s, ts, code, spell, call, msg)
		ts += int64(g.rng.n(2))
	}
	g.addName(s, ts, i, p, spell, call, msg)
	ts += int64(g.rng.n(3))
	if exception && !first {
		g.addException(s, ts, code, spell, call, msg)
	}
	if m == subscribe && raised(names[i].text, 1013, subscribe.String()) && exception && g.rng.chance(.6) {
		g.addException(s, ts+1, 1013, unknown, unknown, msg)
	}
	if spell == publish && code != 0 && g.beside(.3) {
		g.addCode(s, ts+2, code, msg)
	}
	g.addEcho(s, ts+3, m, i, spell, call, msg)
	s.blame(i)
}

// addEcho plans the lines of the application and of telemetry for a failure.
func (g *generator) addEcho(s *session, ts int64, m method, i int16, spell, call method, msg string) {
	own := tell(spell, call, unknown, i)
	if agree(own, m) && g.beside(.25) {
		g.addApp(s, ts+int64(g.rng.n(20)), i, codeFor(i, m), spell, call, msg)
		ts = s.lines[len(s.lines)-1].ts
	}
	if code := codeFor(i, m); code != 0 && g.posts && s.stage == connected && agree(own, m) && g.beside(.12) {
		l := g.add(s, line{ts: ts, shape: postException, name: noName, spell: spell, call: call, msg: msg, said: code})
		if g.rng.chance(.25) {
			// The code is in the action, the name in the details.
			l.name = i
			g.named++
		}
	}
}

// planMedia plans a failure of getUserMedia. Its exception line and its telemetry do not identify
// the error. If Session.publish created the publisher, there are two more lines.
func (g *generator) planMedia(s *session, ts int64, i int16) {
	n := &names[i]
	m := initPublisher
	msg := n.pub
	viaPublish := n.spells(publish) && g.beside(.25)
	if viaPublish {
		m = publish
	}
	g.addName(s, ts, i, partPublisher, unknown, unknown, msg)
	code := codeFor(i, m)
	if code != 0 && g.beside(.9) {
		g.addException(s, ts, code, unknown, unknown, "GetUserMedia")
	}
	if viaPublish {
		g.add(s, line{ts: ts + 1, shape: noiseSDK, part: partPublisher, name: noName})
		g.addCode(s, ts+1, code, msg)
	} else if code != 0 && g.posts && s.stage == connected && g.beside(.3) {
		g.addMedia(s, ts+1)
	}
	if agree(n.only, m) && g.beside(.25) {
		g.addApp(s, ts+2+int64(g.rng.n(20)), i, code, unknown, unknown, n.msg)
	}
	s.blame(i)
}

// addMedia plans the telemetry of getUserMedia. It has no session ID, because there may be no session
// yet.
func (g *generator) addMedia(s *session, ts int64) {
	end := line{ts: ts, shape: postFailure, act: actPublish, bare: true, name: noName, said: 1500,
		reason: "GetUserMedia", msg: "OT.Publisher failed to access camera/mic"}
	g.add(s, end)
	g.addAgain(s, end, .1)
	g.add(s, line{ts: ts + 1, shape: postException, bare: true, name: noName, said: 1500, msg: "GetUserMedia"})
}

// addAgain plans a second copy of a telemetry event, as in logs from several sources. It is another
// line of the same event.
func (g *generator) addAgain(s *session, l line, p float64) {
	if g.rng.chance(p) {
		l.outcome = noOutcome
		g.add(s, l)
	}
}

// planSocket plans a connect call whose socket cannot be opened. The SDK tries several times, and
// prints another error for each try and the right one at the end. Telemetry has an attempt for each
// try.
func (g *generator) planSocket(s *session, ts int64, i int16, tries int, posted bool) {
	msg := names[i].msg
	code := codeFor(i, connect)
	for try := range tries {
		if try > 0 {
			ts += 3000 + int64(g.rng.n(30))
			if posted {
				g.add(s, line{ts: ts - 20, shape: postAttempt, act: actConnect, name: noName})
			}
		}
		g.add(s, line{ts: ts, shape: weakText, part: partRumor, name: noName, msg: msg})
		g.add(s, line{ts: ts, shape: nameRaptor, part: partRaptor, name: disconnected, msg: msg})
		if posted {
			end := line{ts: ts + 1, shape: postFailure, act: actConnect, name: noName, said: code, reason: "WebSocketConnection", msg: msg}
			if try == tries-1 {
				end.outcome = failed
			}
			g.add(s, end)
			g.addAgain(s, end, .1)
		}
	}
	g.addName(s, ts+2, i, partSession, unknown, unknown, msg)
	g.addException(s, ts+3, code, unknown, unknown, msg)
	s.blame(i)
}

// planConnect plans the next step of a connect call.
func (g *generator) planConnect(s *session, ts int64) {
	r := &g.rng
	if s.stage == idle {
		g.renew(s.connection)
		s.stage = connecting
		ts = s.after(ts)
		g.add(s, line{ts: ts, shape: postAttempt, act: actConnect, outcome: attempted, name: noName})
		if r.chance(.15) {
			g.addOther(s, ts+1, otherAgent)
			g.addOther(s, ts+4, otherAgentDone)
		}
		if r.chance(.12) {
			g.addOther(s, ts+4, otherInfo)
		}
		if r.chance(.1) {
			g.addOther(s, ts+5, otherConfig)
		}
		return
	}
	switch x := r.float(); {
	case x < min(.04, 1.5*g.rate):
		g.planConnectFailure(s, g.hush(s, ts))
	case x < .044:
		// A refusal whose code several names have.
		end := line{ts: g.hush(s, ts), shape: postFailure, act: actConnect, outcome: failed, name: noName,
			said: 2001, reason: "GetSessionState", msg: "The state of the session could not be read"}
		if r.chance(.3) {
			end.said, end.reason, end.msg = 1006, "ConnectToSession", "The session could not be joined"
		}
		g.add(s, end)
		g.addAgain(s, end, .1)
		s.blame(noName)
		g.retry(s)
	case x < .05:
		g.addEnd(s, line{ts: ts, shape: postCancel, act: actConnect, outcome: cancelled, name: noName})
		s.stage = connected
	default:
		if r.chance(min(.02, g.rate)) {
			ts = g.planLostTry(s, g.hush(s, ts))
		}
		g.addEnd(s, line{ts: ts, shape: postSuccess, act: actConnect, outcome: succeeded, name: noName})
		s.stage = connected
	}
}

// planLostTry plans a try of a connect call whose socket cannot be opened, and the SDK's next try. It
// returns when that succeeds.
func (g *generator) planLostTry(s *session, ts int64) int64 {
	g.add(s, line{ts: ts, shape: nameRaptor, part: partRaptor, name: disconnected, msg: names[disconnected].msg})
	g.add(s, line{ts: ts + 1, shape: postFailure, act: actConnect, name: noName, said: 1006, reason: "WebSocketConnection", msg: "The socket is gone"})
	g.add(s, line{ts: ts + 3000, shape: postAttempt, act: actConnect, name: noName})
	s.recover(disconnected)
	return ts + 3000 + int64(g.rng.n(900))
}

// retry makes the user connect again later.
func (g *generator) retry(s *session) {
	s.stage = idle
	s.pause = quietTime
}

// planConnectFailure ends an open connect call with a failure.
func (g *generator) planConnectFailure(s *session, ts int64) {
	if g.rng.chance(.25) {
		g.planSocket(s, ts, socketName.pick(&g.rng), 1+2*g.rng.n(2), true)
		g.retry(s)
		return
	}
	i := connectName.pick(&g.rng)
	n := &names[i]
	code := codeFor(i, connect)
	g.addName(s, ts, i, partSession, unknown, unknown, n.msg)
	if g.beside(.95) {
		g.addException(s, ts, code, unknown, unknown, n.msg)
	}
	g.add(s, line{ts: ts + 1, shape: postFailure, act: actConnect, outcome: failed, name: i, said: code,
		reason: "GetSessionInfo", msg: n.msg})
	g.addEcho(s, ts+2, connect, i, unknown, unknown, n.msg)
	s.blame(i)
	g.retry(s)
}

// planPublishEnd ends an open publish call.
func (g *generator) planPublishEnd(s *session, ts int64) {
	s.publishing = false
	end := line{shape: postFailure, act: actPublish, outcome: failed, name: noName, said: 1500,
		reason: "Publish", msg: "The stream did not come up"}
	switch x := g.rng.float(); {
	case x < min(.05, 1.5*g.rate):
		i := publishName.pick(&g.rng)
		ts = g.hush(s, ts)
		g.planNamed(s, ts, i, partSession, publish, unknown, names[i].msg)
		end.ts, end.said = s.lines[len(s.lines)-1].ts+1, codeFor(i, publish)
		g.add(s, end)
		g.addAgain(s, end, .1)
		g.addUnpublish(s)
	case x < .06:
		ts = g.hush(s, ts)
		g.planTimeout(s, ts)
		end.ts = ts + 3
		g.add(s, end)
		g.addUnpublish(s)
	case x < .068:
		end.ts = g.hush(s, ts)
		end.reason = "PeerConnectionError"
		end.msg = "Publisher PeerConnection Error: PeerConnection.subscribeProcessor Error while setting LocalDescription: OperationError"
		s.blame(noName)
		if g.rng.chance(.3) {
			// Only one name of this method has the code.
			end.said, end.reason, end.msg = 2001, "Publish", "The server refused the stream"
			s.blame(refused)
		}
		g.add(s, end)
	case x < .074:
		ts = g.hush(s, ts)
		g.planDenied(s, ts)
		g.add(s, line{ts: ts + 2, shape: postDenied, act: actPublish, outcome: failed, name: noName})
	case x < .095:
		g.addEnd(s, line{ts: ts, shape: postCancel, act: actPublish, outcome: cancelled, name: noName, reason: "unpublish"})
	default:
		if g.rng.chance(min(.03, g.rate)) {
			// The application prints an error, and then the stream comes up.
			i := publishName.pick(&g.rng)
			g.planNamed(s, g.hush(s, ts), i, partSession, publish, unknown, names[i].msg)
			s.recover(i)
			ts = s.lines[len(s.lines)-1].ts + int64(g.rng.n(9_000))
		}
		g.addEnd(s, line{ts: ts, shape: postSuccess, act: actPublish, outcome: succeeded, name: noName})
	}
}

// addUnpublish plans the Cancel that the SDK posts after a failed publish.
func (g *generator) addUnpublish(s *session) {
	if g.rng.chance(.5) {
		g.add(s, line{ts: s.lines[len(s.lines)-1].ts + 2, shape: postCancel, act: actPublish, name: noName, reason: "unpublish"})
	}
}

// planTimeout plans a publish call that times out: three lines without a name. Two contain phrases of
// the error.
func (g *generator) planTimeout(s *session, ts int64) {
	g.add(s, line{ts: ts, shape: weakText, part: partPublisher, name: noName, msg: "OT.Publisher.onPublishingTimeout"})
	g.addException(s, ts, 1500, unknown, unknown, workflow)
	g.addCode(s, ts+1, 1500, "Could not publish in a reasonable amount of time")
	s.blame(timeout)
}

// planDenied plans a denied camera: one line with a phrase of the error, without name and code.
func (g *generator) planDenied(s *session, ts int64) {
	g.add(s, line{ts: ts, shape: weakText, part: partPublisher, name: noName,
		msg: "End-user denied permission to hardware devices (getUserMedia error: NotAllowedError) Note: Chrome requires HTTPS for camera and microphone access."})
	s.blame(denied)
}

// planSubscribeEnd ends an open subscribe call.
func (g *generator) planSubscribeEnd(s *session, ts int64) {
	s.subscribing = false
	end := line{shape: postFailure, act: actSubscribe, outcome: failed, name: noName, said: 1013,
		reason: "Subscribe", msg: "OT.Subscriber PeerConnection Error: the stream did not start"}
	switch x := g.rng.float(); {
	case x < min(.03, g.rate):
		i := subscribeName.pick(&g.rng)
		g.planNamed(s, g.hush(s, ts), i, partSubscriber, unknown, unknown, names[i].sub)
		end.ts = s.lines[len(s.lines)-1].ts + 1
		g.add(s, end)
		g.addAgain(s, end, .1)
	case x < .035:
		end.ts = g.hush(s, ts)
		if g.rng.chance(.3) {
			end.said = 1501
		}
		g.add(s, end)
		g.addAgain(s, end, .1)
		s.blame(noName)
	case x < .05:
		g.addEnd(s, line{ts: ts, shape: postCancel, act: actSubscribe, outcome: cancelled, name: noName, reason: "Unknown"})
	default:
		g.addEnd(s, line{ts: ts, shape: postSuccess, act: actSubscribe, outcome: succeeded, name: noName})
	}
}

func (g *generator) addOther(s *session, ts int64, other uint8) {
	bare := other == otherAgent || other == otherAgentDone
	g.add(s, line{ts: ts, shape: postOther, other: other, bare: bare, name: noName})
}

// postsDue reports whether the next step should be telemetry, to keep the share of the options.
func (g *generator) postsDue() bool {
	return g.o.Telemetry > 0 && g.posted < g.o.Telemetry*g.lines
}

// planPost plans a call, or an event of no call.
func (g *generator) planPost(s *session, ts int64) {
	r := &g.rng
	switch x := r.float(); {
	case x < .2 && !s.publishing:
		g.renew(s.stream)
		s.publishing = true
		g.addCall(s, s.after(ts), actPublish)
	case x < .4 && !s.subscribing:
		g.renew(s.remote)
		g.renew(s.subscriber)
		s.subscribing = true
		g.addCall(s, s.after(ts), actSubscribe)
	default:
		g.addOther(s, ts, pick(r, chatter))
	}
}

// planStep plans a step other than a failure with a name.
func (g *generator) planStep(s *session, ts int64) {
	r := &g.rng
	x := r.float()
	if g.posts {
		switch {
		case g.postsDue():
			g.planPost(s, ts)
			return
		case x < .026 && !s.publishing:
			g.renew(s.stream)
			s.publishing = true
			g.addCall(s, s.after(ts), actPublish)
			return
		case x < .058 && !s.subscribing:
			g.renew(s.remote)
			g.renew(s.subscriber)
			s.subscribing = true
			g.addCall(s, s.after(ts), actSubscribe)
			return
		case x < .061:
			g.addMedia(s, g.hush(s, ts))
			s.blame(noName)
			return
		case x < .064:
			ts = g.hush(s, ts)
			g.planDenied(s, ts)
			g.add(s, line{ts: ts + 1, shape: postDenied, act: actPublish, bare: true, name: noName})
			return
		case x < .065:
			g.add(s, line{ts: g.hush(s, ts), shape: postFailure, act: actOther, name: noName, msg: "could not reach Config Service"})
			s.blame(noName)
			s.failure.aside = true
			return
		case x < .073:
			g.addOther(s, ts, pick(r, chatter))
			return
		}
	} else {
		switch {
		case x < .004:
			g.planTimeout(s, g.hush(s, ts))
			return
		case x < .008:
			g.planDenied(s, g.hush(s, ts))
			return
		case x < .02 && g.console:
			g.add(s, line{ts: ts, shape: cleanBlank, name: noName})
			return
		}
	}
	switch y := r.float(); {
	case y < .004 && !s.calling():
		g.planNameless(s, g.hush(s, ts))
	case y < .055:
		g.add(s, line{ts: ts, shape: nearMiss, near: mutation(r.n(int(mutations))), name: noName, orphan: g.console && r.chance(.6)})
	case y < .085:
		g.add(s, line{ts: ts, shape: noiseSDK, name: noName, orphan: g.console && r.chance(.5)})
	case y < .1:
		g.add(s, line{ts: ts, shape: noiseBrowser, name: noName, orphan: g.console && r.chance(.7)})
	case y < .104:
		g.add(s, line{ts: ts, shape: noiseNative, name: noName, orphan: g.console && r.chance(.5)})
	default:
		p := .018
		if g.console {
			p = .65
		}
		g.add(s, line{ts: ts, shape: cleanApp, name: noName, orphan: r.chance(p)})
	}
}

// A nameless failure has only an exception line. If only one name has its code, that is its name.
type nameless struct {
	code        int16
	spell, call method
	msg, name   string
}

var namelessFailures = []nameless{
	{1004, unknown, unknown, "The service did not accept the key", "OT_AUTHENTICATION_ERROR"},
	{1006, unknown, unknown, "The service cannot be reached", ""},
	{1010, unknown, unknown, "There is no session", "OT_NOT_CONNECTED"},
	{1010, publish, unknown, "There is no session", "OT_NOT_CONNECTED"},
	{1010, subscribe, unknown, "There is no session", ""}, // the method has another code for it
	{1011, unknown, unknown, "The value is out of range", ""},
	{1011, forceDisconnect, unknown, "The value is out of range", "OT_INVALID_PARAMETER"},
	{1026, unknown, unknown, "The country is not served", "OT_TERMS_OF_SERVICE_FAILURE"},
	{1027, unknown, unknown, "The session is full", "OT_CONNECTION_LIMIT_EXCEEDED"},
	{1040, unknown, unknown, "The camera stays", "OT_SET_VIDEO_SOURCE_FAILURE"},
	{1041, unknown, unknown, "The camera is none", "OT_INVALID_VIDEO_SOURCE"},
	{1500, unknown, unknown, "GetUserMedia", ""},
	{1500, unknown, unknown, workflow, "OT_TIMEOUT"},
	{1500, publish, unknown, "The stream did not start", ""},
	{1501, subscribe, unknown, "The stream did not start", ""},
	{1502, unknown, unknown, "The picture cannot be shown", "OT_MEDIA_ERR_DECODE"},
	{1520, unknown, forceDisconnect, "The role does not allow this", "OT_PERMISSION_DENIED"},
	{1530, unknown, unknown, "The role does not allow this", "OT_PERMISSION_DENIED"},
	{1540, unknown, unknown, "The role does not allow this", "OT_PERMISSION_DENIED"},
	{1553, unknown, unknown, "No route was found", "OT_ICE_WORKFLOW_FAILED"},
	{1554, subscribe, unknown, "No route was found", "OT_ICE_WORKFLOW_FAILED"},
	{1605, unknown, unknown, "There are too many streams", "OT_STREAM_LIMIT_EXCEEDED"},
	{2000, unknown, unknown, "Something went wrong", ""},
	{2001, unknown, unknown, "The answer makes no sense", ""},
	{2001, signal, unknown, "The answer makes no sense", "OT_UNEXPECTED_SERVER_RESPONSE"},
	{2011, unknown, unknown, "The report was not sent", "OT_REPORT_ISSUE_FAILED"},
	{2021, unknown, unknown, "The proxy is late", "OT_SET_PROXY_URL_TIMING_ERROR"},
	{2022, unknown, unknown, "The proxy is there", "OT_PROXY_URL_ALREADY_SET_ERROR"},
	{404, signal, unknown, "Nobody is there", ""},
	{5001, unknown, unknown, "The codecs are hidden", "OT_UNABLE_TO_ACCESS_MEDIA_ENGINE"},
	{0, unknown, unknown, "Nobody knows what happened", ""},
}

// planNameless plans a failure with a code only, or without any evidence of its name.
func (g *generator) planNameless(s *session, ts int64) {
	r := &g.rng
	if r.chance(.1) {
		// A try of the socket without an end of the connect.
		g.add(s, line{ts: ts, shape: weakText, part: partRumor, name: noName, msg: "The socket is gone"})
		s.blame(noName)
		return
	}
	n := &namelessFailures[r.n(len(namelessFailures))]
	s.blame(noName)
	if n.name != "" {
		s.blame(lookup(n.name))
	}
	g.addException(s, ts, n.code, n.spell, n.call, n.msg)
	if n.spell == publish && r.chance(.5) {
		g.addCode(s, ts+2, n.code, n.msg)
	}
	if n.code != 0 && n.msg != workflow && g.posts && s.stage == connected && r.chance(.4) {
		g.add(s, line{ts: ts + 3, shape: postException, name: noName, spell: n.spell, call: n.call, msg: n.msg, said: n.code})
	}
}

// addCall plans the start of a publish or subscribe call.
func (g *generator) addCall(s *session, ts int64, act action) {
	g.add(s, line{ts: ts, shape: postAttempt, act: act, outcome: attempted, name: noName})
	if g.rng.chance(.06) {
		g.add(s, line{ts: ts + 5000, shape: postAttempting, act: act, name: noName})
	}
}
