package corpus

// JSON is written piece by piece. Only messages are escaped; all other strings need no escapes.

// writeJSON writes l as a JSON object, and reports whether it has the session ID.
func (g *generator) writeJSON(s *session, l *line, ts int64) bool {
	if l.shape.telemetry() {
		g.writeTelemetry(s, l, ts)
		return !l.bare
	}
	g.extra = g.extra[:0]
	level := g.message(s, l)
	g.envelope(s, l, ts, level)
	return !l.orphan
}

// Levels of a record. Their names differ by envelope.
const (
	info uint8 = iota
	warn
	fail
	debug
)

// appEnvelope is the envelope of all records of App; sessions draw the ones below it.
const (
	envelopes   = 5
	appEnvelope = envelopes
)

var (
	levelWords  = [...]string{"info", "warn", "error", "debug"}
	levelUpper  = [...]string{"INFO", "WARNING", "ERROR", "DEBUG"}
	levelNumber = [...]string{"30", "40", "50", "20"}
)

// envelope writes g.text and g.extra as the session's logger does.
func (g *generator) envelope(s *session, l *line, ts int64, level uint8) {
	b := g.buf
	kind := s.envelope
	switch {
	case g.o.Format == App:
		kind = appEnvelope
	case l.orphan:
		kind = 0
	}
	switch kind {
	default:
		b = append(b, `{"timestamp":"`...)
		b = g.clock.append(b, ts)
		b = append(b, `","level":"`...)
		b = append(b, levelWords[level]...)
		b = append(b, `","service":"`...)
		b = append(b, s.service...)
		b = append(b, `","message":"`...)
		b = appendEscaped(b, g.text)
		b = append(b, '"')
		b = g.member(b)
		if !l.orphan {
			b = append(b, `,"sessionId":"`...)
			b = append(b, s.id...)
			b = append(b, `","connectionId":"`...)
			b = append(b, s.connection...)
			b = append(b, '"')
		}
		b = append(b, `,"userId":"`...)
		b = append(b, s.user...)
		b = append(b, `","sdk":"`...)
		b = append(b, s.sdk...)
		b = append(b, '"', '}')
	case 1: // with spaces, like other encoders
		b = append(b, `{"timestamp": "`...)
		b = g.clock.append(b, ts)
		b = append(b, `", "level": "`...)
		b = append(b, levelWords[level]...)
		b = append(b, `", "message": "`...)
		b = appendEscaped(b, g.text)
		b = append(b, '"')
		b = g.member(b)
		if l.shape == nameSDK || l.shape == weakException {
			b = append(b, `, "file": "opentok.js", "line": 36031`...)
		} else {
			b = append(b, `, "file": "room.js", "line": 212`...)
		}
		b = append(b, `, "page": "`...)
		b = append(b, s.page...)
		b = append(b, `", "sessionId": "`...)
		b = append(b, s.id...)
		b = append(b, '"', '}')
	case 2: // nested context
		b = append(b, `{"@timestamp":"`...)
		b = g.clock.append(b, ts)
		b = append(b, `","severity":"`...)
		b = append(b, levelUpper[level]...)
		b = append(b, `","logger":"app.`...)
		b = append(b, s.service...)
		b = append(b, `","msg":"`...)
		b = appendEscaped(b, g.text)
		b = append(b, `","context":{"sessionId":"`...)
		b = append(b, s.id...)
		b = append(b, `","connectionId":"`...)
		b = append(b, s.connection...)
		b = append(b, `","user":{"id":"`...)
		b = append(b, s.user...)
		b = append(b, '"', '}')
		b = g.member(b)
		b = append(b, `},"client":{"browser":"`...)
		b = append(b, s.browser...)
		b = append(b, `"}}`...)
	case 3: // numbers as levels, session first
		b = append(b, `{"level":`...)
		b = append(b, levelNumber[level]...)
		b = append(b, `,"time":"`...)
		b = g.clock.append(b, ts)
		b = append(b, `","session_id":"`...)
		b = append(b, s.id...)
		b = append(b, `","conn":"`...)
		b = append(b, s.connection...)
		b = append(b, `","sdk_version":"`...)
		b = append(b, s.sdk...)
		b = append(b, '"')
		b = g.member(b)
		b = append(b, `,"msg":"`...)
		b = appendEscaped(b, g.text)
		b = append(b, '"', '}')
	case 4: // a log platform's attributes
		b = append(b, `{"timestamp":"`...)
		b = g.clock.append(b, ts)
		b = append(b, `","status":"`...)
		b = append(b, levelWords[level]...)
		b = append(b, `","service":"`...)
		b = append(b, s.service...)
		b = append(b, `","message":"`...)
		b = appendEscaped(b, g.text)
		b = append(b, `","attributes":{"session_id":"`...)
		b = append(b, s.id...)
		b = append(b, `","usr":{"id":"`...)
		b = append(b, s.user...)
		b = append(b, `"},"trace":"`...)
		b = appendHex(b, g.rng.next(), 16)
		b = append(b, '"')
		b = g.member(b)
		b = append(b, '}', '}')
	case appEnvelope:
		b = append(b, `{"timestamp":"`...)
		b = g.clock.append(b, ts)
		b = append(b, `","level":"`...)
		b = append(b, levelWords[level]...)
		b = append(b, `","logger":"`...)
		b = append(b, pick(&g.rng, loggers)...)
		b = append(b, `","userAgent":"`...)
		b = append(b, s.agent...)
		if !l.orphan {
			b = append(b, `","sessionId":"`...)
			b = append(b, s.id...)
			b = append(b, `","connectionId":"`...)
			b = append(b, s.connection...)
			b = append(b, `","clientInstanceId":"`...)
			b = append(b, s.instance...)
		}
		b = append(b, `","message":"`...)
		b = appendEscaped(b, g.text)
		b = append(b, '"')
		b = g.member(b)
		b = append(b, '}')
	}
	g.buf = append(b, '\n')
}

