// Command genweeks writes the logs of testdata/weeks: five weeks and a Monday morning of a
// fictitious video application with two API keys, as telemetry and console lines in NDJSON, one
// file per week.
//
//	go run ./bench/genweeks testdata/weeks
//
// The table of incidents below says what happens in them. In the last whole week, publish fails twice
// as often as before, but only for clients of SDK 2.35.2; a new error begins and an old one ends. In
// the week before, the log shipper is down for six hours.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "genweeks: expected the directory to write to")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "genweeks:", err)
		os.Exit(1)
	}
}

// An incident makes a share of the sessions fail in one step.
type incident struct {
	action string // of telemetry; "" for a step that posts no attempt
	rates  [weeks + 1]float64
	only   string   // affected SDK version; "": any
	reason string   // failureReason
	name   string   // failureName, which the SDK posts for connect only
	code   int      // failureCode
	says   string   // failureMessage
	lines  []string // on the console
}

const weeks = 5

var incidents = []incident{
	{
		action: "Connect", rates: [...]float64{0.013, 0.012, 0.013, 0.012, 0.013, 0.013},
		reason: "ConnectToSession", name: "OT_CONNECT_FAILED", code: 1006, says: "ConnectivityError: Unable to connect to the session",
		lines: []string{"OpenTok:Session:error OT_CONNECT_FAILED: Unable to connect to the session (1006)"},
	},
	{
		action: "Connect", rates: [...]float64{0.006, 0.006, 0.007, 0.006, 0.006, 0.006},
		reason: "GetSessionInfo", name: "OT_AUTHENTICATION_ERROR", code: 1004, says: "Token expired",
		lines: []string{"OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired (1004)", "OpenTok:GlobalExceptionHandler:error OT.exception :: title: Authentication error (1004) msg: Token expired"},
	},
	{
		action: "Connect", rates: [...]float64{0.009, 0.010, 0.009, 0.009, 0, 0},
		reason: "GetSessionInfo", name: "OT_INVALID_HTTP_STATUS", code: 2001, says: "Unexpected HTTP status from the session info server",
		lines: []string{"OpenTok:Session:error OT_INVALID_HTTP_STATUS: Unexpected HTTP status from the session info server (2001)"},
	},
	{
		action: "Publish", rates: [...]float64{0.016, 0.017, 0.016, 0.017, 0.017, 0.017},
		reason: "Timeout", code: 1500, says: "Session.publish :: Could not publish in a reasonable amount of time",
		lines: []string{"OpenTok:Publisher:error Could not publish in a reasonable amount of time"},
	},
	{
		action: "Publish", rates: [...]float64{0, 0, 0, 0, 0.055, 0.05}, only: "js-2.35.2",
		reason: "Timeout", code: 1500, says: "Session.publish :: Could not publish in a reasonable amount of time",
		lines: []string{"OpenTok:Publisher:error Could not publish in a reasonable amount of time"},
	},
	{
		action: "Publish", rates: [...]float64{0, 0, 0, 0, 0.014, 0.012},
		reason: "ICEWorkflow", code: 1610, says: "ICEWorkflow: Publisher PeerConnection with connection 1 failed",
		lines: []string{"OpenTok:Session:error OT_ICE_WORKFLOW_FAILED 1610 Session.publish :: ICEWorkflow: Publisher PeerConnection with connection 1 failed"},
	},
	{
		action: "Subscribe", rates: [...]float64{0.022, 0.024, 0.021, 0.022, 0.023, 0.02},
		reason: "Timeout", code: 1501, says: "Unable to subscribe to stream in a reasonable amount of time",
		lines: []string{"OpenTok:Subscriber:error Unable to subscribe to stream in a reasonable amount of time"},
	},
	{
		rates: [...]float64{0.061, 0.058, 0.060, 0.063, 0.059, 0.06},
		lines: []string{"OpenTok:Publisher:error OT.Publisher Access Denied: Permission Denied: End-user denied permission to hardware devices (getUserMedia error: NotAllowedError)"},
	},
	{
		rates: [...]float64{0.012, 0.013, 0.011, 0.012, 0.013, 0.01},
		lines: []string{"OpenTok:Publisher:error OT.Publisher failed to access camera/mic: The selected voice or video devices are unavailable. Verify that the chosen devices are not in use by another application. (getUserMedia error: NotReadableError)"},
	},
	{
		rates: [...]float64{0.008, 0.007, 0.008, 0.008, 0.008, 0.008},
		lines: []string{"OpenTok:Session:error OT_NOT_CONNECTED 500 Session.signal :: Unable to send signal - you are not connected to the session"},
	},
	{
		rates: [...]float64{0.002, 0.001, 0.002, 0.002, 0.003, 0.002},
		lines: []string{"OpenTok:Session:error OT_UNEXPECTED_ERROR_CODE: Session.connect failed (1500)"},
	},
}

// A client is the software of a share of the users. The share changes from week to week.
type client struct {
	share [2]float64 // in the first week and in the last
	sdk   string
	agent string
}

