// Package format lists the formats that a report is written in.
//
// To add a format, add an element to [All]: flags, completion, help and error texts follow.
package format

import (
	"io"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/page"
	"github.com/otlog/otlog/report/rows"
)

// A Format is an output format.
type Format struct {
	Name string
	Help string // what it is for: a word or two

	People   bool     // made for people; else for programs
	Groups   bool     // has the groups of clients in any case, at least in its headline
	ShowsAll bool     // shows all errors, changes and inputs unless Options.Top is given: it can be searched
	Rows     bool     // rows by session, made of counts: no report, so no baseline, no gates, no groups
	Packs    bool     // Options.Rows.Compress has an effect
	Tables   []string // for Options.Table, the default first; nil: everything is written

	Write func(io.Writer, Input, Options) error
}

// Input is what is written: a report, or for a format of rows the counts.
type Input struct {
	Report *report.Report
	Counts *aggregate.Counts

	Sources []*aggregate.Source // of Counts
}

// Options say how to write. Each format uses its own part of them.
type Options struct {
	Page  page.TextOptions // of formats for people
	Table string           // one of Format.Tables; "" for the default
	Rows  rows.Options     // of formats of rows; its Format and Table are set by Write
}

// All lists the formats, the default first.
func All() []Format {
	return []Format{
		{Name: "text", Help: "people", People: true, Groups: true, Write: func(w io.Writer, in Input, o Options) error {
			return page.Text(w, in.Report, o.Page)
		}},
		{Name: "markdown", Help: "people", People: true, Groups: true, Write: func(w io.Writer, in Input, o Options) error {
			return page.Markdown(w, in.Report, o.Page.Options)
		}},
		{Name: "html", Help: "people", People: true, Groups: true, ShowsAll: true, Write: func(w io.Writer, in Input, o Options) error {
			return page.HTML(w, in.Report, o.Page.Options)
		}},
		{Name: "json", Help: "programs", Groups: true, Write: func(w io.Writer, in Input, _ Options) error {
			return report.WriteJSON(w, in.Report)
		}},
		{Name: "csv", Help: "spreadsheets", Tables: report.CSVTables, Write: func(w io.Writer, in Input, o Options) error {
			return report.WriteCSV(w, in.Report, o.Table)
		}},
		{Name: "arrow", Help: "rows by session", Rows: true, Packs: true, Tables: rows.Tables(), Write: writeRows("arrow")},
		{Name: "parquet", Help: "rows by session", Rows: true, Tables: rows.Tables(), Write: writeRows("parquet")},
	}
}

func writeRows(name string) func(io.Writer, Input, Options) error {
	return func(w io.Writer, in Input, o Options) error {
		o.Rows.Format, o.Rows.Table, o.Rows.Sources = name, o.Table, in.Sources
		return rows.Write(w, in.Counts, o.Rows)
	}
}

// Names returns the names of the formats for which keep is true.
func Names(keep func(Format) bool) []string {
	var out []string
	for _, f := range All() {
		if keep(f) {
			out = append(out, f.Name)
		}
	}
	return out
}
