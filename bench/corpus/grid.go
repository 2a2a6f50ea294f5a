package corpus

// second is in milliseconds, like all times of plans.
const second = 1000

// snap rounds the times of the step to whole seconds. It spreads the lines of a failure over the
// maximum time for one failure: two seconds, or for tries of a socket the ten seconds before the
// line that names the failure.
func (g *generator) snap(s *session) {
	if len(s.lines) == 0 {
		return
	}
	first := s.lines[0].ts
	start := first / second * second
	try := func(ts int64) int64 { return (ts - first + second) / (3 * second) } // from 0; tries are three seconds apart
	tries := try(s.lines[len(s.lines)-1].ts)
	late, last := int64(0), first
	for i := range s.lines {
		l := &s.lines[i]
		now := l.ts
		switch {
		case !s.failure.planned:
			l.ts = now / second * second
		case tries > 0:
			l.ts = start + 4*second*try(now)
			if l.shape == nameSDK || l.shape == weakException {
				l.ts += 2 * second
			}
		default:
			if now != last && late < 2 && g.rng.chance(.5) {
				late = min(late+1+int64(g.rng.n(2)), 2)
			}
			l.ts = start + late*second
		}
		last = now
	}
}
