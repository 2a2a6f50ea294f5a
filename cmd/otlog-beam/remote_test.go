package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// A store is an object store on this machine.
type store struct {
	scheme string
	env    []string
	put    func(t *testing.T, object string, content []byte)
	get    func(t *testing.T, object string) []byte
	list   func(t *testing.T) []string
}

const bucket = "logs"

// gcs starts a store for gs://.
func gcs(t *testing.T) *store {
	t.Helper()
	port := uint16(freePort(t))
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", Port: port, PublicHost: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	s.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: bucket})
	return &store{
		scheme: "gs", env: []string{"STORAGE_EMULATOR_HOST=" + address},
		put: func(_ *testing.T, object string, content []byte) {
			s.CreateObject(fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: bucket, Name: object}, Content: content})
		},
		get: func(t *testing.T, object string) []byte {
			o, err := s.GetObject(bucket, object)
			if err != nil {
				t.Fatal(err)
			}
			return o.Content
		},
		list: func(t *testing.T) (out []string) {
			all, err := s.ListObjectsWithOptionsPaginated(bucket, fakestorage.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all.Objects {
				out = append(out, o.Name)
			}
			return out
		},
	}
}

// s3 starts a store for s3://.
func s3(t *testing.T) *store {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return &store{
		scheme: "s3", env: []string{"AWS_ENDPOINT_URL_S3=" + server.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required"},
		put: func(t *testing.T, object string, content []byte) {
			if _, err := backend.PutObject(bucket, object, map[string]string{}, strings.NewReader(string(content)), int64(len(content)), nil); err != nil {
				t.Fatal(err)
			}
		},
		get: func(t *testing.T, object string) []byte {
			o, err := backend.GetObject(bucket, object, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer o.Contents.Close()
			b, err := io.ReadAll(o.Contents)
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		list: func(t *testing.T) (out []string) {
			all, err := backend.ListBucket(bucket, nil, gofakes3.ListBucketPage{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all.Contents {
				out = append(out, o.Key)
			}
			return out
		},
	}
}

// TestObjects reads from and writes to object stores.
func TestObjects(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *store{"gs": gcs, "s3": s3} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			dir := t.TempDir()
			var here []string
			for i, name := range []string{"a.log", "b.log.gz", "c.log"} {
				content := []byte(strings.Repeat(line(i, i)+line(5, i), 500))
				if strings.HasSuffix(name, ".gz") {
					content = gzipped(t, string(content))
				}
				write(t, filepath.Join(dir, name), content)
				s.put(t, "app/"+name, content)
				here = append(here, filepath.Join(dir, name))
			}
			url := s.scheme + "://" + bucket + "/"
			cmd := program(t, "otlog-beam", "-o", url+"out/week.arrow", url+"app/*", url+"none/*")
			cmd.Env = append(os.Environ(), s.env...)
			got := wait(t, cmd, cmd.Run)
			if got.status != exitFailed || got.err != "otlog-beam: "+url+"none/*: no object matches\n" {
				t.Errorf("status %d and\n%s", got.status, got.err)
			}
			out := filepath.Join(dir, "out.arrow")
			write(t, out, s.get(t, "out/week.arrow"))
			report := func(args ...string) string {
				// The table of errors has no names of sources.
				return call(t, "", "otlog", append([]string{"report", "--format", "csv"}, args...)...).out
			}
			if got, want := report(out), report(here...); got != want || strings.Count(want, "\n") < 2 {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if left := s.list(t); len(left) != 4 {
				t.Errorf("the store has %q", left)
			}
		})
	}
}

// TestObjectBreaksOff checks that an error of the network is not taken for damage of a file: the job fails.
func TestObjectBreaksOff(t *testing.T) {
	var broken atomic.Int64
	text := strings.Repeat(line(1, 1), 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") {
			fmt.Fprintf(w, `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>app.log</Key><Size>%d</Size></Contents></ListBucketResult>`, len(text))
			return
		}
		broken.Add(1)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = w.Write([]byte(text[:len(text)/2])) // then the connection ends
	}))
	defer server.Close()
	out := filepath.Join(t.TempDir(), "out.arrow")
	cmd := program(t, "otlog-beam", "-o", out, "s3://"+bucket+"/*.log")
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL_S3="+server.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x")
	got := wait(t, cmd, cmd.Run)
	if got.status != exitFailed || !strings.Contains(got.err, "app.log: unexpected EOF") || broken.Load() == 0 {
		t.Errorf("status %d after %d requests, and\n%s", got.status, broken.Load(), got.err)
	}
	checkEmpty(t, filepath.Dir(out))
}
