"""A stand-in for the Hugging Face Hub: enough of its interface for the real client, over HTTP on loopback.

Repositories are lists of commits, a commit is files by name. Faults are switched on per path, and requests counted.
"""

import base64
import hashlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlparse

LFS_BYTES = 20_000  # larger files are "LFS": they have a SHA-256 and come by a redirect
TOKEN = "hf_stand_in"


@dataclass
class Repo:
    """Commits from first to last; `branches` name some of them. `private` and `gated` need the token."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    private: bool = False
    gated: bool = False

    def commit(self, files: dict[str, bytes], branch: str = "main", deleted: Iterable[str] = ()) -> str:
        """Take files from what the branch has and add others; the new commit's hash."""
        kept = {p: data for p, data in self.commits.get(self.branches.get(branch, ""), {}).items() if p not in deleted}
        merged = {**kept, **files}
        stamp = repr((len(self.commits), sorted(merged), branch)).encode()
        sha = hashlib.sha1(stamp + b"".join(merged.values())).hexdigest()
        self.commits[sha], self.branches[branch] = merged, sha
        return sha


def is_lfs(data: bytes) -> bool:
    return len(data) > LFS_BYTES


def etag(data: bytes) -> str:
    if is_lfs(data):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


Fault = Callable[["Handler"], bool]  # True: it has answered


