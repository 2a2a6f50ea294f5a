package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/otlog/otlog/"

// mayImport lists every package of the module, and the packages of the module that it may
// import. Imports run one way: cmd, report, aggregate, and then classify and parse, which do
// not know each other.
var mayImport = map[string][]string{
	"parse":                   {"parse/container", "parse/convert", "parse/crowd", "parse/detect", "parse/digest", "parse/document", "parse/field", "parse/ids", "parse/jsontext", "parse/keys", "parse/layout", "parse/level", "parse/notation", "parse/outline", "parse/pattern", "parse/sessionid", "parse/sieve", "parse/sighting", "parse/table", "parse/terminal", "parse/textline", "parse/timestamp", "parse/unpack", "parse/unpack/window"},
	"parse/container":         {"parse/jsontext", "parse/textline", "parse/timestamp"},
	"parse/convert":           {"parse/jsontext", "parse/outline", "parse/timestamp"},
	"parse/crowd":             {"parse/jsontext", "parse/sessionid", "parse/textline", "parse/timestamp"},
	"parse/detect":            {"parse/jsontext", "parse/table"},
	"parse/digest":            {},
	"parse/document":          {"parse/convert", "parse/jsontext", "parse/outline"},
	"parse/field":             {"parse/jsontext", "parse/level", "parse/timestamp"},
	"parse/table":             {"internal/secretkey", "parse/field", "parse/jsontext", "parse/timestamp"},
	"parse/find":              {"parse"},
	"parse/ids":               {"parse/field", "parse/sessionid"},
	"parse/jsontext":          {},
	"parse/keys":              {"parse/field", "parse/sessionid"},
	"parse/layout":            {"parse/field", "parse/jsontext"},
	"parse/level":             {"parse/jsontext"},
	"parse/outline":           {"parse/jsontext", "parse/pattern", "parse/textline", "parse/timestamp"},
	"parse/notation":          {"parse/jsontext", "parse/notation/data", "parse/pattern", "parse/sieve"},
	"parse/notation/data":     {"parse/pattern"},
	"parse/pattern":           {},
	"parse/sessionid":         {"parse/jsontext", "parse/terminal"},
	"parse/sieve":             {"parse/pattern"},
	"parse/sighting":          {"parse/field", "parse/layout", "parse/sessionid", "parse/timestamp"},
	"parse/textline":          {"parse/timestamp"},
	"parse/terminal":          {},
	"parse/timestamp":         {"parse/jsontext", "parse/terminal"},
	"parse/columnar":          {"parse/jsontext"},
	"parse/unpack":            {"internal/unnamed", "parse/columnar", "parse/detect", "parse/notation", "parse/pattern", "parse/sieve", "parse/unpack/frames", "parse/unpack/parallel", "parse/unpack/window"},
	"parse/unpack/frames":     {},
	"parse/unpack/parallel":   {},
	"parse/unpack/window":     {},
	"classify":                {"classify/catalogue"},
	"classify/catalogue":      {},
	"classify/catalogue/gen":  {"classify/catalogue/read"},
	"classify/noise":          {},
	"classify/catalogue/read": {},
	"aggregate":               {"aggregate/account", "aggregate/axis", "aggregate/calls", "aggregate/clients", "aggregate/compatible", "aggregate/cores", "aggregate/coverage", "aggregate/crowd", "aggregate/edges", "aggregate/extent", "aggregate/hashed", "aggregate/lists", "aggregate/names", "aggregate/nearest", "aggregate/origins", "aggregate/spans", "aggregate/spill", "aggregate/streams", "aggregate/stretch", "aggregate/texts", "parse", "parse/digest", "parse/level", "parse/sessionid", "parse/sighting", "parse/timestamp", "parse/unpack/parallel", "classify", "classify/catalogue"},
	"aggregate/account":       {"classify", "parse"},
	"aggregate/stretch":       {"parse"},
	"aggregate/origins":       {},
	"aggregate/axis":          {"classify/catalogue"},
	"aggregate/calendar":      {},
	"aggregate/clients":       {"aggregate/names", "parse"},
	"aggregate/compatible":    {"aggregate/names", "aggregate/streams", "classify", "classify/catalogue"},
	"aggregate/calls":         {"aggregate/hashed", "aggregate/streams", "parse/timestamp", "classify/catalogue"},
	"aggregate/crowd":         {"aggregate/compatible", "aggregate/nearest", "classify"},
	"aggregate/nearest":       {"aggregate/spill"},
	"aggregate/extent":        {"parse/timestamp"},
	"aggregate/hashed":        {"parse", "parse/timestamp"},
	"aggregate/cores":         {},
	"aggregate/coverage":      {"aggregate/account", "parse/timestamp"},
	"aggregate/edges":         {},
	"aggregate/lists":         {},
	"aggregate/names":         {"classify/catalogue"},
	"aggregate/ranges":        {"aggregate", "aggregate/account", "parse"},
	"aggregate/spans":         {},
	"aggregate/spill":         {"internal/unnamed"},
	"aggregate/streams":       {},
	"aggregate/texts":         {},
	"aggregate/columns":       {},
	"aggregate/partial":       {"aggregate", "aggregate/axis", "aggregate/columns", "aggregate/coverage", "aggregate/extent", "aggregate/lists", "aggregate/streams", "aggregate/texts", "parse", "parse/digest", "parse/sieve", "parse/timestamp", "classify", "classify/catalogue"},
	"aggregate/batch":         {"aggregate", "aggregate/calendar", "aggregate/columns", "parse/timestamp", "classify", "classify/catalogue"},
	"report":                  {"report/lookup", "report/stats", "report/words", "aggregate", "aggregate/clients", "aggregate/batch", "aggregate/calendar", "aggregate/texts", "parse", "parse/sieve", "parse/timestamp", "classify", "classify/catalogue"},
	"report/stats":            {},
	"report/words":            {},
	"report/lookup":           {"classify/catalogue"},
	"report/chart":            {"report/stats", "report/words"},
	"report/explain":          {"report/lookup", "report/words", "classify", "classify/catalogue", "classify/noise"},
	"report/format":           {"report", "report/page", "report/rows", "aggregate"},
	"report/page":             {"report", "report/chart", "report/lookup", "report/stats", "report/words", "aggregate", "classify/catalogue"},
	"report/gate":             {"report", "report/lookup", "report/words"},
	"report/rows":             {"report", "aggregate", "aggregate/batch", "aggregate/calendar", "aggregate/columns", "classify/catalogue"},
	"cmd/otlog": {
		"aggregate/clients", "aggregate/hashed",
		"cmd/otlog/internal/events", "cmd/otlog/internal/pasted", "cmd/otlog/internal/shards", "cmd/otlog/internal/shell", "cmd/otlog/internal/story", "cmd/otlog/internal/stream", "cmd/otlog/internal/terminal",
		"report", "report/explain", "report/format", "report/gate", "report/lookup", "report/page", "report/rows", "report/words",
		"aggregate", "aggregate/calendar", "aggregate/partial", "internal/private", "internal/typed", "internal/unnamed", "parse", "parse/field", "parse/find", "parse/sieve", "parse/timestamp", "parse/unpack/window", "classify/catalogue",
	},
	"cmd/otlog/internal/events":   {"internal/private", "cmd/otlog/internal/stream", "report", "report/words", "aggregate", "aggregate/clients", "aggregate/names", "aggregate/spill", "parse", "parse/sessionid", "parse/sieve", "parse/timestamp", "classify/catalogue"},
	"cmd/otlog/internal/pasted":   {"cmd/otlog/internal/events", "internal/private", "report/explain", "report/lookup", "aggregate", "parse", "parse/pattern", "parse/sessionid", "parse/timestamp", "classify", "classify/catalogue", "classify/noise"},
	"cmd/otlog/internal/shards":   {"report/words", "aggregate", "aggregate/partial"},
	"cmd/otlog/internal/shell":    {"report/gate", "report/lookup", "classify/catalogue"},
	"cmd/otlog/internal/story":    {"cmd/otlog/internal/events", "internal/private", "cmd/otlog/internal/stream", "report/lookup", "report/words", "aggregate", "aggregate/hashed", "parse", "parse/pattern", "parse/sessionid", "parse/sieve", "parse/timestamp", "classify", "classify/noise"},
	"cmd/otlog/internal/stream":   {"internal/unnamed", "parse"},
	"cmd/otlog/internal/terminal": {"parse"},

	"internal/private":    {"internal/redact", "aggregate", "parse", "parse/sieve"},
	"internal/redact":     {"internal/secretkey", "parse/jsontext", "parse/terminal"},
	"internal/typed":      {"aggregate/calendar", "parse/pattern"},
	"internal/damage":     {},
	"internal/golden":     {},
	"internal/leak":       {},
	"internal/secretkey":  {},
	"internal/testgc":     {},
	"internal/unnamed":    {},
	"internal/reporttest": {"report", "aggregate", "aggregate/calendar", "parse", "parse/find"},
	"bench/corpus":        {}, // an independent judge
	"bench/sessions":      {},
	"bench/compare":       {"bench/corpus", "bench/lab", "bench/layout"},
	"bench/lab":           {"bench/corpus", "bench/layout", "classify/catalogue"},
	"bench/gencorpus":     {"bench/corpus", "bench/lab", "bench/layout"},
	"bench/genweeks":      {},
	"bench/growth":        {"bench/corpus", "bench/lab", "bench/layout"},
	"bench/layout":        {},
	"bench/soak":          {"bench/corpus", "bench/lab"},
	"bench/manysessions":  {"bench/lab", "bench/sessions"},
	"bench/scale":         {"bench/corpus", "bench/lab", "bench/layout"},
	"bench/stages":        {"bench/lab", "bench/layout"},
}

