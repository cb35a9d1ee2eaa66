"""The only place that opens connections: loopback addresses, else one host that the config names.

Nothing is sent to another machine unless the config says `allow_remote = true` and names the host;
then only over https, and each call is listed.  No proxy of the environment is used, no redirect is
followed.
"""

import http.client
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from threading import Lock
from typing import Literal
from urllib.parse import urlsplit

from scribeeval.errors import InputError

API_KEY = "SCRIBEEVAL_API_KEY"  # an environment variable: a key in a config would be shared with it
LONGEST_ANSWER = 64 * 2**20  # bytes


class NoAnswerError(Exception):
    """No whole answer came: refused, too slow, or cut short.  Says which, and no more."""


class _StaleError(Exception):
    """The connection was closed before the first byte of an answer."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that may be asked.  path has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        """Give the address as users write it."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Egress:
    """One end of a call to another machine: a line of egress.jsonl.

    A call has two: `begun`, listed before anything is sent, so that a kill does not lose it, and `ended`.
    bytes_sent, bytes_received: of the bodies, without headers; at `begun`, what is about to be sent.
    status: None while the call has only begun, and where no whole answer came.
    """

    host: str
    purpose: str
    event: Literal["begun", "ended"]
    status: int | None
    bytes_sent: int
    bytes_received: int


