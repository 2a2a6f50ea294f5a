// The file system of the command in a browser: what Go calls as "fs", "process" and "path".
// Inputs are files that the user chose: they are read in pieces, and never written. All other files
// are in memory. Results go to the caller's function at once, so nothing here is asynchronous.
"use strict";

const K = 1 << 10, M = 1 << 20;

// An error that Go knows by its code.
function failure(code, what) {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

// cause returns an error of the browser as one that Go knows.
function cause(error, what) {
  if (error.code && typeof error.code === "string") return error;
  const codes = { NotFoundError: "ENOENT", NotAllowedError: "EACCES", SecurityError: "EACCES", NotReadableError: "EIO" };
  return failure(codes[error.name] ?? "EIO", `${what}: ${error}`);
}

class Folder {
  entries = new Map();
  changed = 0;
  size = 0;
  folder = true;
}

// An Input is a file of the user, of which a part is in memory.
class Input {
  ahead = new Uint8Array(0);
  from = 0; // where the part begins
  taken = 0; // how many bytes were read, some perhaps twice

  constructor(file) {
    this.file = file;
    this.size = file.size;
    this.changed = file.lastModified ?? 0;
  }

  read(into, at) {
    if (at >= this.size) return 0;
    let there = at - this.from;
    if (there < 0 || there >= this.ahead.length) {
      // A file that is read from start to end is read in large pieces. One that is read here and there
      // is not.
      const next = at === 0 || there === this.ahead.length;
      const end = Math.min(this.size, at + Math.max(into.length, next ? 4 * M : 64 * K));
      this.ahead = new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.file.slice(at, end)));
      this.from = at;
      there = 0;
    }
    const part = this.ahead.subarray(there, there + into.length);
    into.set(part);
    this.taken = Math.min(this.size, this.taken + part.length);
    return part.length;
  }

  // rest drops the part in memory of a file that is closed.
  rest() {
    this.ahead = new Uint8Array(0);
    this.from = 0;
    this.taken = this.size;
  }

  write() { throw failure("EROFS", "files of the user are not written"); }
  cut() { throw failure("EROFS", "files of the user are not written"); }
}

// A Memory is a file in memory, in pieces of equal size, so that a growing file is not copied.
class Memory {
  static piece = M;

  pieces = [];
  size = 0;
  opened = 0; // how often it is open
  named = true;

  // budget has how many bytes all files together have, and how many they may have.
  constructor(budget) {
    this.budget = budget;
    this.changed = Date.now();
  }

  // each calls f with the parts of the file that the range meets.
  each(from, to, f) {
    for (let at = from; at < to;) {
      const i = Math.floor(at / Memory.piece), start = at - i * Memory.piece;
      const n = Math.min(to - at, Memory.piece - start);
      f(this.pieces[i].subarray(start, start + n), at - from);
      at += n;
    }
  }

  read(into, at) {
    const end = Math.min(this.size, at + into.length);
    this.each(at, end, (part, start) => into.set(part, start));
    return Math.max(0, end - at);
  }

  write(from, at) {
    this.grow(at + from.length);
    this.each(at, at + from.length, (part, start) => part.set(from.subarray(start, start + part.length)));
    this.changed = Date.now();
    return from.length;
  }

  grow(size) {
    while (this.pieces.length * Memory.piece < size) {
      if (this.budget.used + Memory.piece > this.budget.most) throw failure("ENOSPC", "temporary files");
      this.pieces.push(new Uint8Array(Memory.piece));
      this.budget.used += Memory.piece;
    }
    this.size = Math.max(this.size, size);
  }

  cut(size) {
    const keep = Math.ceil(size / Memory.piece);
    if (size < this.size) {
      this.budget.used -= this.pieces.splice(keep).length * Memory.piece;
      if (size % Memory.piece) this.pieces[keep - 1].fill(0, size % Memory.piece);
      this.size = size;
    }
    this.grow(size);
  }

  // rest frees a file that has neither a name nor a reader.
  rest() {
    if (!this.named && this.opened === 0) {
      this.cut(0);
    }
  }

  blob(type) {
    const parts = [];
    this.each(0, this.size, (part) => parts.push(part));
    return new Blob(parts, { type });
  }
}

// Files is the tree of files, and those that are open.
class Files {
  static here = "/in"; // the current folder
  root = new Folder();
  open = new Map();
  next = 3;
  inodes = new WeakMap();
  inode = 1;
  budget = { used: 0, most: 2048 * M };
  outputs = {}; // standard output and standard error, by number
  onread = () => {};

  constructor() {
    for (const name of ["in", "out", "tmp"]) this.root.entries.set(name, new Folder());
    for (const n of [1, 2]) this.outputs[n] = new Memory(this.budget);
  }

  // add makes a file of the user an input at a path, and returns it.
  add(path, file) {
    const names = resolve(path).split("/").slice(1), last = names.pop(), input = new Input(file);
    let folder = this.root;
    for (const name of names) {
      if (!folder.entries.has(name)) folder.entries.set(name, new Folder());
      folder = folder.entries.get(name);
    }
    folder.entries.set(last, input);
    return input;
  }

  // find returns the folder that has the last part of a path, that part, and what it names.
  find(path, exists = true) {
    const names = [];
    for (const name of resolve(path).split("/")) {
      if (name !== "") names.push(name);
    }
    const last = names.pop();
    let folder = this.root;
    for (const name of names) {
      folder = folder.entries.get(name);
      if (!folder) throw failure("ENOENT", path);
      if (!folder.folder) throw failure("ENOTDIR", path);
    }
    const node = last === undefined ? this.root : folder.entries.get(last);
    if (exists && !node) throw failure("ENOENT", path);
    return { folder, last, node };
  }