// doors are the only packages that may import a dependency.
var doors = map[string][]string{
	"github.com/klauspost/compress":    {"parse/columnar", "parse/unpack", "parse/unpack/frames", "parse/unpack/parallel", "aggregate/partial", "bench/genweeks", "bench/layout"},
	"github.com/pierrec/lz4/v4":        {"parse/columnar", "parse/unpack"},
	"github.com/ulikunitz/xz":          {"parse/unpack"},
	"golang.org/x/text":                {"parse/unpack"},
	"github.com/andybalholm/brotli":    {"parse/columnar", "parse/unpack"},
	"github.com/apache/arrow-go/v18":   {"aggregate/columns", "aggregate/batch", "aggregate/partial", "parse/columnar", "report/rows"},
	"github.com/google/flatbuffers":    {"aggregate/partial", "parse/columnar"},
	"github.com/zeebo/xxh3":            {"aggregate", "aggregate/hashed", "aggregate/names", "aggregate/partial", "aggregate/streams", "parse/digest"},
	"github.com/parquet-go/parquet-go": {"report/rows"},
	"github.com/a-h/templ":             {"report/page"},
	"github.com/mileusna/useragent":    {"aggregate/clients"},
	"github.com/spf13/cobra":           {"cmd/otlog", "cmd/otlog/internal/shell"},
	"github.com/spf13/pflag":           {"cmd/otlog/internal/shell"},
	"github.com/vbauerster/mpb/v8":     {"cmd/otlog/internal/terminal"},
	"golang.org/x/sys":                 {"internal/unnamed"},
	"golang.org/x/term":                {"cmd/otlog/internal/terminal"},
	"github.com/mattn/go-runewidth":    {"report/words"},
	"go.yaml.in/yaml/v4":               {"parse/notation/data"},
}