Listed = Callable[[Egress], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer.  headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def endpoint(url: str, *, allow_remote: bool = False, remote_host: str = "") -> Endpoint:
    """Check an address before anything is sent to it.

    Raises:
        InputError: not http(s), credentials in it, or another machine that the config does not allow.

    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError(f"endpoint {url!r}: not an address; give one like http://127.0.0.1:8000") from None
    if parts.username or parts.password:
        raise InputError(f"endpoint: take the credentials out of the address; set {API_KEY}")
    if parts.query or parts.fragment:  # not repeated: keys are put there too
        raise InputError("endpoint: take what follows ? or # out of the address")
    if parts.scheme not in ("http", "https") or not host or not _is_plain(host + parts.path):
        raise InputError(f"endpoint {url!r}: not an address; give one like http://127.0.0.1:8000")
    if not is_loopback(host):
        _check_remote(parts.scheme, host, allow_remote, remote_host)
    port = port or (443 if parts.scheme == "https" else 80)
    return Endpoint(parts.scheme, host, port, parts.path.rstrip("/"))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its very name; other names are not looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_remote(scheme: str, host: str, allow_remote: bool, remote_host: str) -> None:
    if not allow_remote:
        raise InputError(
            f"endpoint host {host!r} is another machine; nothing was sent: "
            f'set allow_remote = true and remote_host = "{host}" to allow it'
        )
    if remote_host.lower() != host:
        raise InputError(
            f"endpoint host {host!r} is not the remote_host of the config ({remote_host!r}); nothing was sent"
        )
    if scheme != "https":
        raise InputError(f"endpoint host {host!r}: is another machine; use https")


def _is_plain(text: str) -> bool:
    """Tell whether a text can stand in an HTTP header: ASCII that can be seen."""
    return all("!" <= character <= "~" for character in text)


class Client:
    """Connections to one endpoint, kept open from call to call; for several threads.

    The only way out: whoever makes one says where the calls to another machine are listed.
    listed: called before and after each of them; what it raises keeps the call from being made.
    timeout_s: the longest silence.  key_header: where the key of the environment goes, if it is set.

    Raises:
        InputError: the key holds what no header can.

    """

    def __init__(
        self, where: Endpoint, listed: Listed, *, timeout_s: float, key_header: str = "Authorization"
    ) -> None:
        self.where = where
        self._listed = listed
        self._timeout_s = timeout_s
        self._headers = {"Accept": "application/json", "Host": _host(where), **_key(key_header)}
        self._idle: list[http.client.HTTPConnection] = []
        self._busy: set[socket.socket] = set()
        self._lock = Lock()
        self._aborts = 0

    def post(self, path: str, body: bytes, content_type: str, *, purpose: str) -> Answer:
        """Send one POST and read the whole answer.

        Raises:
            NoAnswerError: no whole answer came.

        """
        return self._call("POST", path, body, {"Content-Type": content_type}, purpose)

    def get(self, path: str, *, purpose: str) -> Answer:
        """Send one GET and read the whole answer; raises like post."""
        return self._call("GET", path, None, {}, purpose)

    def abort(self) -> None:
        """Break off the calls under way: each raises a NoAnswerError in its thread."""
        with self._lock:
            self._aborts += 1
            for connected in self._busy:
                with suppress(OSError):  # to close it would not wake the thread that reads from it
                    connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close every connection; a later call opens a new one."""
        self.abort()
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _call(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], purpose: str
    ) -> Answer:
        """Ask on a kept connection; where the server has closed it meanwhile, once more on a new one."""
        request = (method, self.where.path + path, body, {**self._headers, **headers})
        with self._lock:
            kept = self._idle.pop() if self._idle else None
            aborts = self._aborts
        for connection in filter(None, (kept, self._new())):
            with suppress(_StaleError):
                return self._listed_call(connection, purpose, *request)
            if self._aborts != aborts:
                break
        raise NoAnswerError("it closed the connection without an answer")

    def _listed_call(
        self,
        connection: http.client.HTTPConnection,
        purpose: str,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        remote = not is_loopback(self.where.host)
        size = len(body or b"")
        line = Egress(self.where.host, purpose, "begun", None, size, 0)
        if remote:
            self._listed(line)
        line = replace(line, event="ended", bytes_sent=0)
        try:
            self._connect(connection)
            line = replace(line, bytes_sent=size)
            answer = self._exchange(connection, method, path, body, headers)
            line = replace(line, status=answer.status, bytes_received=len(answer.body))
        finally:
            if remote:
                self._listed(line)
        with self._lock:
            if connection.sock is not None:
                self._idle.append(connection)
        return answer

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        if connection.sock is not None:
            return
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            reasons = (text for kind, text in _NOT_REACHED.items() if isinstance(error, kind))
            raise NoAnswerError(next(reasons, "it cannot be reached")) from None

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        """Send and read; the connection stays open only after a whole answer."""
        connected: socket.socket = connection.sock
        with self._lock:
            self._busy.add(connected)
        answer, whole = None, False
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read(LONGEST_ANSWER + 1)
            if len(content) > LONGEST_ANSWER:
                raise NoAnswerError("the answer is too long")
            if answer.length:  # what it promised and did not send; read(n) does not complain
                raise NoAnswerError("the answer was cut short")
            whole = True
            return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, content)
        except TimeoutError:
            raise NoAnswerError(f"no answer within {self._timeout_s:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            if answer is None:
                raise _StaleError from None
            raise NoAnswerError(f"the answer was cut short ({type(error).__name__})") from None
        finally:
            with self._lock:
                self._busy.discard(connected)
            if not whole:
                connection.close()

    def _new(self) -> http.client.HTTPConnection:
        https = self.where.scheme == "https"
        # "localhost" may be made to mean anything: the number cannot.
        host = "127.0.0.1" if self.where.host == "localhost" and not https else self.where.host
        kind = http.client.HTTPSConnection if https else http.client.HTTPConnection
        return kind(host, self.where.port, timeout=self._timeout_s)


_NOT_REACHED: Mapping[type[OSError], str] = {
    ConnectionRefusedError: "nothing listens there",
    TimeoutError: "no connection came about in time",
    socket.gaierror: "its name is not known",
    ssl.SSLCertVerificationError: "its certificate is not trusted (SSL_CERT_FILE may name its authority)",
    ssl.SSLError: "it does not speak https as it should",
}


def _key(header: str) -> dict[str, str]:
    """Give the header with the key of the environment; without a key, none."""
    key = os.environ.get(API_KEY, "").strip()
    if not _is_plain(key):
        raise InputError(f"{API_KEY}: holds a space or another character that no key has; set it again")
    if not key:
        return {}
    return {header: f"Bearer {key}" if header == "Authorization" else key}


def _host(where: Endpoint) -> str:
    host = f"[{where.host}]" if ":" in where.host else where.host
    return f"{host}:{where.port}"
