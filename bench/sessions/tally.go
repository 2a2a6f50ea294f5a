package sessions

// A tally has the sums over all sessions. It needs no set of sessions, because each script counts its
// own sessions completely.
type tally struct {
	totals   Totals
	firstDay int64 // of days, since 1970
	days     []counts
	all      counts
}

// counts are the counts of a day, or of the whole log.
type counts struct {
	records  int64
	sessions int64
	failed   int64 // sessions
	posting  int64 // sessions with telemetry
	methods  [numMethods]methodCounts
	faults   [numFaults]faultCounts
}

type methodCounts struct {
	attempts       [cancelled + 1]int64 // by outcome
	inferred       int64
	sessionsFailed int64
}

type faultCounts struct{ failures, lines, sessions int64 }

// newTally returns a tally for a number of days and the day after: a log that does not begin at
// midnight reaches into that day.
func newTally(start int64, days int) tally {
	return tally{firstDay: start / msPerDay, days: make([]counts, days+1)}
}

// A dayset says on which days of a script something has been counted: the first, the second.
type dayset uint8

// marks say what has been counted of one party.
type marks struct {
	seen, posting, failed dayset
	failedBy              [numMethods]dayset
	faults                [numFaults]dayset
}

// A reckoning is the tally of one script.
type reckoning struct {
	t     *tally
	first int64            // day of the first record, as a place in days
	posts [maxParties]bool // in any record
	marks [maxParties]marks
}

// once adds one to a count of a day and of all days, each unless it was added before.
func (r *reckoning) once(set *dayset, day int64, count func(*counts) *int64) {
	bit := dayset(1) << (day - r.first)
	if *set == 0 {
		*count(&r.t.all)++
	}
	if *set&bit == 0 {
		*count(&r.t.days[day])++
	}
	*set |= bit
}

// add counts a session with a script and a start, in ms since 1970. due has the times of its steps.
func (t *tally) add(sc *script, start int64, due *[maxSteps]int32) {
	day := func(step int) int64 { return (start+int64(due[step]))/msPerDay - t.firstDay }
	r := reckoning{t: t, first: day(0)}
	var began [numFaults]int64     // day of the last failure
	var failureDay [maxSteps]int64 // of the failure that each step belongs to
	for _, p := range sc.parties {
		t.totals.Sessions++
		if !p.named {
			t.totals.SessionsWithoutID++
		}
	}
	for i := range sc.steps {
		if st := &sc.steps[i]; st.kind == telemetry || st.event != otherEvent || st.body {
			r.posts[st.party] = true
		}
	}
	for i := range sc.steps {
		st := &sc.steps[i]
		at := day(st.stamp)
		r.record(st, at)
		if st.begins.made {
			r.attempt(st, at)
		}
		if st.fault == noFault {
			continue
		}
		if st.opens {
			began[st.fault] = at
			r.failure(st, at)
		}
		failureDay[i] = began[st.fault]
		if st.stamp != i {
			failureDay[i] = failureDay[st.stamp]
		}
		t.all.faults[st.fault].lines++
		t.days[failureDay[i]].faults[st.fault].lines++
	}
}

// record counts a record and its session.
func (r *reckoning) record(st *step, day int64) {
	t := r.t
	t.totals.Lines++
	switch st.kind {
	case clean:
		t.totals.Records.Clean++
	case telemetry:
		t.totals.Records.Telemetry++
	case classified:
		t.totals.Records.Classified++
	}
	if st.event == repeatedEvent {
		t.totals.Duplicates++
	}
	t.all.records++
	t.days[day].records++
	if !st.mute {
		r.once(&r.marks[st.party].seen, day, func(c *counts) *int64 { return &c.sessions })
		if r.posts[st.party] {
			r.once(&r.marks[st.party].posting, day, func(c *counts) *int64 { return &c.posting })
		}
	}
}

// attempt counts the attempt that begins with a record.
func (r *reckoning) attempt(st *step, day int64) {
	m := st.begins.method
	for _, c := range [...]*counts{&r.t.all, &r.t.days[day]} {
		c.methods[m].attempts[st.begins.outcome]++
		if st.begins.inferred {
			c.methods[m].inferred++
		}
	}
}

// failure counts the failure that begins with a record.
func (r *reckoning) failure(st *step, day int64) {
	f, t, marks := st.fault, r.t, &r.marks[st.party]
	m := f.said().method
	t.totals.Failures++
	t.all.faults[f].failures++
	t.days[day].faults[f].failures++
	if marks.failed == 0 {
		t.totals.SessionsFailed++
	}
	r.once(&marks.failed, day, func(c *counts) *int64 { return &c.failed })
	r.once(&marks.failedBy[m], day, func(c *counts) *int64 { return &c.methods[m].sessionsFailed })
	r.once(&marks.faults[f], day, func(c *counts) *int64 { return &c.faults[f].sessions })
}
