// Package clients reads what the telemetry of a client, which is one page load, says of it.
package clients

import (
	"strings"

	"github.com/mileusna/useragent"

	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/parse"
)

// Labels describe a client. 0 is unknown.
type Labels struct{ SDK, Browser, OS names.Name }

// A Reader reads telemetry. It remembers user agents.
type Reader struct{ agents map[string]Labels }

// Read adds what a telemetry event says of its client to the labels. Their texts are in the table.
func (r *Reader) Read(e *parse.Telemetry, to *Labels, texts *names.Table) {
	if len(e.SDK) > 0 {
		lesser(&to.SDK, texts.Add(e.SDK), texts)
	}
	if len(e.UserAgent) > 0 {
		agent := r.userAgent(e.UserAgent, texts)
		lesser(&to.Browser, agent.Browser, texts)
		lesser(&to.OS, agent.OS, texts)
	}
}

// lesser sets a label unless its current text sorts first. If the events of a client have
// different labels (the guid of an old SDK outlives an update), their order must not matter.
func lesser(label *names.Name, n names.Name, texts *names.Table) {
	if n != 0 && n != *label && (*label == 0 || names.Compare(texts.Text(n), texts.Text(*label)) < 0) {
		*label = n
	}
}

const (
	maxAgents = 1000    // user agents that a Reader remembers
	maxAgent  = 1 << 10 // bytes that are read of a user agent: a long one has 300
)

// userAgent returns the browser, with its major version, and the system of a user agent
// string.
func (r *Reader) userAgent(s []byte, texts *names.Table) Labels {
	s = s[:min(len(s), maxAgent)]
	if c, ok := r.agents[string(s)]; ok {
		return c
	}
	ua := useragent.Parse(string(s))
	major, _, _ := strings.Cut(ua.Version, ".")
	c := Labels{Browser: label(strings.TrimSpace(ua.Name+" "+major), texts), OS: label(ua.OS, texts)}
	if r.agents == nil || len(r.agents) == maxAgents {
		r.agents = map[string]Labels{}
	}
	r.agents[string(s)] = c
	return c
}

// label returns the number of a label, 0 for "".
func label(s string, texts *names.Table) names.Name {
	if s == "" {
		return 0
	}
	return texts.Add([]byte(s))
}
