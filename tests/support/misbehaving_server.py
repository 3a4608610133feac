"""A file server on the loopback that can be told, request by request, how to misbehave."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

Behaviour = Callable[["_Handler", "Served"], None]


@dataclass
class Served:
    """One file: its bytes and validator, and what to do at the first, second, … request (then: behave)."""

    body: bytes
    etag: str | None = '"one"'
    script: list[Behaviour] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    path: str
    range: str | None
    if_range: str | None


class MisbehavingServer:
    """Serves ``files`` (path to `Served`) with ranges and validators, except where a script says otherwise."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.owner = self  # type: ignore[attr-defined]

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self._http.server_address[1]}{path}"

    def add(self, path: str, body: bytes, *script: Behaviour, etag: str | None = '"one"') -> str:
        self.files[path] = Served(body, etag, list(script))
        return self.url(path)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def owner(self) -> MisbehavingServer:
        return self.server.owner  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        self.owner.requests.append(Request(self.path, self.headers["Range"], self.headers["If-Range"]))
        served = self.owner.files.get(self.path)
        with contextlib.suppress(ConnectionError):
            if served is None:
                status(404)(self, Served(b""))
            elif served.script:
                served.script.pop(0)(self, served)
            else:
                behave(self, served)

    def head(self, code: int, served: Served, length: int | None, **headers: str) -> None:
        self.send_response(code)
        if served.etag:
            self.send_header("ETag", served.etag)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def hang_up(self) -> None:
        """Break the connection, so that the other side sees it at once."""
        self.wfile.flush()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _asked_from(handler: _Handler, served: Served) -> int:
    """Where the wanted range begins; 0 for the whole, also where ``If-Range`` no longer holds."""
    wanted, condition = handler.headers["Range"], handler.headers["If-Range"]
    if not wanted or (condition and condition != served.etag):
        return 0
    return int(wanted.removeprefix("bytes=").removesuffix("-"))


def _head_and_rest(handler: _Handler, served: Served) -> bytes:
    """Send the head for what is asked; the body that should follow."""
    start, size = _asked_from(handler, served), len(served.body)
    if start >= size > 0:
        handler.head(416, served, 0, Content_Range=f"bytes */{size}")
        return b""
    if start:
        handler.head(206, served, size - start, Content_Range=f"bytes {start}-{size - 1}/{size}")
    else:
        handler.head(200, served, size)
    return served.body[start:]


def behave(handler: _Handler, served: Served) -> None:
    handler.wfile.write(_head_and_rest(handler, served))


def drop_after(count: int) -> Behaviour:
    """Promise everything, send ``count`` bytes and hang up."""

    def act(handler: _Handler, served: Served) -> None:
        handler.wfile.write(_head_and_rest(handler, served)[:count])
        handler.hang_up()

    return act


def hang_up(handler: _Handler, _: Served) -> None:
    """Answer nothing at all."""
    handler.hang_up()


def ignore_range(handler: _Handler, served: Served) -> None:
    handler.head(200, served, len(served.body))
    handler.wfile.write(served.body)


def wrong_part(handler: _Handler, served: Served) -> None:
    """Send the beginning as if it were the part asked for."""
    size = len(served.body)
    handler.head(206, served, size, Content_Range=f"bytes 0-{size - 1}/{size}")
    handler.wfile.write(served.body)


def status(code: int, **headers: str) -> Behaviour:
    def act(handler: _Handler, served: Served) -> None:
        handler.head(code, served, 5, **headers)
        handler.wfile.write(b"sorry")

    return act


def redirect(to: str) -> Behaviour:
    return status(302, Location=to)


def no_length(handler: _Handler, served: Served) -> None:
    """Send all of it without saying how much there is."""
    handler.head(200, served, None)
    handler.wfile.write(served.body)
    handler.hang_up()


def chunked(handler: _Handler, served: Served) -> None:
    handler.head(200, served, None, Transfer_Encoding="chunked")
    for start in range(0, len(served.body), 5000):
        block = served.body[start : start + 5000]
        handler.wfile.write(f"{len(block):x}\r\n".encode() + block + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")
    handler.hang_up()


def overlong(extra: int) -> Behaviour:
    """Send ``extra`` bytes more than there are, without saying how many."""

    def act(handler: _Handler, served: Served) -> None:
        handler.head(200, served, None)
        handler.wfile.write(served.body + bytes(extra))
        handler.hang_up()

    return act


def page(handler: _Handler, served: Served) -> None:
    """A web page, with all the signs of success."""
    body = b"<!DOCTYPE html><html><body>Please sign in to download</body></html>"
    handler.head(200, served, len(body), Content_Type="text/html")
    handler.wfile.write(body)


def stall_after(count: int) -> Behaviour:
    """Send ``count`` bytes, then nothing, and keep the line open."""

    def act(handler: _Handler, served: Served) -> None:
        handler.wfile.write(_head_and_rest(handler, served)[:count])
        handler.wfile.flush()
        handler.owner.stopping.wait()
        handler.hang_up()

    return act


def trickle(handler: _Handler, served: Served) -> None:
    """A few bytes at a time: never silent for long, and never done."""
    rest = _head_and_rest(handler, served)
    for position in range(len(rest)):
        if handler.owner.stopping.is_set() or position > 500:
            break
        handler.wfile.write(rest[position : position + 1])
        handler.wfile.flush()
        time.sleep(0.01)
    handler.hang_up()


def then_change(behaviour: Behaviour, body: bytes, etag: str | None) -> Behaviour:
    """Behave like ``behaviour``, then put another file in the place of this one."""

    def act(handler: _Handler, served: Served) -> None:
        behaviour(handler, served)
        served.body, served.etag = body, etag

    return act
