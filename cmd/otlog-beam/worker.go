package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/apache/beam/sdks/v2/go/container/tools"
	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/runtime"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/runtime/harness"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	fnpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/fnexecution_v1"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/util/grpcx"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
)

// quiet lets Beam print nothing, unless verbose is set: it logs each error several times, and run
// returns it.
func quiet(verbose bool) {
	if verbose {
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
		log.SetLogger(&log.Standard{Level: log.SevInfo})
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // takes the output of package log as well
	log.SetLogger(&log.Standard{Level: log.SevFatal})
}

// causeOf returns the cause of the failure of a job, without the plan of the pipeline that Beam writes around it.
func causeOf(err error, verbose bool) error {
	if signal := (*signalError)(nil); err == nil || verbose || errors.As(err, &signal) {
		return err
	}
	text := err.Error()
	if at := strings.LastIndex(text, "caused by:\n"); at >= 0 {
		text = text[at+len("caused by:\n"):]
	}
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(first, "DoFn[") {
		text = rest
	}
	return errors.New(strings.TrimSpace(text))
}

// workerDefaults sets flags of Beam that were not given: workers run this program. Beam would compile
// its source otherwise.
func workerDefaults() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program, which workers run: %w", err)
	}
	if *jobopts.WorkerBinary == "" {
		*jobopts.WorkerBinary = self
	}
	if strings.EqualFold(*jobopts.EnvironmentType, "PROCESS") && *jobopts.EnvironmentConfig == "" {
		config, err := json.Marshal(map[string]string{"command": self})
		if err != nil {
			return fmt.Errorf("describing the command of workers: %w", err)
		}
		*jobopts.EnvironmentConfig = string(config)
	}
	return nil
}

// findEngine returns an error if nobody listens where the engine should. Beam would try for two minutes.
func findEngine(ctx context.Context) error {
	if _, _, err := net.SplitHostPort(*jobopts.Endpoint); err != nil {
		return nil // none is given, or Beam has to judge it
	}
	dialer := net.Dialer{Timeout: 10 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", *jobopts.Endpoint)
	if err != nil {
		return fmt.Errorf("--endpoint: no engine answers: %w", err)
	}
	return conn.Close()
}

// startWorker is the command of workers and pools. It returns nil if flags ask for neither.
func startWorker(f *flags) error {
	switch {
	case f.pool != "":
		quiet(f.verbose)
		return servePool(f.pool)
	case f.provision != "":
		beam.Init()
		if err := work(f.provision); err != nil {
			return err
		}
		os.Exit(exitDone)
	}
	return nil
}

// work runs a worker until the engine ends it. An engine gives the command of a worker its ID, and the
// endpoint where the worker asks for the rest.
func work(provision string) error {
	dial := grpcx.Dial
	grpcx.Dial = func(ctx context.Context, endpoint string, timeout time.Duration) (*grpc.ClientConn, error) {
		return dial(ctx, seenFrom(provision, endpoint), timeout)
	}
	// Some engines quote the ID as for a shell.
	id := strings.Trim(flag.Lookup("id").Value.String(), "'")
	ctx := grpcx.WriteWorkerID(context.Background(), id)
	info, err := tools.ProvisionInfo(ctx, provision)
	if err != nil {
		return fmt.Errorf("worker %s: asking %s for its job: %w", id, provision, err)
	}
	var raw runtime.RawOptionsWrapper
	text, err := tools.ProtoToJSON(info.GetPipelineOptions())
	if err == nil {
		err = json.Unmarshal([]byte(text), &raw)
	}
	if err != nil {
		return fmt.Errorf("worker %s: reading the options of its job: %w", id, err)
	}
	runtime.GlobalOptions.Import(raw.Options)
	endpoint := func(flagName, provisioned string) string {
		return cmp.Or(provisioned, flag.Lookup(flagName).Value.String())
	}
	if os.Getenv(watched) != "" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // ends when the pool does
			os.Exit(exitFailed)
		}()
	}
	err = harness.MainWithOptions(ctx, endpoint("logging_endpoint", info.GetLoggingEndpoint().GetUrl()), endpoint("control_endpoint", info.GetControlEndpoint().GetUrl()),
		harness.Options{StatusEndpoint: info.GetStatusEndpoint().GetUrl(), RunnerCapabilities: info.GetRunnerCapabilities()})
	if err != nil {
		return fmt.Errorf("worker %s: %w", id, err)
	}
	return nil
}

