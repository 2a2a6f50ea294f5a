package main

import (
	"fmt"
	"io"
	"strings"
)

// A column has what was measured on one log.
type column struct {
	name  string
	costs []perStage // of each revision, in seconds per GB
}

type table []column

// write writes the table in Markdown.
func (t table) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("\n| CPU seconds per GB |")
	for _, c := range t {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(t)) + "\n")
	for s := range stages {
		t.row(&b, stageNames[s], func(costs *perStage) float64 { return costs[s] })
	}
	t.row(&b, "**sum**", func(costs *perStage) (sum float64) {
		for _, c := range costs {
			sum += c
		}
		return sum
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// row writes a figure of each revision, for each log.
func (t table) row(b *strings.Builder, name string, figure func(*perStage) float64) {
	fmt.Fprintf(b, "| %s |", name)
	for _, c := range t {
		var figures []string
		for i := range c.costs {
			figures = append(figures, fmt.Sprintf("%.3f", figure(&c.costs[i])))
		}
		fmt.Fprintf(b, " %s |", strings.Join(figures, " → "))
	}
	b.WriteString("\n")
}
