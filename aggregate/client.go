package aggregate

import (
	"strings"

	"github.com/mileusna/useragent"

	"github.com/otlog/otlog/parse"
)

// Labels are what telemetry tells of a client (a page load), by number of a label;
// zero is not known.
type Labels struct{ SDK, Browser, OS Name }

// learn takes what a telemetry event tells of the client that posted it.
func (t *Tally) learn(number uint32, e *parse.Telemetry) {
	c := &t.sessions.known[number-1].labels
	if len(e.SDK) > 0 {
		t.lesser(&c.SDK, t.labels.add(e.SDK))
	}
	if len(e.UserAgent) > 0 {
		agent := t.userAgent(e.UserAgent)
		t.lesser(&c.Browser, agent.Browser)
		t.lesser(&c.OS, agent.OS)
	}
}

// lesser sets a label unless it has one that sorts before: where the events of a
// client differ (an old SDK's guid outlives an update) their order must not matter.
func (t *Tally) lesser(label *Name, n Name) {
	if n != 0 && n != *label && (*label == 0 || t.labels.text(n) < t.labels.text(*label)) {
		*label = n
	}
}

// maxAgents is how many user agents a Tally remembers the meaning of.
const maxAgents = 1000

// userAgent tells the browser with its major version, and the system, of a user
// agent string.
func (t *Tally) userAgent(s []byte) Labels {
	if c, ok := t.agents[string(s)]; ok {
		return c
	}
	ua := useragent.Parse(string(s))
	major, _, _ := strings.Cut(ua.Version, ".")
	c := Labels{Browser: t.label(strings.TrimSpace(ua.Name + " " + major)), OS: t.label(ua.OS)}
	if t.agents == nil || len(t.agents) == maxAgents {
		t.agents = map[string]Labels{}
	}
	t.agents[string(s)] = c
	return c
}

// label returns the number of a label, zero for "".
func (t *Tally) label(s string) Name {
	if s == "" {
		return 0
	}
	return t.labels.add([]byte(s))
}
