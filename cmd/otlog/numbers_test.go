package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNumbersOfThePage compares the table of docs/numbers.md with the report of its ten records.
func TestNumbersOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/numbers.md")
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]any
	out := runWell(t, "report", "--format", "json", "../../testdata/numbers/ten-records.jsonl")
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	methods := map[string]any{}
	for _, m := range report["methods"].([]any) {
		row := m.(map[string]any)
		methods[row["method"].(string)] = row
	}
	rows := regexp.MustCompile("(?m)^\\| [^|]+ \\| `([^`]+)` \\| ([0-9.]+) \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Fatalf("the page has %d numbers", len(rows))
	}
	for _, row := range rows {
		at := report
		path := row[1]
		for name, fields := range methods {
			if rest, ok := strings.CutPrefix(path, name+"."); ok {
				at, path = fields.(map[string]any), rest
			}
		}
		var value any = at
		for _, key := range strings.Split(path, ".") {
			value = value.(map[string]any)[key]
		}
		format := "%.0f"
		if rate, ok := value.(map[string]any); ok {
			value, format = rate["value"], "%.2f"
		}
		if got := fmt.Sprintf(format, value); got != row[2] {
			t.Errorf("%s is %s, and %s on the page", row[1], got, row[2])
		}
	}
}
