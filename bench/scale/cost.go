package main

import (
	"fmt"
	"runtime"
)

// What the costs assume, beside what was measured.
const (
	coreHour = 0.04 // price of an hour of a core
	cores    = 1000 // that scan at a time
)

// costs computes what a week of a log takes, of so many TB of text.
func (j *job) costs(all []scanned, m merged) error {
	fmt.Fprintf(j.out, "\nComputed, for a week of text that is stored with zstd, scanned by %d cores at %.2f for a core-hour. Times are CPU times; the report is made by one machine of %d cores, which share its work:\n\n"+
		"| log | text | sessions | scan (core-hours) | scan (wall) | price of the scan | partials (GB) | report (core-hours) | report (wall) |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n", cores, coreHour, runtime.NumCPU())
	for _, s := range all {
		if s.layout != "zst" {
			continue
		}
		for _, tb := range []float64{1, 100, 10_000} {
			gb := tb * 1000
			hours := s.cpu * gb / 3600
			partials := s.partial * gb
			report := m.cpu * partials / 1e6
			if _, err := fmt.Fprintf(j.out, "| %s | %.0f TB | %.3g | %.1f | %s | %.2f | %.1f | %.1f | %s |\n",
				s.input, tb, s.sessions*gb, hours, duration(hours/cores*3600), hours*coreHour, partials/1e9, report/3600, duration(report/float64(runtime.NumCPU()))); err != nil {
				return err
			}
		}
	}
	return nil
}

// duration writes seconds as people do.
func duration(s float64) string {
	switch {
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 172800:
		return fmt.Sprintf("%.1f h", s/3600)
	}
	return fmt.Sprintf("%.1f days", s/86400)
}