var clients = []client{
	{[...]float64{0.50, 0.08}, "js-2.34.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"},
	{[...]float64{0.08, 0.46}, "js-2.35.2", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"},
	{[...]float64{0.12, 0.06}, "js-2.34.1", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15"},
	{[...]float64{0.02, 0.10}, "js-2.35.2", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"},
	{[...]float64{0.10, 0.10}, "js-2.35.2", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"},
	{[...]float64{0.18, 0.20}, "js-2.33.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"},
}

// start is Monday of 2026-W43.
var start = time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC)

const (
	perWeek = 1100 // sessions
	week    = 7 * 24 * time.Hour
)

func write(dir string) error {
	r := rand.New(rand.NewPCG(43, 2))
	for i := range weeks + 1 {
		from := start.Add(time.Duration(i) * week)
		year, number := from.ISOWeek()
		sessions, span := perWeek+r.IntN(60), week
		if i == weeks {
			sessions, span = 60, 9*time.Hour // until the time of the report
		}
		var b bytes.Buffer
		for n := range sessions {
			at := from.Add(time.Duration(float64(span) * (float64(n) + r.Float64()) / float64(sessions)))
			if down := start.Add(3*week + 50*time.Hour); at.After(down) && at.Before(down.Add(6*time.Hour)) {
				continue
			}
			session(&b, r, i, at)
		}
		packed, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
		if err != nil {
			return err
		}
		name := filepath.Join(dir, fmt.Sprintf("%d-W%02d.jsonl.zst", year, number))
		if err := os.WriteFile(name, packed.EncodeAll(b.Bytes(), nil), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// session writes the telemetry and console lines of one page load.
func session(b *bytes.Buffer, r *rand.Rand, i int, at time.Time) {
	who := choose(r, float64(i)/weeks)
	apiKey := "45012345"
	if r.IntN(4) == 0 {
		apiKey = "46098765"
	}
	raw := fmt.Sprintf("1~%s~~%d~%08x~~", apiKey, at.UnixMilli(), r.Uint32())
	s := step{b: b, who: who, session: "1_" + base64.RawURLEncoding.EncodeToString([]byte(raw)), id: fmt.Sprintf("%08x", r.Uint32()), apiKey: apiKey}
	hits := func(action string) *incident {
		for n := range incidents {
			c := &incidents[n]
			if c.action == action && (c.only == "" || c.only == who.sdk) && r.Float64() < c.rates[i] {
				return c
			}
		}
		return nil
	}
	for _, action := range []string{"Connect", "", "Publish", "Subscribe"} {
		s.at = at
		failed := hits(action)
		s.call(action, failed)
		if failed != nil && action == "Connect" {
			return
		}
		at = at.Add(time.Duration(2000+r.IntN(20000)) * time.Millisecond)
	}
}

// choose draws a client; progress is that of the rollout, from 0 to 1.
func choose(r *rand.Rand, progress float64) *client {
	x := r.Float64()
	for n := range clients {
		c := &clients[n]
		if x -= c.share[0] + (c.share[1]-c.share[0])*min(progress, 1); x < 0 {
			return c
		}
	}
	return &clients[0]
}

// A step is one call of a client.
type step struct {
	b                   *bytes.Buffer
	who                 *client
	session, id, apiKey string
	at                  time.Time
}

func (s *step) call(action string, failed *incident) {
	if action != "" {
		s.post(action, "Attempt", "", 0)
		took := 700
		switch {
		case failed == nil:
			s.post(action, "Success", "", took)
		default:
			took = 15000
			more := fmt.Sprintf(`,"failureReason":%q,"failureCode":%d,"failureMessage":%q`, failed.reason, failed.code, failed.says)
			if failed.name != "" {
				took = 900
				more += fmt.Sprintf(`,"failureName":%q`, failed.name)
			}
			s.post(action, "Failure", more, took)
		}
		s.at = s.at.Add(time.Duration(took) * time.Millisecond)
	}
	if failed != nil {
		for _, line := range failed.lines {
			fmt.Fprintf(s.b, `{"time":%q,"level":"error","msg":%q,"sessionId":%q}`+"\n", s.at.Format("2006-01-02T15:04:05.000Z"), line, s.session)
		}
	}
}

func (s *step) post(action, variation, more string, after int) {
	ids := fmt.Sprintf(`"sessionId":%q,"partnerId":%q,"connectionId":"c-%s","clientInstanceId":"i-%s"`, s.session, s.apiKey, s.id, s.id)
	if action != "Connect" {
		ids += fmt.Sprintf(`,"streamId":"%s-%s"`, action, s.id)
	}
	fmt.Fprintf(s.b, `{"logVersion":"2","clientVersion":%q,"clientSystemTime":%d,"action":%q,"variation":%q,%s,"userAgent":%q%s}`+"\n",
		s.who.sdk, s.at.UnixMilli()+int64(after), action, variation, ids, s.who.agent, more)
}
