// Package scale runs the examples of docs/scale.md: what their containers and tasks would run is run here,
// on local files and on a store of objects on this machine, and the report must be that of the logs.
package scale

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	wf "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v4/util/logging"
	"github.com/argoproj/argo-workflows/v4/workflow/templateresolution"
	"github.com/argoproj/argo-workflows/v4/workflow/validate"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

// bin has otlog and the scripts, as an image has them.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "otlog-scale-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		bin = dir
		build := exec.Command("go", "build", "-o", bin, "./cmd/otlog")
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v: %s", err, out))
		}
		// Versions of the client before 2.13 do not read AWS_ENDPOINT_URL.
		aws, err := exec.LookPath("aws")
		if err != nil {
			panic(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "aws"), fmt.Appendf(nil, "#!/bin/sh\nexec %s --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n", aws), 0o755); err != nil {
			panic(err)
		}
		for _, script := range []string{"otlog-shard", "otlog-report"} {
			path, err := filepath.Abs(script)
			if err == nil {
				err = os.Symlink(path, filepath.Join(bin, script))
			}
			if err != nil {
				panic(err)
			}
		}
		return m.Run()
	}())
}

// shell runs a command of bash in a directory, and returns its status and what it prints.
func shell(t *testing.T, dir, command string, env ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", command)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C"}, env)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return -1, "", err.Error()
	}
	return cmd.ProcessState.ExitCode(), out.String(), messages.String()
}

// must runs a command that must succeed, and returns what it prints.
func must(t *testing.T, dir, command string, env ...string) string {
	t.Helper()
	status, out, messages := shell(t, dir, command, env...)
	if status != 0 {
		t.Fatalf("%s: status %d\n%s%s", command, status, out, messages)
	}
	return out
}

// week returns a directory with six logs, the list of their names, and their report in JSON.
func week(t *testing.T) (dir, list string, report map[string]any) {
	t.Helper()
	dir = t.TempDir()
	logs, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(logs, filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	must(t, dir, "ls testdata/weeks/* > shards.txt && otlog report --window 1w -o want.json testdata/weeks")
	return dir, filepath.Join(dir, "shards.txt"), read(t, filepath.Join(dir, "want.json"))
}

func read(t *testing.T, file string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}

// equal compares reports, but for the folder of the shards.
func equal(t *testing.T, got, want map[string]any, folder string) {
	t.Helper()
	text := func(r map[string]any) string {
		b, err := json.MarshalIndent(r, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if a, b := strings.ReplaceAll(text(got), folder, "testdata/weeks/"), text(want); a != b {
		t.Errorf("the report is not that of the logs:\n%s\nwant\n%s", a, b)
	}
}

// store serves a store of objects with the logs of a week, and returns the environment of its clients.
func store(t *testing.T, dir string) []string {
	t.Helper()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	env := []string{"AWS_ENDPOINT_URL=" + server.URL, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_MAX_ATTEMPTS=1", "AWS_DEFAULT_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true"}
	must(t, dir, `aws s3 mb s3://logs; aws s3 mb s3://work
		aws s3 cp --only-show-errors --recursive testdata/weeks/ s3://logs/week/
		aws s3 ls --recursive s3://logs/week/ | awk '{ print "s3://logs/" $4 }' > objects.txt
		[ "$(wc -l < objects.txt)" -eq 6 ]`, env...)
	return env
}

// A container is a command of an example.
type container struct {
	command []string
	env     map[string]string
}

// run runs a container as a pod would, with some of its environment replaced.
func (c container) run(t *testing.T, dir string, env ...string) {
	t.Helper()
	var all []string
	for name, value := range c.env {
		all = append(all, name+"="+value)
	}
	quoted := make([]string, len(c.command))
	for i, word := range c.command {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	if status, out, messages := shell(t, dir, strings.Join(quoted, " "), slices.Concat(all, env)...); status != 0 {
		t.Errorf("%s: status %d\n%s%s", quoted, status, out, messages) // perhaps not in the goroutine of the test
	}
}

// each calls do for n indexes, some of them at a time, as the pods of a Job run.
func each(n int, do func(i int)) {
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { do(i) })
	}
	wait.Wait()
}

// TestKubernetes decodes the Jobs as the API server does in strict mode, and runs their containers with each
// index, on a store of objects.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var jobs []batch.Job
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var job batch.Job
		if err := yaml.UnmarshalStrict(document, &job); err != nil {
			t.Fatal(err)
		}
		if job.APIVersion != "batch/v1" || job.Kind != "Job" {
			t.Errorf("a document is %s %s", job.APIVersion, job.Kind)
		}
		jobs = append(jobs, job)
	}
	if len(jobs) != 2 {
		t.Fatalf("%d jobs, want 2", len(jobs))
	}
	spec := jobs[0].Spec
	if *spec.CompletionMode != batch.IndexedCompletion || *spec.Parallelism > *spec.Completions || spec.BackoffLimit != nil && *spec.BackoffLimit < *spec.BackoffLimitPerIndex {
		t.Errorf("the Job of the shards is not indexed as its comment says: %+v", spec)
	}
	if *spec.MaxFailedIndexes > *spec.Completions {
		t.Errorf("more indexes may fail than there are")
	}
	dir, _, want := week(t)
	env := store(t, dir)
	env = append(env, "LIST="+filepath.Join(dir, "objects.txt"), "PARTS=s3://work/parts", "OUT="+filepath.Join(dir, "got.json"), "TMPDIR="+t.TempDir())
	shard, report := containerOf(t, &jobs[0]), containerOf(t, &jobs[1])
	index := func(i int) {
		shard.run(t, dir, slices.Concat(env, []string{"JOB_COMPLETION_INDEX=" + strconv.Itoa(i)})...)
	}
	each(int(*spec.Completions), index)
	index(2) // again
	report.run(t, dir, env...)
	equal(t, read(t, filepath.Join(dir, "got.json")), want, "s3://logs/week/")
}

func containerOf(t *testing.T, job *batch.Job) container {
	t.Helper()
	pod := job.Spec.Template.Spec
	if len(pod.Containers) != 1 || pod.RestartPolicy != "Never" {
		t.Fatalf("%s: %d containers, restart policy %s", job.Name, len(pod.Containers), pod.RestartPolicy)
	}
	c := pod.Containers[0]
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	for _, m := range c.VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("%s mounts %s, which is no volume", job.Name, m.Name)
		}
	}
	out := container{slices.Concat(c.Command, c.Args), map[string]string{}}
	for _, v := range c.Env {
		out.env[v.Name] = v.Value
	}
	return out
}