  at(fd) {
    const handle = this.open.get(fd);
    if (!handle) throw failure("EBADF", `file ${fd}`);
    return handle;
  }

  stat(node) {
    if (!this.inodes.has(node)) this.inodes.set(node, this.inode++);
    const { changed } = node;
    return {
      dev: 1, ino: this.inodes.get(node), mode: node.folder ? 0o040755 : 0o100644, nlink: 1, uid: 0, gid: 0, rdev: 0,
      size: node.size, blksize: 4 * K, blocks: Math.ceil(node.size / 512), atimeMs: changed, mtimeMs: changed, ctimeMs: changed,
      isDirectory: () => !!node.folder,
    };
  }

  calls = {
    open: (path, flags) => {
      let { folder, last, node } = this.find(path, false);
      if (!node && !(flags & constants.O_CREAT)) throw failure("ENOENT", path);
      if (node && flags & constants.O_EXCL) throw failure("EEXIST", path);
      if (!node) folder.entries.set(last, node = new Memory(this.budget));
      if (flags & constants.O_TRUNC) node.cut(0);
      if (flags & constants.O_DIRECTORY && !node.folder) throw failure("ENOTDIR", path);
      if (node instanceof Memory) node.opened++;
      this.open.set(this.next, { node, at: flags & constants.O_APPEND ? node.size : 0 });
      return this.next++;
    },
    close: (fd) => {
      const { node } = this.at(fd);
      this.open.delete(fd);
      if (node instanceof Memory) node.opened--;
      if (node.rest) node.rest();
    },
    read: (fd, buffer, offset, length, position) => {
      if (fd === 0) return 0;
      const handle = this.at(fd);
      if (handle.node.folder) throw failure("EISDIR", `file ${fd}`);
      const at = position ?? handle.at;
      const n = handle.node.read(buffer.subarray(offset, offset + length), at);
      if (position === null || position === undefined) handle.at = at + n;
      if (handle.node instanceof Input) this.onread();
      return n;
    },
    write: (fd, buffer, offset, length, position) => {
      const from = buffer.subarray(offset, offset + length);
      if (this.outputs[fd]) return this.outputs[fd].write(from, this.outputs[fd].size);
      const handle = this.at(fd);
      const at = position ?? handle.at;
      const n = handle.node.write(from, at);
      if (position === null || position === undefined) handle.at = at + n;
      return n;
    },
    stat: (path) => this.stat(this.find(path).node),
    lstat: (path) => this.stat(this.find(path).node),
    fstat: (fd) => this.stat(this.outputs[fd] ?? this.at(fd).node),
    readdir: (path) => {
      const { node } = this.find(path);
      if (!node.folder) throw failure("ENOTDIR", path);
      return [...node.entries.keys()];
    },
    mkdir: (path) => {
      const { folder, last, node } = this.find(path, false);
      if (node) throw failure("EEXIST", path);
      folder.entries.set(last, new Folder());
    },
    unlink: (path) => {
      const { folder, last, node } = this.find(path);
      if (node.folder) throw failure("EISDIR", path);
      folder.entries.delete(last);
      node.named = false;
      if (node instanceof Memory) node.rest();
    },
    rmdir: (path) => {
      const { folder, last, node } = this.find(path);
      if (!node.folder) throw failure("ENOTDIR", path);
      if (node.entries.size) throw failure("ENOTEMPTY", path);
      folder.entries.delete(last);
    },
    rename: (from, to) => {
      const old = this.find(from), fresh = this.find(to, false);
      if (fresh.node === old.node) return;
      if (fresh.node) this.calls.unlink(to);
      old.folder.entries.delete(old.last);
      fresh.folder.entries.set(fresh.last, old.node);
    },
    truncate: (path, length) => this.find(path).node.cut(length),
    ftruncate: (fd, length) => this.at(fd).node.cut(length),
    chmod: () => {}, fchmod: () => {}, chown: () => {}, fchown: () => {}, lchown: () => {}, utimes: () => {}, fsync: () => {},
    link: (path) => { throw failure("ENOSYS", path); },
    symlink: (path) => { throw failure("ENOSYS", path); },
    readlink: (path) => { throw failure("EINVAL", path); }, // no file is a link
  };

  // fs returns the functions as Go calls them: the last argument takes an error or a result.
  fs() {
    const fs = { constants, writeSync: (fd, buffer) => this.calls.write(fd, buffer, 0, buffer.length, null) };
    for (const [name, call] of Object.entries(this.calls)) {
      fs[name] = (...args) => {
        const done = args.pop();
        let result;
        try {
          result = call(...args);
        } catch (error) {
          done(cause(error, name));
          return;
        }
        done(null, result);
      };
    }
    return fs;
  }
}

const constants = { O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0o100, O_EXCL: 0o200, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000 };

// resolve returns an absolute path without "." and "..".
function resolve(...segments) {
  let names = [];
  for (const segment of [Files.here, ...segments]) {
    if (segment.startsWith("/")) names = [];
    for (const name of segment.split("/")) {
      if (name === "..") names.pop();
      else if (name !== "" && name !== ".") names.push(name);
    }
  }
  return "/" + names.join("/");
}

globalThis.path = { resolve };
globalThis.process = {
  pid: 1, ppid: 0, getuid: () => 0, getgid: () => 0, geteuid: () => 0, getegid: () => 0, getgroups: () => [],
  umask: () => 0o022, cwd: () => Files.here, chdir: (path) => { throw failure("ENOSYS", path); },
};