class StandInHub(ThreadingHTTPServer):
    """`with serving() as hub`: repositories in `repos`, requests in `log` as (method, path)."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.store = f"http://localhost:{self.server_port}"  # another origin, as the Hub has for large files
        self.repos: dict[str, Repo] = {}
        self.log: list[tuple[str, str]] = []
        self.store_tokens: set[str | None] = set()
        self.faults: list[tuple[str, Fault]] = []
        self.blobs: dict[str, bytes] = {}

    def repo(self, name: str) -> Repo:
        return self.repos.setdefault(name, Repo())

    def fault(self, path: str, fault: Fault) -> None:
        """Answer requests whose "METHOD /path" contains `path` with `fault`."""
        self.faults.append((path, fault))

    def count(self, method: str) -> int:
        return Counter(method for method, _ in self.log)[method]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandInHub

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def handle_any(self) -> None:
        self.server.log.append((self.command, self.path))
        for part, fault in self.server.faults:
            if part in f"{self.command} {self.path}" and fault(self):
                return
        self.route(unquote(urlparse(self.path).path).strip("/").split("/"))

    do_GET = do_HEAD = do_POST = do_PUT = handle_any  # noqa: N815

    def route(self, parts: list[str]) -> None:
        match parts:
            case ["api", "repos", "create"]:
                self.create()
            case ["api", "validate-yaml"]:
                self.read_body()
                self.answer_json({"errors": [], "warnings": []})
            case ["api", "models", owner, name, "preupload", revision]:
                self.preupload(f"{owner}/{name}", revision)
            case ["api", "models", owner, name, "commit", revision]:
                self.receive_commit(f"{owner}/{name}", revision)
            case ["api", "models", owner, name, *rest]:
                self.describe(f"{owner}/{name}", rest)
            case [owner, name, "info", "lfs", "objects", "batch"]:
                self.lfs_batch()
            case ["lfs", oid]:
                self.lfs_file(oid)
            case [owner, name, "resolve", revision, *path]:
                self.resolve(f"{owner}/{name}", revision, "/".join(path))
            case _:
                self.refuse(404, "EntryNotFound")

    # Reading

    def found(self, repo_id: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """The commit's hash and files; answers by itself if there is nothing to see."""
        repo = self.server.repos.get(repo_id)
        allowed = self.headers.get("authorization") == f"Bearer {TOKEN}"
        if repo is None or (repo.private and not allowed):
            self.refuse(404 if allowed else 401, "RepoNotFound")
            return None
        if repo.gated and not allowed:
            self.refuse(403, "GatedRepo")
            return None
        if not repo.commits and revision == "main":
            return "0" * 40, {}
        sha = repo.branches.get(revision, revision)
        if sha not in repo.commits:
            self.refuse(404, "RevisionNotFound")
            return None
        return sha, repo.commits[sha]

    def describe(self, repo_id: str, rest: list[str]) -> None:
        """Repository info, or its tree."""
        found = self.found(repo_id, rest[1] if len(rest) > 1 else "main")
        if found is None:
            return
        sha, files = found
        if rest[:1] == ["tree"]:
            entries = [{"type": "file", "path": p, "size": len(d), "oid": etag(d)} for p, d in files.items()]
            return self.answer_json(entries)
        siblings = [{"rfilename": path} for path in files]
        self.answer_json({"id": repo_id, "sha": sha, "private": False, "tags": [], "siblings": siblings})

    def resolve(self, repo_id: str, revision: str, path: str) -> None:
        found = self.found(repo_id, revision)
        if found is None:
            return
        sha, files = found
        if path not in files:
            return self.refuse(404, "EntryNotFound", {"X-Repo-Commit": sha})
        data = files[path]
        headers = {"X-Repo-Commit": sha, "ETag": f'"{etag(data)}"'}
        if is_lfs(data):
            self.server.blobs[etag(data)] = data
            linked = {"X-Linked-Etag": f'"{etag(data)}"', "X-Linked-Size": str(len(data))}
            return self.answer(302, b"", {**headers, **linked, "Location": f"{self.server.store}/lfs/{etag(data)}"})
        self.answer(200, data, headers)

    def lfs_file(self, oid: str) -> None:
        if self.command == "PUT":
            self.server.blobs[oid] = self.read_body()
            return self.answer(200)
        data = self.server.blobs[oid]
        self.server.store_tokens.add(self.headers.get("authorization"))
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        span = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self.answer(206 if start else 200, data[start:], {"ETag": f'"{oid}"', "Accept-Ranges": "bytes", **span})

    # Writing

    def create(self) -> None:
        body = json.loads(self.read_body())
        if not self.may_write():
            return
        name = f"{body['organization']}/{body['name']}"
        self.server.repo(name)
        self.answer_json({"url": f"{self.server.url}/{name}", "name": name, "id": name})

    def preupload(self, repo_id: str, revision: str) -> None:
        files = json.loads(self.read_body())["files"]
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["size"] > LFS_BYTES else "regular",
                "shouldIgnore": False,
                "oid": None,
            }
            for file in files
        ]
        self.answer_json({"files": modes})

    def lfs_batch(self) -> None:
        objects = json.loads(self.read_body())["objects"]
        for item in objects:
            item["actions"] = {"upload": {"href": f"{self.server.url}/lfs/{item['oid']}", "header": {}}}
        self.answer_json({"transfer": "basic", "objects": objects})

    def receive_commit(self, repo_id: str, branch: str) -> None:
        lines = [json.loads(line) for line in self.read_body().splitlines()]
        if not self.may_write():
            return
        files, deleted = {}, set()
        for line in lines:
            value = line["value"]
            if line["key"] == "deletedFile":
                deleted.add(value["path"])
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.server.blobs[value["oid"]]
        sha = self.server.repo(repo_id).commit(files, branch, deleted)
        self.answer_json({"commitUrl": f"{self.server.url}/{repo_id}/commit/{sha}", "commitOid": sha})

    def may_write(self) -> bool:
        if self.headers.get("authorization") == f"Bearer {TOKEN}":
            return True
        self.refuse(401, "")
        return False

    # Answering

    def read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return b"".join(self.chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_json(self, value: Any) -> None:
        self.answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        self.answer(status, b"", {**({"X-Error-Code": code} if code else {}), **(headers or {})})


# Faults


def status(code: int, error: str = "", **headers: str) -> Fault:
    """Always this status."""

    def fault(handler: Handler) -> bool:
        handler.read_body()  # closing on what was not read would reset the connection
        handler.refuse(code, error, {name.replace("_", "-"): value for name, value in headers.items()})
        return True

    return fault


def times(count: int, fault: Fault) -> Fault:
    """`fault` for the first `count` requests only."""
    left = iter(range(count))
    return lambda handler: next(left, None) is not None and fault(handler)


def cut_after(count: int) -> Fault:
    """Promise the whole file, send `count` bytes, hang up."""

    def fault(handler: Handler) -> bool:
        data = handler.server.blobs[handler.path.split("/")[-1]]
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        handler.wfile.write(data[start : start + count])
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True
        return True

    return fault


def instead(change: Callable[[bytes], bytes]) -> Fault:
    """Other bytes, honestly measured."""

    def fault(handler: Handler) -> bool:
        handler.answer(200, change(handler.server.blobs[handler.path.split("/")[-1]]))
        return True

    return fault


def dribble(seconds: float = 0.2) -> Fault:
    """A byte now and then, for ever: never idle long enough for a timeout."""

    def fault(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(seconds)

    return fault


@contextmanager
def serving(port: int = 0) -> Iterator[StandInHub]:
    """A stand-in on a free port, or on this one."""
    hub = StandInHub(port)
    threading.Thread(target=hub.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
