package browsertest

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFiles uses the file system of the command as Go does.
func TestFiles(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, "web", "files.js"))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, "about:blank")
	for _, complaint := range eval[[]string](b, `(() => {`+string(script)+`
		const files = new Files(), fs = files.fs(), complaints = [];
		const call = (name, ...args) => { let out; fs[name](...args, (error, result) => { out = error ? error.code : result; }); return out; };
		const expect = (what, got, want) => { if (got !== want) complaints.push(what + ": " + got + ", want " + want); };
		const create = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
		const bytes = (n, value) => new Uint8Array(n).fill(value);
		const fd = call("open", "/tmp/a", create, 0o600);
		expect("create again", call("open", "/tmp/a", create, 0o600), "EEXIST");
		expect("write", call("write", fd, bytes(3 * M, 1), 0, 3 * M, null), 3 * M);
		expect("write at", call("write", fd, bytes(10, 2), 0, 10, M - 5), 10);
		const into = new Uint8Array(14);
		expect("read at", call("read", fd, into, 0, 14, M - 7), 14);
		expect("what was written", into.join(""), "11222222222211");
		expect("read at the end", call("read", fd, into, 0, 14, 3 * M - 4), 4);
		expect("read after the end", call("read", fd, into, 0, 14, 3 * M), 0);
		expect("unlink", call("unlink", "/tmp/a"), undefined);
		expect("unlink again", call("unlink", "/tmp/a"), "ENOENT");
		expect("size without a name", call("fstat", fd).size, 3 * M);
		expect("used", files.budget.used, 3 * M);
		expect("cut", call("ftruncate", fd, M), undefined);
		expect("used of a cut file", files.budget.used, M);
		expect("close", call("close", fd), undefined);
		expect("used in the end", files.budget.used, 0);
		expect("read of a closed file", call("read", fd, into, 0, 14, 0), "EBADF");
		files.budget.most = 2 * M;
		const full = call("open", "/tmp/full", create, 0o600);
		expect("a full disk", call("write", full, bytes(3 * M, 1), 0, 3 * M, null), "ENOSPC");
		expect("rename", call("rename", "/tmp/full", "/out/b"), undefined);
		expect("old name", call("stat", "/tmp/full"), "ENOENT");
		expect("new name", call("readdir", "/out").join(), "b");
		expect("a file as a folder", call("stat", "/out/b/c"), "ENOTDIR");
		expect("a path", resolve("../out/./b/../c"), "/out/c");
		files.add("logs/app.log", new File(["text"], "app.log", { lastModified: 1000 }));
		const input = call("stat", "logs/app.log");
		expect("an input", input.size + " " + input.mtimeMs + " " + input.isDirectory(), "4 1000 false");
		expect("its folder", call("readdir", "/in").join() + call("lstat", "logs").isDirectory(), "logstrue");
		expect("writing to an input", call("write", call("open", "logs/app.log", constants.O_RDWR, 0), bytes(1, 1), 0, 1, 0), "EROFS");
		return complaints;
	})()`) {
		t.Error(complaint)
	}
}
