"""The gate: what may be asked and what not.  Nothing here leaves this machine."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scribeeval.errors import InputError
from scribeeval.models import network
from scribeeval.models.network import Client, Egress, Endpoint, NoAnswerError, endpoint

ALLOWED = {"allow_remote": True, "remote_host": "speech.example.org"}


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://127.0.0.1:8000/v1", "127.0.0.1", 8000, "/v1"),
        ("http://127.9.9.9", "127.9.9.9", 80, ""),
        ("http://localhost:8080/v1/", "localhost", 8080, "/v1"),
        ("http://[::1]:8000/v1", "::1", 8000, "/v1"),
        ("https://LOCALHOST/v1", "localhost", 443, "/v1"),
    ],
)
def test_this_machine_may_always_be_asked(url: str, host: str, port: int, path: str) -> None:
    found = endpoint(url)
    assert (found.host, found.port, found.path) == (host, port, path)


@pytest.mark.parametrize(
    "url",
    [
        "http://speech.example.org/v1",
        "http://10.0.0.5:8000/v1",
        "http://0.0.0.0:8000",
        "http://localhost.example.org/v1",  # a name that only begins like this machine's
        "http://127.0.0.1.example.org/v1",
        "http://2130706433/v1",  # 127.0.0.1 as one number: not read as an address here
        "http://[::ffff:10.0.0.1]/v1",
    ],
)
def test_another_machine_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="another machine; nothing was sent: set allow_remote = true"):
        endpoint(url)


def test_only_the_named_host_is_allowed_and_only_over_https() -> None:
    assert endpoint("https://speech.example.org/v1", **ALLOWED).host == "speech.example.org"  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is not the remote_host of the config"):
        endpoint("https://other.example.org/v1", **ALLOWED)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="use https"):
        endpoint("http://speech.example.org/v1", **ALLOWED)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is not the remote_host"):
        endpoint("https://speech.example.org/v1", allow_remote=True)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[::1", "http://h:x"]
)
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(InputError, match="not an address"):
        endpoint(url)


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(InputError, match="take the credentials out") as caught:
        endpoint("http://user:hunter2@127.0.0.1/v1")
    assert "hunter2" not in str(caught.value)


def test_no_library_reports_to_its_makers(tmp_path: Path) -> None:
    """ONNX Runtime 1.31 writes an id of the device and a queue of events as soon as it is imported."""
    pytest.importorskip("onnxruntime")
    listening = "import scribeeval.models.voice; import onnxruntime"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", listening], env=environment, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_could_hold_a_key_or_cannot_be_sent_is_refused() -> None:
    for url in ("http://127.0.0.1/v1?key=hunter2", "http://127.0.0.1/v1#hunter2"):
        with pytest.raises(InputError, match=r"\? or #") as caught:
            endpoint(url)
        assert "hunter2" not in str(caught.value)
    for url in ("http://127.0.0.1/v 1", "http://127.0.0.1/진료", "http://localhost\x00/"):
        with pytest.raises(InputError, match="not an address"):
            endpoint(url)


def test_who_opens_a_connection_says_where_it_is_listed() -> None:
    """A call that nobody lists cannot be written down: the listing has no default."""
    listed = inspect.signature(Client).parameters["listed"]
    assert listed.default is inspect.Parameter.empty
    source = ast.parse(Path(network.__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Attribute)]
    made = [node for node in calls if node.attr in ("HTTPConnection", "HTTPSConnection")]
    client = next(n for n in source.body if isinstance(n, ast.ClassDef) and n.name == "Client")
    inside = list(ast.walk(client))
    assert made
    assert all(node in inside for node in made)


def test_the_list_of_a_call_that_reached_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent, but the host was called: both ends are listed."""
    monkeypatch.setattr(network, "is_loopback", lambda _: False)
    listed: list[Egress] = []
    client = Client(Endpoint("http", "127.0.0.1", 1, ""), listed.append, timeout_s=1.0)
    with pytest.raises(NoAnswerError, match="nothing listens there"):
        client.post("/x", b"12345", "text/plain", purpose="question")
    assert listed == [
        Egress("127.0.0.1", "question", "begun", None, 5, 0),
        Egress("127.0.0.1", "question", "ended", None, 0, 0),
    ]
