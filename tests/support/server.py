"""Servers of files on the loopback that can misbehave: any web server, and the part of the hub that downloads use."""

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

COMMIT = "a" * 40


class Files(BaseHTTPRequestHandler):
    """Answers with `state.files` (path to bytes)."""

    @property
    def state(self):
        return self.server.state

    def do_GET(self):
        self.state.requests.append((self.path, self.headers.get("Range")))
        if self.path not in self.state.files:
            return self.send_error(404)
        return self.send_content(self.state.files[self.path])

    def send_content(self, body, **headers):
        start = 0
        if "Range" in self.headers:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
        if start >= len(body):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        for key, value in {"Content-Length": len(body) - start, **headers}.items():
            self.send_header(key, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[start:][: self.state.breaks_after])

    def log_message(self, *_):
        pass


class Hub(Files):
    """Answers as the hub does for the repository `some/model`, whose one commit is COMMIT."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.partition("?")[0]
        if self.state.error:
            return self.refuse(self.state.error)
        if "some/model/" not in path:
            return self.refuse("RepoNotFound")
        kind, revision, name = re.search(r"/(revision|tree|resolve)/([^/]+)/?(.*)", path).groups()
        if revision not in {"main", COMMIT}:
            return self.refuse("RevisionNotFound")
        if kind != "resolve":
            return self.send_json(self.tree() if kind == "tree" else {"id": "some/model", "sha": COMMIT})
        if name not in self.state.files:
            return self.refuse("EntryNotFound")
        body = self.state.files[name]
        return self.send_content(body, ETag=f'"{sha1(body)}"', **{"X-Repo-Commit": COMMIT})

    def tree(self):
        files = self.state.files.items()
        return [{"type": "file", "path": name, "size": len(body), "oid": sha1(body)} for name, body in files]

    def send_json(self, value):
        self.send_response(200)
        body = json.dumps(value).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, code):
        self.send_response(403 if code == "GatedRepo" else 404)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def sha1(body):
    return hashlib.sha1(body).hexdigest()


@contextmanager
def serving(files, handler=Files, **state):
    """The state of a running server: its `url`, the `requests` so far as (path, Range header), and what may be changed.

    `breaks_after`: contents end after so many bytes, though all are promised. `error`: the code of the hub that answers
    everything.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    defaults = {"breaks_after": None, "error": None}
    url = f"http://127.0.0.1:{server.server_port}"
    server.state = SimpleNamespace(files=files, requests=[], url=url, **(defaults | state))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.state
    finally:
        server.shutdown()
        server.server_close()