// member writes g.extra as one more member.
func (g *generator) member(b []byte) []byte {
	if len(g.extra) == 0 {
		return b
	}
	return append(append(b, ','), g.extra...)
}

// appendError writes the error of l like JSON.stringify.
func appendError(b []byte, l *line) []byte {
	b = append(b, `{"name":"`...)
	b = append(b, names[l.name].text...)
	if l.said != 0 {
		b = append(b, `","code":`...)
		b = appendInt(b, int64(l.said))
		b = append(b, `,"message":"`...)
	} else {
		b = append(b, `","message":"`...)
	}
	b = appendEscaped(b, appendMessage(nil, l))
	return append(b, '"', '}')
}

// writeTelemetry writes l as a telemetry body, with the members in the SDK's order.
func (g *generator) writeTelemetry(s *session, l *line, ts int64) {
	b := g.buf
	b = append(b, `{"guid":"`...)
	b = append(b, s.guid...)
	b = append(b, `","clientVersion":"js-`...)
	b = append(b, s.sdk...)
	b = append(b, `","buildHash":"57b7308","source":"`...)
	b = append(b, s.page...)
	b = append(b, `","logVersion":"2","apiServer":"https://anvil.opentok.com","clientSystemTime":`...)
	b = appendInt(b, ts)
	if l.bare {
		b = append(b, `,"p2p":false,"version":"v`...)
		b = append(b, s.sdk...)
		b = append(b, '"')
	} else {
		b = append(b, `,"sessionId":"`...)
		b = append(b, s.id...)
		if l.act == actPublish || l.act == actSubscribe {
			b = append(b, `","mediaServerName":"mantis-a1.example","p2p":false,"messagingServer":"rumor-a1.example`...)
		}
		b = append(b, `","version":"v`...)
		b = append(b, s.sdk...)
		b = append(b, `","partnerId":"`...)
		b = append(b, s.key...)
		b = append(b, '"')
	}
	b = append(b, `,"event_ua_arch":"x86","event_ua_bitness":"64","event_ua_model":"","event_ua_platform_version":""`...)
	switch {
	case l.shape == postException:
		b = append(b, `,"action":"tb.exception.`...)
		b = appendInt(b, int64(l.said))
		b = append(b, `","payload":{"details":"`...)
		g.text = g.text[:0]
		if l.name != noName {
			g.text = append(append(g.text, names[l.name].text...), ": "...)
		}
		g.text = appendMessage(g.text, l)
		b = appendEscaped(b, g.text)
		b = append(b, '"', '}')
	case l.shape == postOther:
		o := &others[l.other]
		b = append(append(append(b, `,"action":"`...), o.action...), '"')
		if o.variation != "" {
			b = append(append(append(b, `,"variation":"`...), o.variation...), '"')
		}
		if o.payload != "" {
			b = append(append(b, `,"payload":`...), o.payload...)
		}
		if !l.bare {
			b = append(append(append(b, `,"connectionId":"`...), s.connection...), '"')
		}
	case l.shape == postFailure && l.act == actOther:
		b = append(b, `,"attemptDuration":`...)
		b = appendInt(b, int64(20+g.rng.n(60)))
		b = append(b, `,"action":"ConfigurationFile","variation":"Failure","payload":{"failureMessage":"`...)
		b = append(b, l.msg...)
		b = append(b, `"},"connectionId":"`...)
		b = append(b, s.connection...)
		b = append(b, '"')
	case l.act == actConnect:
		b = g.appendConnect(b, s, l)
	default:
		b = g.appendMedia(b, s, l)
	}
	b = append(b, `,"clientInstanceId":"`...)
	b = append(b, s.instance...)
	g.buf = append(b, `"}`+"\n"...)
}