// eachSource visits the Go files of the module, without tests. pkg is their directory.
func eachSource(t *testing.T, visit func(pkg, name string, content []byte)) {
	t.Helper()
	const root = "../.."
	err := filepath.WalkDir(root, func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && p != root {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir // another module has other doors
			}
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		pkg, name := path.Split(filepath.ToSlash(rel))
		visit(path.Clean(pkg), name, content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportsRunOneWay checks every import against mayImport and doors.
func TestImportsRunOneWay(t *testing.T) {
	seen := map[string]bool{}
	eachSource(t, func(pkg, name string, content []byte) {
		if _, listed := mayImport[pkg]; !listed && !seen[pkg] {
			t.Errorf("mayImport does not list %s", pkg)
		}
		seen[pkg] = true
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if inside, ok := strings.CutPrefix(imported, module); ok {
				if !slices.Contains(mayImport[pkg], inside) {
					t.Errorf("%s/%s imports %s", pkg, name, inside)
				}
				continue
			}
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
				continue // the standard library
			}
			door := ""
			for dependency := range doors {
				if imported == dependency || strings.HasPrefix(imported, dependency+"/") {
					door = dependency
				}
			}
			if !slices.Contains(doors[door], pkg) {
				t.Errorf("%s/%s imports %s, whose door is %v", pkg, name, imported, doors[door])
			}
		}
	})
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("mayImport lists %s, which does not exist", pkg)
		}
	}
}

// TestPatternsAreValid compiles every pattern, which the command does only when it needs one.
func TestPatternsAreValid(t *testing.T) {
	patterns := 0
	eachSource(t, func(pkg, name string, content []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "New" || !isNamed(f.X, "pattern") {
				return true
			}
			patterns++
			if _, err := regexp.Compile(literal(t, call.Args[0])); err != nil {
				t.Errorf("%s/%s: %v", pkg, name, err)
			}
			return true
		})
	})
	if patterns == 0 {
		t.Error("no pattern was found")
	}
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// literal returns the value of a string literal, or of the sum of some.
func literal(t *testing.T, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return literal(t, e.X) + literal(t, e.Y)
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil {
			return s
		}
	}
	t.Errorf("a pattern is not a literal")
	return ""
}

// TestPackagesAreSmall checks the size of every package, without tests and generated files. A
// larger package probably has a seam: make two of it.
func TestPackagesAreSmall(t *testing.T) {
	const mostFiles, mostLines = 18, 5000
	files, lines := map[string]int{}, map[string]int{}
	eachSource(t, func(pkg, _ string, content []byte) {
		if !generated.Match(content) {
			files[pkg]++
			lines[pkg] += bytes.Count(content, []byte("\n"))
		}
	})
	for pkg := range files {
		if files[pkg] > mostFiles || lines[pkg] > mostLines {
			t.Errorf("%s has %d files and %d lines: expected at most %d and %d", pkg, files[pkg], lines[pkg], mostFiles, mostLines)
		}
	}
}

// generated matches the line that marks generated files.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// TestDependenciesHaveReasons checks that docs/dependencies.md lists the dependencies of go.mod.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\s*(?:require )?(\S+\.\S+/\S+) v\S+$`).FindAllSubmatch(mod, -1)
	if len(direct) == 0 {
		t.Fatal("go.mod names no direct dependency")
	}
	for _, m := range direct {
		if !strings.Contains(string(reasons), "`"+string(m[1])+"`") {
			t.Errorf("docs/dependencies.md has no line for %s", m[1])
		}
	}
}
