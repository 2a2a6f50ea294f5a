package corpus

// message writes the text of l to g.text and further JSON members to g.extra. It returns the
// level.
func (g *generator) message(s *session, l *line) uint8 {
	b := g.text[:0]
	level := fail
	switch l.shape {
	case cleanApp:
		b = g.expand(b, chat[g.rng.n(len(chat))], s, 0)
		level = [...]uint8{info, info, info, info, info, debug, debug, warn}[g.rng.n(8)]
	case nearMiss:
		texts := nearTexts[l.near]
		b = g.expand(b, texts[g.rng.n(len(texts))], s, l.near)
		level = [...]uint8{info, warn, fail}[g.rng.n(3)]
	case noiseSDK:
		l.other = uint8(g.rng.n(len(noises)))
		n := &noises[l.other]
		b = g.beginSDK(b, s, n.part, n.level)
		b = append(b, n.msg...)
		b = g.endSDK(b, n.part, "", n.rest)
		if n.level == "warn" {
			level = warn
		}
	case noiseBrowser:
		l.other = uint8(g.rng.n(len(browserNoise)))
		b = append(b, browserNoise[l.other]...)
	case noiseNative:
		b = append(b, nativeNoise...)
	case weakException:
		b = g.beginSDK(b, s, l.part, "error")
		b = append(b, "OT.exception :: title: "...)
		b = append(b, title(l.said)...)
		if l.said == 0 {
			b = append(b, " (undefined"...)
		} else {
			b = appendInt(append(b, " ("...), int64(l.said))
		}
		b = append(b, ") msg: "...)
		b = appendMessage(b, l)
		b = g.endSDK(b, l.part, "", "")
	case weakCode:
		b = g.beginSDK(b, s, l.part, "error")
		if l.said == 0 {
			b = append(b, "undefined"...)
		} else {
			b = appendInt(b, int64(l.said))
		}
		b = append(g.endSDK(b, l.part, "", ""), ' ')
		b = appendMessage(b, l)
	case weakText:
		b = g.beginSDK(b, s, l.part, "error")
		b = append(b, l.msg...)
		b = g.endSDK(b, l.part, "", "")
	case nameSDK:
		b = g.beginSDK(b, s, l.part, "error")
		if l.part == partPublisher {
			b = append(b, "onStreamAvailableError "...)
		}
		b = append(append(b, names[l.name].text...), ": "...)
		b = appendMessage(b, l)
		b = g.endSDK(b, l.part, "", "")
	case nameRaptor:
		b = g.beginSDK(b, s, l.part, "error")
		b = append(b, "%O"...)
		b = g.endSDK(b, l.part, " SocketError {name: 'OT_DISCONNECTED', message: 'Action stopped due to session disconnection.'}", "")
	case appNested:
		b = append(b, "the video call reported an error"...)
		e := g.extra
		switch g.rng.n(4) {
		case 0:
			e = appendError(append(e, `"error":`...), l)
		case 1:
			e = append(appendError(append(e, `"err":{"handled":true,"cause":`...), l), '}')
		case 2:
			e = append(appendError(append(e, `"data":{"attempt":2,"result":{"ok":false,"error":`...), l), '}', '}')
		default:
			e = append(appendError(append(e, `"errors":[`...), l), ']')
		}
		g.extra = e
	case appEscaped:
		b = appendError(append(b, "call failed "...), l)
	case appNewline:
		b = appendPlain(append(b, "the call ended with an error:\n"...), l)
	case appTab:
		b = appendPlain(append(b, "video\terror\t"...), l)
	case appANSI:
		b = append(append(append(b, "\x1b[31m"...), names[l.name].text...), "\x1b[0m "...)
		b = appendMessage(b, l)
	case appDirective:
		b = append(append(append(b, "%c"...), names[l.name].text...), "%c "...)
		b = appendMessage(b, l)
		b = append(b, " color: red color: inherit"...)
	case appPlain:
		b = appendPlain(b, l)
	case appPreview:
		b = append(b, "video error OTErrorClass {code: "...)
		if l.said == 0 {
			b = append(b, "undefined"...)
		} else {
			b = appendInt(b, int64(l.said))
		}
		b = append(b, ", message: '"...)
		b = appendMessage(b, l)
		b = append(b, "', name: '"...)
		b = append(b, names[l.name].text...)
		b = append(b, "', stack: 'Error'}"...)
	}
	g.text = b
	return level
}

// appendMessage writes the message of l's error, with the method if the line spells it.
func appendMessage(b []byte, l *line) []byte {
	switch {
	case l.spell != unknown:
		b = append(append(b, methodNames[l.spell]...), " :: "...)
	case l.call == forceDisconnect:
		b = append(b, "Cannot call forceDisconnect(). "...)
	case l.call == forceUnpublish:
		b = append(b, "Cannot call forceUnpublish(). "...)
	}
	return append(b, l.msg...)
}

// appendPlain writes the error of l like String(error).
func appendPlain(b []byte, l *line) []byte {
	return appendMessage(append(append(b, names[l.name].text...), ": "...), l)
}

// beginSDK writes what the SDK's logger prints before the message. Forwarded console lines keep the
// colour directives.
func (g *generator) beginSDK(b []byte, s *session, p part, level string) []byte {
	if g.json {
		b = append(b, "%c"...)
	}
	b = append(append(b, "OpenTok:"...), parts[p].name...)
	if p == partRumor {
		b = append(b, digit(int(s.seq%9)+1))
	}
	b = append(append(b, ':'), level...)
	b = append(b, ' ')
	if g.json {
		b = append(b, "%c"...)
	}
	return b
}

// endSDK writes what the logger prints after the message: the time since its last line, the colours,
// the object of a %O, and the other arguments.
func (g *generator) endSDK(b []byte, p part, object, rest string) []byte {
	if g.json {
		b = append(b, "%c"...)
	}
	b = append(b, " +"...)
	switch x := g.rng.n(8); {
	case x < 3:
		b = append(b, "0ms"...)
	case x < 6:
		b = append(appendInt(b, int64(1+g.rng.n(900))), "ms"...)
	case x < 7:
		b = append(appendInt(b, int64(1+g.rng.n(59))), 's')
	default:
		b = append(appendInt(b, int64(1+g.rng.n(30))), 'm')
	}
	if g.json {
		colour := parts[p].colour
		b = append(append(b, " color: "...), colour...)
		b = append(b, " color: inherit"...)
		b = append(b, object...)
		b = append(append(b, " color: "...), colour...)
	} else {
		b = append(b, object...)
	}
	return append(b, rest...)
}