// variation returns the telemetry variation of a shape.
func (s shape) variation() string {
	switch s {
	case postAttempt:
		return "Attempt"
	case postAttempting:
		return "Attempting"
	case postSuccess:
		return "Success"
	case postFailure:
		return "Failure"
	}
	return "Cancel"
}

func (g *generator) appendConnect(b []byte, s *session, l *line) []byte {
	if l.shape == postFailure {
		b = append(b, `,"failureReason":"`...)
		b = append(b, l.reason...)
		b = append(b, `","failureCode":`...)
		b = appendInt(b, int64(l.said))
		b = append(b, `,"failureMessage":"`...)
		g.text = append(g.text[:0], l.msg...)
		b = appendEscaped(b, g.text)
		b = append(b, '"')
		if l.name != noName {
			b = append(append(append(b, `,"failureName":"`...), names[l.name].text...), '"')
		}
	}
	if l.shape != postAttempt {
		b = append(b, `,"attemptDuration":`...)
		b = appendInt(b, int64(20+g.rng.n(900)))
		b = append(b, `,"ipWhitelist":false`...)
	}
	b = append(b, `,"action":"Connect","variation":"`...)
	b = append(b, l.shape.variation()...)
	b = append(b, `","payload":null,"connectionId":"`...)
	b = append(b, s.connection...)
	return append(b, '"')
}

// appendMedia writes the media members of Publish and Subscribe bodies.
func (g *generator) appendMedia(b []byte, s *session, l *line) []byte {
	b = append(b, `,"action":"`...)
	b = append(b, actions[l.act].name...)
	b = append(b, `","variation":"`...)
	b = append(b, l.shape.variation()...)
	switch {
	case l.shape == postDenied:
		b = append(b, `","payload":{"reason":"AccessDenied"}`...)
	case l.shape == postCancel:
		b = append(append(append(b, `","payload":{"reason":"`...), l.reason...), `"}`...)
	case l.shape == postFailure:
		b = append(b, `","payload":{}`...)
	default:
		b = append(b, `","payload":null`...)
	}
	if l.bare {
		b = append(b, `,"connectionId":null,"streamId":""`...)
	} else {
		b = append(append(append(b, `,"connectionId":"`...), s.connection...), `","streamId":"`...)
		if l.act == actSubscribe {
			b = append(append(append(b, s.remote...), `","subscriberId":"`...), s.subscriber...)
		} else {
			b = append(b, s.stream...)
		}
		b = append(b, '"')
	}
	if l.act == actSubscribe {
		b = append(b, `,"widgetType":"Subscriber"`...)
	} else {
		b = append(b, `,"widgetType":"Publisher"`...)
	}
	switch {
	case l.bare:
		b = append(b, `,"attemptDuration":null`...)
	case l.shape != postAttempt:
		b = append(b, `,"attemptDuration":`...)
		b = appendInt(b, int64(20+g.rng.n(9000)))
	}
	if l.shape == postFailure {
		b = append(b, `,"failureReason":"`...)
		b = append(b, l.reason...)
		b = append(b, `","failureCode":`...)
		b = appendInt(b, int64(l.said))
		b = append(b, `,"failureMessage":"`...)
		b = append(b, l.msg...)
		b = append(b, '"')
	}
	return b
}
