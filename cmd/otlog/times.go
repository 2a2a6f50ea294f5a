package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/parse/timestamp"
)

// timeOptions are the flags that say how the times of logs are read, as typed.
type timeOptions struct{ zone, layout string }

func (o *timeOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.zone, "assume-tz", "UTC", "`ZONE` of times in logs that bear none, as in Europe/Berlin or Local")
	f.StringVar(&o.layout, "time-format", "", "`LAYOUT` of times in logs, tried before all others: \"%d/%m/%Y %H:%M:%S\" as in\nstrptime, or \"02/01/2006 15:04:05\" as in Go")
}

// resolve returns how to read times in logs that were written until now.
func (o *timeOptions) resolve(now time.Time) (timestamp.Times, error) {
	t := timestamp.Times{Latest: now}
	var err error
	if t.Zone, err = time.LoadLocation(o.zone); err != nil {
		return t, usageError(fmt.Errorf("--assume-tz: %w", err))
	}
	if o.layout != "" {
		if t.Layout, err = timestamp.ParseLayout(o.layout); err != nil {
			return t, usageError(fmt.Errorf("--time-format: %q: %w", o.layout, err))
		}
	}
	return t, nil
}
