package aggregate

import "time"

// A glance shows from time to time what a scan has found; the zero glance shows
// nothing.
type glance struct {
	due   <-chan time.Time // when it is time to look
	look  func(*Result)
	every time.Duration
	tally *Tally
	found *foundSources
	next  time.Time // not before
}

func newGlance(o *Options, tally *Tally, found *foundSources) *glance {
	if o.Look == nil {
		return &glance{}
	}
	return &glance{look: o.Look, every: o.Every, tally: tally, found: found}
}

// changed says that there is something new to see.
func (g *glance) changed() {
	if g.look != nil && g.due == nil {
		g.due = time.After(time.Until(g.next))
	}
}

// take shows what there is.
func (g *glance) take() {
	start := time.Now()
	r := &Result{Parts: g.tally.Parts()}
	for _, s := range g.found.all() {
		r.Sources = append(r.Sources, s.now())
	}
	g.look(r)
	g.due = nil
	// The tally is settled anew each time: what grows large is looked at less often.
	g.next = start.Add(max(g.every, 5*time.Since(start)))
}
