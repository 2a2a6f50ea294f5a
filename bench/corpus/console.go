package corpus

// writeConsole writes l as console text. It returns the number of physical lines, and whether l has
// the session ID.
func (g *generator) writeConsole(s *session, l *line, ts int64) (lines int64, session bool) {
	if l.shape == cleanBlank {
		g.buf = append(g.buf, '\n')
		return 1, false
	}
	g.message(s, l)
	r := &g.rng
	b := append(g.clock.append(g.buf, ts), ' ')
	stack := .0
	switch l.shape {
	case noiseBrowser:
		if !l.orphan {
			b = append(append(b, s.id...), "?extended=true:0 "...)
			session = true
		} else {
			b = append(b, "config.json:0 "...)
		}
		b = append(b, g.text...)
	case cleanApp, nearMiss, appEscaped, appPlain, appANSI, appPreview:
		b = append(append(b, pick(r, consoleFiles)...), ' ')
		b, session = appendSession(b, s, l)
		b = append(b, g.text...)
		stack = .02
		if l.name != noName {
			stack = .3
		}
	default:
		b, session = appendSession(append(b, "opentok.js:36031 "...), s, l)
		b = append(b, g.text...)
		stack = .12
	}
	b = append(b, '\n')
	lines = 1
	if r.chance(stack) {
		for _, frame := range pick(r, stacks) {
			b = append(append(b, frame...), '\n')
			lines++
		}
	}
	g.buf = b
	return lines, session
}

// appendSession writes the session field of a log forwarder, if l has one.
func appendSession(b []byte, s *session, l *line) ([]byte, bool) {
	if l.orphan {
		return b, false
	}
	return append(append(append(b, "session="...), s.id...), ' '), true
}