// TestArgo validates the workflow as argo lint does, and runs its containers.
func TestArgo(t *testing.T) {
	text, err := os.ReadFile("argo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var flow wf.Workflow
	if err := yaml.UnmarshalStrict(text, &flow); err != nil {
		t.Fatal(err)
	}
	ctx := logging.WithLogger(t.Context(), logging.NewSlogLoggerCustom(logging.Error, logging.Text, t.Output()))
	lint := func(flow *wf.Workflow) error {
		return validate.ValidateWorkflow(ctx, &templateresolution.NullWorkflowTemplateNamespacedGetter{}, &templateresolution.NullClusterWorkflowTemplateGetter{}, flow, nil, validate.ValidateOpts{Lint: true})
	}
	if err := lint(flow.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	broken := flow.DeepCopy()
	broken.Spec.Templates[0].DAG.Tasks[1].Depends = "nothing.Succeeded"
	if lint(broken) == nil {
		t.Error("a workflow whose task depends on nothing passes")
	}
	dir, list, want := week(t)
	values := map[string]string{"workflow.parameters.parts": filepath.Join(dir, "parts"), "workflow.parameters.out": filepath.Join(dir, "got.json"), "/week/shards.txt": list}
	each(6, func(i int) {
		flow := flow.DeepCopy()
		templateOf(t, flow, "shard", values, strconv.Itoa(i)).run(t, dir)
	})
	templateOf(t, &flow, "report", values, "").run(t, dir)
	equal(t, read(t, filepath.Join(dir, "got.json")), want, "testdata/weeks/")
}

// templateOf returns the container of a template, with its parameters.
func templateOf(t *testing.T, flow *wf.Workflow, name string, values map[string]string, index string) container {
	t.Helper()
	c := flow.GetTemplateByName(name).Container
	out := container{command: slices.Concat(c.Command, c.Args)}
	for i, word := range out.command {
		word = strings.ReplaceAll(word, "{{inputs.parameters.index}}", index)
		for from, to := range values {
			word = strings.ReplaceAll(strings.ReplaceAll(word, "{{"+from+"}}", to), from, to)
		}
		if strings.Contains(word, "{{") {
			t.Errorf("%s: %s has no value", name, word)
		}
		out.command[i] = word
	}
	return out
}

// commands prints the bash_command of each operator of a DAG, by its task. Airflow is not needed.
const commands = `
import ast, json, sys
tree = ast.parse(open(sys.argv[1]).read())
names = {n.targets[0].id: n.value.value for n in tree.body if isinstance(n, ast.Assign)}
names.update({k: v for k, v in (a.split("=", 1) for a in sys.argv[2:])})
out = {}
for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
    args = {k.arg: k.value for k in call.keywords}
    if "bash_command" in args:
        text = eval(compile(ast.fix_missing_locations(ast.Expression(args["bash_command"])), "dag", "eval"), {}, names)
        out[args["task_id"].value] = text
print(json.dumps(out))
`

// TestAirflow parses the DAG, and runs the commands of its tasks. Whether Airflow accepts it is not tested: it
// is not at hand.
func TestAirflow(t *testing.T) {
	dir, list, want := week(t)
	must(t, ".", "python3 -m py_compile airflow_dag.py", "PYTHONPYCACHEPREFIX="+t.TempDir())
	out, err := exec.CommandContext(t.Context(), "python3", "-c", commands, "airflow_dag.py", "LIST="+list, "PARTS="+filepath.Join(dir, "parts"), "OUT="+filepath.Join(dir, "got.json")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var tasks map[string]string
	if err := json.Unmarshal(out, &tasks); err != nil {
		t.Fatal(err)
	}
	each(6, func(i int) {
		container{command: []string{"bash", "-c", tasks["shard"]}}.run(t, dir, "INDEX="+strconv.Itoa(i))
	})
	must(t, dir, tasks["report"])
	equal(t, read(t, filepath.Join(dir, "got.json")), want, "testdata/weeks/")
}

// TestAShardThatIsCutWhileItIsReadIsNoPartial breaks the transfer of an object after its start.
func TestAShardThatIsCutWhileItIsReadIsNoPartial(t *testing.T) {
	dir, _, _ := week(t)
	env := store(t, dir)
	// A client that fails after a part of the object, as when its connection is lost.
	must(t, dir, `mkdir cut && printf '#!/bin/bash\nzstd -dcq testdata/weeks/2026-W43.jsonl.zst | head -c 1000000\nexit 1\n' > cut/aws && chmod +x cut/aws`)
	status, _, messages := shell(t, dir, `PATH=$PWD/cut:$PATH otlog-shard objects.txt 0 parts`, env...)
	if files := must(t, dir, "ls -A parts"); status != 1 || files != "" {
		t.Errorf("status %d, and %q is left: %s", status, files, messages)
	}
	must(t, dir, "for i in 1 2 3 4 5; do otlog-shard objects.txt $i parts; done", env...)
	status, _, messages = shell(t, dir, "otlog-report objects.txt parts got.json", env...)
	if status != 1 || !strings.Contains(messages, "objects.txt:1: missing: s3://logs/week/2026-W43.jsonl.zst\n") {
		t.Errorf("status %d: %s", status, messages)
	}
	if _, err := os.Stat(filepath.Join(dir, "got.json")); err == nil {
		t.Error("there is a report without a shard")
	}
}

// TestADamagedShardIsInTheReport scans a log that was cut when it was written.
func TestADamagedShardIsInTheReport(t *testing.T) {
	dir, _, _ := week(t)
	must(t, dir, "mkdir logs && cp testdata/weeks/* logs && truncate -s 50000 logs/2026-W44.jsonl.zst && ls logs/* > shards.txt")
	must(t, dir, "for i in 0 1 2 3 4 5; do otlog-shard shards.txt $i parts; done && otlog-report shards.txt parts got.json")
	report := read(t, filepath.Join(dir, "got.json"))
	damaged := report["sources"].([]any)[1].(map[string]any)
	if damaged["name"] != "logs/2026-W44.jsonl.zst" || damaged["damaged"] == nil {
		t.Errorf("the report has %v", damaged)
	}
}

// TestNoSuchShard asks for a line that the list lacks.
func TestNoSuchShard(t *testing.T) {
	dir, _, _ := week(t)
	if status, _, messages := shell(t, dir, "otlog-shard shards.txt 6 parts"); status != 2 || !strings.Contains(messages, "shards.txt has no line 7") {
		t.Errorf("status %d: %s", status, messages)
	}
}

// TestPageOfScale runs the commands of docs/scale.md, one after the other, and compares what they print. A text
// block is what the block before it prints.
func TestPageOfScale(t *testing.T) {
	page, err := os.ReadFile("../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, _, _ := week(t)
	must(t, dir, "rm shards.txt want.json")
	for _, name := range []string{"bench", "examples"} {
		path, err := filepath.Abs("../../" + name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	env := store(t, dir)
	must(t, dir, "rm objects.txt")
	var printed string
	outputs := 0
	for _, block := range regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```$").FindAllSubmatch(page, -1) {
		if string(block[1]) == "text" {
			outputs++
			if printed != string(block[2]) {
				t.Errorf("a block prints\n%s\nwant\n%s", printed, block[2])
			}
			continue
		}
		status, out, messages := shell(t, dir, string(block[2]), env...)
		printed = out
		if status != 0 {
			t.Fatalf("status %d: %s\n%s%s", status, block[2], out, messages)
		}
	}
	if outputs < 4 {
		t.Errorf("docs/scale.md shows %d outputs: too few to show anything", outputs)
	}
}