// seenFrom returns an endpoint of an engine as another host sees it. Prism names itself localhost, and on another
// host only the address where it was reached says where that is.
func seenFrom(reached, endpoint string) string {
	there, _, err := net.SplitHostPort(reached)
	if err != nil || isThisHost(there) {
		return endpoint
	}
	if host, port, err := net.SplitHostPort(endpoint); err == nil && isThisHost(host) {
		return net.JoinHostPort(there, port)
	}
	return endpoint
}

func isThisHost(name string) bool {
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && ip.IsLoopback()
}

// watched is set in the environment of workers of a pool: they end when their standard input does, as it
// does when the pool ends in any way.
const watched = "OTLOG_BEAM_POOL"

// A pool starts workers for an engine, each as a process.
type pool struct {
	fnpb.UnimplementedBeamFnExternalWorkerPoolServer
	self string

	mu      sync.Mutex
	workers map[string]*exec.Cmd // those that have neither ended nor been stopped
}

// servePool serves a pool until it fails.
func servePool(address string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program, which workers run: %w", err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--worker_pool: %w", err)
	}
	fmt.Fprintln(os.Stderr, "otlog-beam: listening on", listener.Addr())
	server := grpc.NewServer()
	fnpb.RegisterBeamFnExternalWorkerPoolServer(server, &pool{self: self, workers: map[string]*exec.Cmd{}})
	return server.Serve(listener)
}

// StartWorker starts a worker.
func (p *pool) StartWorker(ctx context.Context, r *fnpb.StartWorkerRequest) (*fnpb.StartWorkerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := r.GetWorkerId()
	if p.workers[id] != nil {
		return &fnpb.StartWorkerResponse{Error: fmt.Sprintf("worker %q is running", id)}, nil
	}
	engine := ""
	if caller, ok := peer.FromContext(ctx); ok {
		engine = caller.Addr.String()
	}
	cmd := exec.Command(p.self, "--id="+id,
		"--provision_endpoint="+seenFrom(engine, r.GetProvisionEndpoint().GetUrl()),
		"--control_endpoint="+r.GetControlEndpoint().GetUrl(),
		"--logging_endpoint="+r.GetLoggingEndpoint().GetUrl())
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.Env = append(os.Environ(), watched+"=1")
	alive, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return &fnpb.StartWorkerResponse{Error: fmt.Sprintf("starting worker %q: %v", id, err)}, nil
	}
	p.workers[id] = cmd
	say(os.Stderr, fmt.Sprintf("worker %s: started as process %d", id, cmd.Process.Pid))
	go func() {
		err := cmd.Wait()
		alive.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.workers[id] == cmd {
			say(os.Stderr, fmt.Sprintf("worker %s: ended by itself: %v", id, err))
			delete(p.workers, id)
		}
	}()
	return &fnpb.StartWorkerResponse{}, nil
}

// StopWorker ends a worker.
func (p *pool) StopWorker(_ context.Context, r *fnpb.StopWorkerRequest) (*fnpb.StopWorkerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := p.workers[r.GetWorkerId()]
	if cmd == nil {
		return &fnpb.StopWorkerResponse{}, nil // it has ended
	}
	delete(p.workers, r.GetWorkerId())
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return &fnpb.StopWorkerResponse{Error: err.Error()}, nil
	}
	return &fnpb.StopWorkerResponse{}, nil
}
