package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/internal/typed"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// filterOptions are the flags that select failures and attempts, as typed.
type filterOptions struct {
	since, until string
	zone         string
	session      string
	apiKey       string
	sdk          string
	browser, os  string
	method       string
	err          string
}

func (o *filterOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "only failures and attempts that began at `TIME` or later: 2026-11-16, 2026-11-16T10:00:00Z,\n2026-W47, 2026-11, 7d or 24h (ago), today, yesterday, \"last week\"")
	f.StringVar(&o.until, "until", "", "only failures and attempts that began before `TIME`")
	f.StringVar(&o.session, "session", "", "only this session `ID`")
	f.StringVar(&o.apiKey, "apikey", "", "only sessions that this API `KEY` created")
	f.StringVar(&o.sdk, "sdk", "", "only clients with this SDK `VERSION`: 2.35.2, or 2.35 for all of 2.35")
	f.StringVar(&o.browser, "browser", "", "only clients with this `BROWSER`: \"Chrome 142\", or Chrome for all of its versions")
	f.StringVar(&o.os, "os", "", "only clients with this operating `SYSTEM`, as in Windows")
	f.StringVar(&o.method, "method", "", "only this `METHOD`: Session.publish, or publish")
	f.StringVar(&o.err, "error", "", "only this error `NAME`: OT_TIMEOUT, or timeout")
}

// addZone adds the flag for the time zone of flags and output.
func (o *filterOptions) addZone(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&o.zone, "tz", "UTC", "time `ZONE` of "+what+", as in Europe/Berlin or Local")
}

// resolve returns the filter and the zone. Periods such as 7d end now.
func (o *filterOptions) resolve(now time.Time) (report.Filter, *time.Location, error) {
	f := report.Filter{Session: o.session, APIKey: o.apiKey, SDK: o.sdk, Browser: o.browser, OS: o.os}
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		return f, nil, usageError(fmt.Errorf("--tz: %w", err))
	}
	if f.Error, err = meant("--error", o.err, lookup.Errors(o.err)); err != nil {
		return f, nil, err
	}
	if f.Method, err = meant("--method", o.method, lookup.Methods(o.method)); err != nil {
		return f, nil, err
	}
	now = now.In(zone)
	bound := func(flag, text string) time.Time {
		if text == "" || err != nil {
			return time.Time{}
		}
		var t time.Time
		if t, err = typed.Instant(text, now); err != nil {
			err = usageError(fmt.Errorf("%s: %w", flag, err))
		}
		return t
	}
	f.Since, f.Until = bound("--since", o.since), bound("--until", o.until)
	if err == nil && o.since != "" && o.until != "" && !f.Since.Before(f.Until) {
		err = usageError(fmt.Errorf("--since %s, --until %s: there is no time between %s and %s\nhint: --until is the first instant after the selection",
			o.since, o.until, f.Since.Format(time.RFC3339), f.Until.Format(time.RFC3339)))
	}
	return f, zone, err
}

// meant returns the full name of what a flag means. A word that means nothing in the catalogue is a name
// that only the logs have, or a misspelled one (checkFilter).
func meant[ID interface{ Name() string }](flag, word string, found []ID) (string, error) {
	switch len(found) {
	case 0:
		return word, nil
	case 1:
		return found[0].Name(), nil
	}
	var names []string
	for _, id := range found {
		names = append(names, id.Name())
	}
	return "", usageError(fmt.Errorf("%s: %q means several: give one of %s", flag, word, strings.Join(names, ", ")))
}

// checkFilter returns an error if a filter can match nothing in what was read.
func checkFilter(f *report.Filter, c *aggregate.Counts, rules *private.Rules) error {
	in := func(names []string, name string) bool {
		return slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) })
	}
	switch {
	case f.Error != "" && !in(c.Names.Errors, f.Error):
		return unknownName("--error", f.Error)
	case f.Method != "" && !in(c.Names.Methods, f.Method):
		return unknownName("--method", f.Method)
	}
	if f.Session != "" {
		switch _, ok, err := c.Session(f.Session); {
		case err != nil:
			return err
		case !ok:
			return usageError(fmt.Errorf("--session: no record has the ID %q\nhint: give the whole ID, as the log has it", f.Session))
		}
	}
	for _, of := range [...]struct {
		flag, value, what string
		kind              clients.Kind
	}{
		{"--apikey", f.APIKey, "session has the API key", clients.APIKey},
		{"--sdk", f.SDK, "telemetry has version", clients.SDK},
		{"--browser", f.Browser, "telemetry has the browser", clients.Browser},
		{"--os", f.OS, "telemetry has the operating system", clients.OS},
	} {
		seen := c.Seen.Texts(of.kind, c.Names.Labels)
		matches := func(name string) bool {
			return name == of.value || of.kind != clients.APIKey && clients.Includes(of.value, name)
		}
		if of.value != "" && !slices.ContainsFunc(seen, matches) {
			return usageError(fmt.Errorf("%s: no %s %q\nhint: it has %s", of.flag, of.what, of.value, some(seen, rules)))
		}
	}
	return nil
}

// some lists a few names.
func some(names []string, rules *private.Rules) string {
	const most = 8
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, rules.Label(name))
	}
	few := strings.Join(shown, ", ")
	if len(names) > most {
		few += ", …"
	}
	return words.Printable(cmp.Or(few, "none at all"))
}

// unknownName is the error of a name that the catalogue lacks.
func unknownName(flag, name string) error {
	return usageError(fmt.Errorf("%s: %q is not in the catalogue%s", flag, name, lookup.DidYouMean(lookup.Near(name))))
}
