"""The endpoint against a real server on this machine, which answers as the protocol says, or badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from scribeeval.config import TranscribeTable
from scribeeval.errors import InputError
from scribeeval.models import network
from scribeeval.models.engines import ENGINES, EngineSettings, Transcriber, base
from scribeeval.models.engines.endpoint import transcriber
from scribeeval.models.voice import RATE_HZ, Span
from scribeeval.records import Visit
from scribeeval.run import Silent, open_run
from scribeeval.stages.transcribe import transcribe

Samples = NDArray[np.float32]
Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """What the server was asked, and what it answers: one reply a request, the last one for good."""

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    forms: list[dict[str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def engine(self, **settings: object) -> Transcriber:
        chosen = EngineSettings(
            engine="openai-compatible",
            model="whisper-1",
            endpoint=f"http://127.0.0.1:{self.port}/v1",
            **settings,  # type: ignore[arg-type]
        )
        return transcriber(chosen, print, tries=3, timeout_s=0.5, wait=self.waits.append)


def answer(status: int, body: object, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"text": "half of')


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.0)


HEARD = answer(200, {"text": "one two", "segments": [{"start": 0.5, "end": 1.0, "text": " one two"}]})


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts: Any = BytesParser().parsebytes(head + body).get_payload()
            named = {p.get_param("name", header="content-disposition"): p for p in parts}
            found.forms.append({name: part.get_payload(decode=True) for name, part in named.items()})
            found.paths.append(self.path)
            found.headers.append(dict(self.headers))
            (found.replies.pop(0) if len(found.replies) > 1 else found.replies[0])(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    found.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    http.shutdown()
    http.server_close()


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Samples:
    """Ten seconds in which two stretches are taken for speech: 2 to 3 s and 6 to 8 s."""
    monkeypatch.setattr(base, "speech_of", lambda _: [(Span(2.0, 3.0), Span(6.0, 8.0))])
    return np.linspace(-1, 1, 10 * RATE_HZ, dtype=np.float32)


def test_each_stretch_is_sent_and_its_times_are_those_of_the_recording(
    server: Server, sound: Samples
) -> None:
    server.replies = [HEARD, answer(200, {"text": "three"})]
    phrases = server.engine().transcribe(sound)
    assert [(p.start_s, p.end_s, p.text) for p in phrases] == [(1.5, 2.0, "one two"), (5.0, 9.0, "three")]
    assert server.paths == ["/v1/audio/transcriptions"] * 2


def test_every_option_is_said(server: Server, sound: Samples) -> None:
    server.replies = [HEARD]
    server.engine(language="ko", initial_prompt="Warfarin.", hotwords=("metoprolol",)).transcribe(sound)
    said = {name: value.decode() for name, value in server.forms[0].items() if name != "file"}
    assert said == {
        "model": "whisper-1",
        "language": "ko",
        "temperature": "0",
        "response_format": "verbose_json",
        "timestamp_granularities[]": "segment",
        "prompt": "metoprolol. Warfarin.",
    }
    samples, rate = soundfile.read(BytesIO(server.forms[0]["file"]), dtype="float32")
    assert rate == RATE_HZ
    np.testing.assert_allclose(samples, sound[rate : 4 * rate], atol=1e-4)
    assert "Authorization" not in server.headers[0]


def test_a_key_of_the_environment_goes_along(
    server: Server,
    sound: Samples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCRIBEEVAL_API_KEY", "k1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # would swallow the request if it were used
    server.replies = [HEARD]
    found = server.engine()
    found.transcribe(sound)
    assert server.headers[0]["Authorization"] == "Bearer k1"
    assert "k1" not in json.dumps(found.options)


@pytest.mark.parametrize("bad", [answer(429, {}), answer(500, {}), answer(503, {}), cut, slow])
def test_a_passing_fault_is_tried_again(server: Server, sound: Samples, bad: Reply) -> None:
    server.replies = [bad, HEARD]
    assert len(server.engine().transcribe(sound)) == 2
    assert len(server.waits) == 1
    assert 0.5 <= server.waits[0] <= 1.0


def test_the_server_says_how_long_to_wait_within_bounds(server: Server, sound: Samples) -> None:
    server.replies = [answer(429, {}, Retry_After="7"), answer(429, {}, Retry_After="9999"), HEARD]
    server.engine().transcribe(sound)
    assert server.waits == [7.0, 60.0]


PRIVATE = "the patient said"


@pytest.mark.parametrize(
    ("reply", "tries", "message"),
    [
        (answer(500, {"error": PRIVATE}), 3, "it answers with status 500"),
        (answer(429, {"error": PRIVATE}), 3, "it answers with status 429"),
        (answer(404, {"error": PRIVATE}), 1, "it answers with status 404"),
        (answer(302, {}, Location="http://example.org/"), 1, "it answers with status 302"),
        (answer(200, PRIVATE.encode()), 1, "its answer is no transcript in JSON"),
        (answer(200, {"segments": [{"text": PRIVATE}]}), 1, "its answer is no transcript in JSON"),
        (answer(200, [PRIVATE]), 1, "its answer is no transcript in JSON"),
        (cut, 3, "the answer was cut short"),
        (slow, 3, r"no answer within 0\.5 s"),
    ],
)
def test_a_lasting_fault_is_one_line_that_quotes_nothing(
    server: Server,
    sound: Samples,
    reply: Reply,
    tries: int,
    message: str,
) -> None:
    server.replies = [reply]
    with pytest.raises(InputError, match=message) as caught:
        server.engine().transcribe(sound)
    assert str(server.port) in str(caught.value)
    assert PRIVATE not in str(caught.value)
    assert len(caught.value.problems) == 1
    assert len(server.paths) == tries


def test_nothing_listens() -> None:
    idle = Server(port=1)
    with pytest.raises(InputError, match="nothing listens there"):
        idle.engine().transcribe(_spoken())


def _spoken() -> Samples:
    demo = Path(__file__).parents[2] / "datasets" / "demo" / "audio" / "V04.ogg"
    samples, _ = soundfile.read(demo, dtype="float32", frames=6 * RATE_HZ)
    return np.ascontiguousarray(samples[:, 0])


def test_silence_is_not_sent(server: Server) -> None:
    server.replies = [HEARD]
    assert server.engine().transcribe(np.zeros(5 * RATE_HZ, dtype=np.float32)) == ()
    assert server.paths == []


def test_an_address_is_needed_and_is_the_revision() -> None:
    row = ENGINES["openai-compatible"]
    with pytest.raises(InputError, match="needs endpoint"):
        row.load(EngineSettings(engine="openai-compatible"), print)
    assert row.revision(EngineSettings(endpoint="http://127.0.0.1:5/v1")) == "http://127.0.0.1:5/v1"
    with pytest.raises(InputError, match="nothing was sent"):
        row.load(EngineSettings(endpoint="https://example.org/v1"), print)


def test_a_run_lists_what_its_visits_sent_elsewhere(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This machine, taken for another one."""
    monkeypatch.setattr(network, "is_loopback", lambda _: False)
    monkeypatch.setattr(network, "_check_remote", lambda *_: None)
    server.replies = [HEARD]
    soundfile.write(tmp_path / "v1.wav", _spoken(), RATE_HZ)
    visit = Visit("v1", audio=(str(tmp_path / "v1.wav"),))
    settings = TranscribeTable(engine="openai-compatible", endpoint=f"http://127.0.0.1:{server.port}/v1")
    with open_run(tmp_path / "run") as run:
        assert transcribe(run, [visit], settings, Silent()) == ()
        rows = [json.loads(line) for line in run.path("egress.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 2 * len(server.paths) > 0
    assert {(row["stage"], row["host"], row["purpose"]) for row in rows} == {
        ("transcribe", "127.0.0.1", "transcription")
    }
    assert [row["event"] for row in rows] == ["begun", "ended"] * len(server.paths)
    assert {row["status"] for row in rows[1::2]} == {200}
