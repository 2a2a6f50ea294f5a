package aggregate

import (
	"strings"

	"github.com/mileusna/useragent"

	"github.com/otlog/otlog/parse"
)

// A client is what telemetry tells of a page load, by number of a label; zero is
// not known.
type client struct{ sdk, browser, os name }

// learn takes what a telemetry event tells of the client that posted it.
func (t *Tally) learn(number uint32, e *parse.Telemetry) {
	c := &t.sessions.known[number-1].client
	if len(e.SDK) > 0 {
		t.lesser(&c.sdk, t.labels.add(e.SDK))
	}
	if len(e.UserAgent) > 0 {
		agent := t.userAgent(e.UserAgent)
		t.lesser(&c.browser, agent.browser)
		t.lesser(&c.os, agent.os)
	}
}

// lesser sets a label unless it has one that sorts before: where the events of a
// client differ (an old SDK's guid outlives an update) their order must not matter.
func (t *Tally) lesser(label *name, n name) {
	if n != 0 && n != *label && (*label == 0 || t.labels.text(n) < t.labels.text(*label)) {
		*label = n
	}
}

// maxAgents is how many user agents a Tally remembers the meaning of.
const maxAgents = 1000

// userAgent tells the browser with its major version, and the system, of a user
// agent string.
func (t *Tally) userAgent(s []byte) client {
	if c, ok := t.agents[string(s)]; ok {
		return c
	}
	ua := useragent.Parse(string(s))
	major, _, _ := strings.Cut(ua.Version, ".")
	c := client{browser: t.label(strings.TrimSpace(ua.Name + " " + major)), os: t.label(ua.OS)}
	if t.agents == nil || len(t.agents) == maxAgents {
		t.agents = map[string]client{}
	}
	t.agents[string(s)] = c
	return c
}

// label returns the number of a label, zero for "".
func (t *Tally) label(s string) name {
	if s == "" {
		return 0
	}
	return t.labels.add([]byte(s))
}

// clientOf returns what is known of a client, or if none is given of the only
// one that a session has. Both are numbers plus one.
func (t *Tally) clientOf(number, session uint32) client {
	if number == 0 {
		number = t.onlyClient[session]
	}
	if number == 0 || number == several {
		return client{}
	}
	return t.sessions.known[number-1].client
}

// onlyClients returns the client that each session has, several if that is more
// than one. All are numbers plus one.
func (t *Tally) onlyClients() []uint32 {
	out := make([]uint32, len(t.sessions.ids)+1)
	for i := range t.sessions.known {
		if t.sessions.known[i].from != FromClient {
			continue
		}
		number := uint32(i) + 1
		if only := &out[t.sessions.resolve(number)]; *only == 0 {
			*only = number
		} else {
			*only = several
		}
	}
	out[0] = 0
	return out
}

// Labels returns the names of SDK versions, browsers and systems in a Row, by
// number. The first is "", for what is not known.
func (t *Tally) Labels() []string {
	return append([]string{""}, t.labels.others...)
}
