"""A chat server on a loopback port that answers as it is told: well, badly, slowly or not at all."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Stub:
    """What the server was asked, and what it answers: the replies in turn, the last one for good.

    gate: requests a second that it lets through, 0 = all; the others wait their turn.
    now, most: requests under way; under_way_s: the seconds of all of them together.
    """

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    models: Any = None
    gate: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    peers: set[int] = field(default_factory=set)
    now: int = 0
    most: int = 0
    under_way_s: float = 0.0
    turn: float = 0.0
    lock: Any = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def next_reply(self) -> Reply:
        with self.lock:
            if not self.replies:
                return echo
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def wait_turn(self) -> None:
        if not self.gate:
            return
        with self.lock:
            self.turn = max(self.turn, time.monotonic()) + 1 / self.gate
            until = self.turn
        time.sleep(max(0.0, until - time.monotonic()))


def send(handler: BaseHTTPRequestHandler, status: int, body: object, **headers: str) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def answer(status: int, body: object, **headers: str) -> Reply:
    return lambda handler: send(handler, status, body, **headers)


def completion(
    text: str | None, reason: str | None = "stop", *, usage: Any = None, **message: Any
) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "stub-1",
        "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0,
                "finish_reason": reason,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20} if usage is None else usage,
    }


def said(text: str | None, reason: str | None = "stop", **more: Any) -> Reply:
    return answer(200, completion(text, reason, **more))


def echo(handler: BaseHTTPRequestHandler) -> None:
    """Answer with the question, so that an answer that went astray is seen."""
    asked = handler.asked  # type: ignore[attr-defined]
    send(handler, 200, completion(f"to {asked['messages'][-1]['content']}"))


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise a thousand bytes and send a few."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"message": {"content": "half of')
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection after the question, without a byte of an answer."""
    handler.close_connection = True


def echo_and_close(handler: BaseHTTPRequestHandler) -> None:
    """Answer as if the connection were kept, and close it: the next question finds it stale."""
    echo(handler)
    handler.close_connection = True


def slow(seconds: float) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return reply


@contextmanager
def stub_server() -> Iterator[Stub]:
    """Serve until the block ends."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            stub.paths.append(self.path)
            stub.headers.append(dict(self.headers))
            send(self, *((404, {}) if stub.models is None else (200, stub.models)))

        def do_POST(self) -> None:
            self.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            began = time.monotonic()
            with stub.lock:
                stub.now += 1
                stub.most = max(stub.most, stub.now)
                stub.asked.append(self.asked)
                stub.paths.append(self.path)
                stub.headers.append(dict(self.headers))
                stub.peers.add(self.client_address[1])
            try:
                stub.wait_turn()
                stub.next_reply()(self)
            finally:
                with stub.lock:
                    stub.now -= 1
                    stub.under_way_s += time.monotonic() - began

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that gave up is part of the tests

    http = Server(("127.0.0.1", 0), Handler)
    stub.port = http.server_address[1]
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield stub
    finally:
        http.shutdown()
        http.server_close()
