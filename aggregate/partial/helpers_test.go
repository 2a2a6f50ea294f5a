package partial

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	_ "github.com/otlog/otlog/internal/testgc"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// A record is an argument of Tally.Add, with its source.
type record struct {
	source  aggregate.SourceID
	place   int64
	event   parse.Event
	verdict classify.Verdict
}

// at is the approximate time of random records.
const at = int64(1795430665e9)

// randomRecords returns n records with everything that a log can contain.
func randomRecords(r *rand.Rand, n int) []record {
	oneOf := func(of ...string) []byte { return []byte(of[r.IntN(len(of))]) }
	out := make([]record, n)
	places := map[aggregate.SourceID]int64{}
	for i := range out {
		x := &out[i]
		x.source = aggregate.SourceID(1 + r.IntN(3))
		x.place = places[x.source]
		places[x.source] += 1 + int64(r.IntN(30))
		x.event = parse.Event{Time: timestamp.NoTime, OfDay: timestamp.NoTime}
		switch after := r.Int64N(4 * 3600e9); r.IntN(8) {
		case 0:
		case 1:
			x.event.OfDay = after
		default:
			x.event.Time = at + after/1e8*1e8
		}
		x.event.Session = oneOf("", "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5", "s1", "s2", "s3")
		x.event.Client = oneOf("", "k1", "k2", "k3")
		x.event.ConnectionID = oneOf("", "c1", "c2", "c3")
		switch x.source {
		case 2:
			x.event.Wrapped = r.IntN(2) == 0
		case 3: // one session, as in the console of a browser tab
			x.event.Session, x.event.Client, x.event.ConnectionID = oneOf("", "s1"), nil, nil
		}
		x.event.StreamID = oneOf("", "", "x", "y")
		if len(x.event.Client) > 0 && r.IntN(2) == 0 {
			x.event.Telemetry = &parse.Telemetry{
				Action: oneOf("Connect", "Publish", "Subscribe"), Variation: oneOf("Attempt", "Success", "Failure", "Cancel"),
				SDK: oneOf("", "2.34.1", "2.35.2", "not\xff UTF-8"), UserAgent: oneOf("", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
			}
		}
		x.verdict = randomVerdict(r)
	}
	return out
}

func randomVerdict(r *rand.Rand) classify.Verdict {
	v := classify.Verdict{
		Failure: r.IntN(4) > 0, Evidence: classify.Evidences[r.IntN(len(classify.Evidences))],
		Weight: classify.Weights[r.IntN(len(classify.Weights))], Late: r.IntN(5) == 0,
		Code: []int32{0, 1013, 1500, -1}[r.IntN(4)], MethodFrom: classify.MethodFroms[r.IntN(len(classify.MethodFroms))],
	}
	v.Native = !v.Failure && r.IntN(2) == 0
	if r.IntN(2) == 0 {
		v.Reason = catalogue.ReasonID(r.IntN(len(catalogue.Reasons())))
	}
	switch r.IntN(4) {
	case 0:
		v.Name = []byte([]string{"OT_MADE_UP", "OT_ANOTHER"}[r.IntN(2)])
	case 1, 2:
		v.Error = catalogue.ID(r.IntN(len(catalogue.Errors())))
	}
	switch r.IntN(3) {
	case 0:
		v.MethodName = []byte("Session.madeUp")
	case 1:
		v.Method = catalogue.MethodID(r.IntN(len(catalogue.Methods())))
	}
	return v
}

// tallied returns a tally of records.
func tallied(records []record) *aggregate.Tally {
	t := &aggregate.Tally{}
	for i := range records {
		x := &records[i]
		t.Enter(x.source)
		t.Add(&x.event, &x.verdict, x.place)
	}
	return t
}

// fileOf returns a file of records.
func fileOf(records []record) *File {
	f := &File{Part: aggregate.Merge(tallied(records).Parts()...), ToolVersion: "1.2.3", Catalogues: []string{"abc"}}
	sources := map[aggregate.SourceID]*aggregate.Source{}
	for i := range records {
		x := &records[i]
		if sources[x.source] == nil {
			sources[x.source] = &aggregate.Source{ID: x.source, Name: fmt.Sprint(x.source, ".log"), Format: "text"}
			f.Sources = append(f.Sources, sources[x.source])
		}
		a := &sources[x.source].Account
		a.Bytes += 100
		a.Lines++
		switch r := &a.Records; {
		case x.verdict.Failure:
			r.Classified++
		case x.event.Telemetry != nil:
			r.Telemetry++
		default:
			r.Clean++
		}
		if x.verdict.Native {
			a.Records.Native++
		}
	}
	return f
}

// crafted returns a file of a part, with sources of its records. The first has those that are not
// classified.
func crafted(t testing.TB, p *aggregate.Part) *File {
	t.Helper()
	f := &File{Part: p}
	sources := map[aggregate.SourceID]*aggregate.Source{}
	ids := p.Origins.Sources()
	for _, id := range append(slices.Clone(ids), 0) {
		if sources[id] == nil {
			sources[id] = &aggregate.Source{ID: id, Name: fmt.Sprint(id, ".log"), Account: aggregate.Account{Bytes: 1 << 40}}
			f.Sources = append(f.Sources, sources[id])
		}
	}
	rest := &f.Sources[0].Account.Records
	for _, c := range p.Coverage {
		rest.Add(c.Records)
	}
	cursor, err := p.Open(false)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	for {
		e, err := cursor.Next()
		if err == io.EOF {
			return f
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range e.Evidence {
			if int(x.Origin) < len(ids) {
				rest.Classified -= int64(x.Records)
				sources[ids[x.Origin]].Account.Records.Classified += int64(x.Records)
			}
		}
	}
}

// small returns a file with some of everything.
func small() *File { return fileOf(randomRecords(rand.New(rand.NewPCG(7, 1)), 40)) }

// smallWithIDs returns a file with some of everything, session IDs as well.
func smallWithIDs() *File {
	f := small()
	f.Part = withIDs(f.Part)
	return f
}

// withIDs returns a part of random records with their session IDs.
func withIDs(p *aggregate.Part) *aggregate.Part {
	texts := map[aggregate.SessionID]string{}
	for _, s := range []string{"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5", "s1", "s2", "s3"} {
		texts[aggregate.NewSessionID([]byte(s))] = s
	}
	out := *p
	out.HasIDs = true
	out.Open = func(steps bool) (aggregate.Cursor, error) {
		c, err := p.Open(steps)
		return &idCursor{c, texts}, err
	}
	return &out
}

type idCursor struct {
	aggregate.Cursor
	texts map[aggregate.SessionID]string
}

func (c *idCursor) Next() (*aggregate.Entry, error) {
	e, err := c.Cursor.Next()
	if err == nil {
		e.Text = c.texts[e.ID]
	}
	return e, err
}

func written(t testing.TB, f *File, compress bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, compress); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sealed returns a stream as a file, with a valid digest.
func sealed(stream []byte) []byte {
	digest := xxh3.Hash128(stream).Bytes()
	return slices.Concat(stream, digest[:], []byte(endMark))
}

// streamOf returns the stream of a file.
func streamOf(file []byte) []byte { return slices.Clone(file[:len(file)-endBytes]) }

// made returns a file with edited metadata.
func made(t testing.TB, f *File, edit func(metadata map[string]string), options ...ipc.Option) []byte {
	t.Helper()
	metadata, err := f.metadata()
	if err != nil {
		t.Fatal(err)
	}
	keys := metadata.ToMap()
	if edit != nil {
		edit(keys)
	}
	var b bytes.Buffer
	if err := writeEntries(&b, f.Part, arrow.MetadataFrom(keys), options...); err != nil {
		t.Fatal(err)
	}
	return sealed(b.Bytes())
}

func opened(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// use opens a file and returns its contents.
func use(b []byte) ([]string, error) {
	f, err := opened(b)
	if err != nil {
		return nil, err
	}
	return contents(f.Part)
}

// contents returns the sum of parts as text.
func contents(parts ...*aggregate.Part) ([]string, error) {
	c, err := aggregate.Settle(nil, parts...)
	if err != nil {
		return nil, err
	}
	out := []string{fmt.Sprint(c.Range, c.WrongClock, c.Coverage, c.Duplicates, c.Seen.Texts(0xf, c.Names.Labels))}
	label := func(n aggregate.Name) string { return c.Names.Labels[n] }
	for s, err := range c.Sessions(aggregate.Filter{}) {
		if err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprintf("%x %s %q %q %v", s.ID, s.From, s.Text, label(s.APIKey), s.Buckets))
		for _, a := range s.Attempts {
			out = append(out, fmt.Sprint(a.Attempts, a.Method.Name(), a.Outcome, a.Bucket, a.Inferred, label(a.SDK), label(a.Browser), label(a.OS)))
		}
		for _, r := range s.Rows {
			out = append(out, fmt.Sprint(c.Names.Methods[r.Method], c.Names.Errors[r.Error], r.Code, r.Bucket, r.Reason, r.Evidence, r.Stated,
				r.Failures, r.Lines, r.First, r.Last, label(r.SDK), label(r.Browser), label(r.OS)))
		}
	}
	if _, err := c.Index(); err != nil {
		return nil, err
	}
	if _, _, err := c.Session("s1"); err != nil {
		return nil, err
	}
	return out, nil
}

// allocates returns how many bytes f allocates, including freed bytes.
func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// mostAllocated returns how many bytes the use of a file may allocate.
func mostAllocated(size int) uint64 { return 256<<20 + 64*uint64(size) }

// entries returns a crafted Part. Sessions that were seen were seen at the instant at.
func entries(all ...aggregate.Entry) *aggregate.Part {
	c := aggregate.Coverage{Bucket: aggregate.BucketOf(at), Records: aggregate.Records{Clean: 99}, First: at, Last: at}
	undated := aggregate.Coverage{Bucket: aggregate.NoBucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	for i := range all {
		undated.Records.Clean += int64(len(all[i].Buckets))
		all[i].Telemetry = all[i].Telemetry || len(all[i].Steps) > 0 && !all[i].ID.IsZero()
		c.Records.Telemetry += int64(len(all[i].Steps))
		for _, x := range all[i].Evidence {
			c.Records.Classified += int64(x.Records)
			if all[i].ID.IsZero() {
				c.WithoutID.Classified += int64(x.Records)
			}
		}
		if slices.Contains(all[i].Buckets, aggregate.BucketOf(at)) {
			all[i].Extent, _ = extent.New(at/1e9, at/1e9)
		}
	}
	return &aggregate.Part{
		Open: func(bool) (aggregate.Cursor, error) { return &listCursor{all}, nil },
		Names: &aggregate.Names{
			Errors: []string{"", "OT_TIMEOUT"}, Methods: []string{"unknown", "Session.connect"}, Labels: []string{"", "2.35.2"},
		},
		Origins:  aggregate.NewOrigins([]aggregate.SourceID{7}),
		Coverage: []aggregate.Coverage{undated, c},
		Posts:    c.Records.Telemetry,
	}
}

type listCursor struct{ left []aggregate.Entry }

func (c *listCursor) Close() {}

func (c *listCursor) Next() (*aggregate.Entry, error) {
	if len(c.left) == 0 {
		return nil, io.EOF
	}
	e := c.left[0]
	c.left = c.left[1:]
	return &e, nil
}
