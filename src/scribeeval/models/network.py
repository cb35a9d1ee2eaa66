"""The only place that opens connections: loopback addresses, else one host that the config names.

Nothing is sent to another machine unless the config says `allow_remote = true` and names the host;
then only over https.  No proxy of the environment is used, no redirect is followed.
"""

import http.client
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from scribeeval.errors import InputError

API_KEY = "SCRIBEEVAL_API_KEY"  # an environment variable: a key in a config would be shared with it
LONGEST_ANSWER = 64 * 2**20  # bytes


class NoAnswerError(Exception):
    """No whole answer came: refused, too slow, or cut short.  Says which, and no more."""


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
    """One call to another machine: a line of egress.jsonl.  status None: no answer came."""

    host: str
    purpose: str
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
    if parts.scheme not in ("http", "https") or not host:
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


def post(where: Endpoint, path: str, body: bytes, content_type: str, *, timeout_s: float) -> Answer:
    """Send one POST and read the whole answer.  The API key of the environment goes along, if it is set.

    Raises:
        NoAnswerError: no whole answer within timeout_s between two pieces of it.

    """
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    # "localhost" may be made to mean anything: the number cannot.
    host = "127.0.0.1" if where.host == "localhost" and where.scheme == "http" else where.host
    headers = {"Content-Type": content_type, "Accept": "application/json", "Host": _host(where)}
    if key := os.environ.get(API_KEY):
        headers["Authorization"] = f"Bearer {key}"
    connection = kind(host, where.port, timeout=timeout_s)
    try:
        connection.request("POST", where.path + path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read(LONGEST_ANSWER + 1)
        if len(content) > LONGEST_ANSWER:
            raise NoAnswerError("the answer is too long")
        if answer.length:  # what it promised and did not send; read(n) does not complain
            raise NoAnswerError("the answer was cut short")
        return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, content)
    except TimeoutError:
        raise NoAnswerError(f"no answer within {timeout_s:g} s") from None
    except ConnectionRefusedError:
        raise NoAnswerError("nothing listens there") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"the answer was cut short ({type(error).__name__})") from None
    finally:
        connection.close()


def _host(where: Endpoint) -> str:
    host = f"[{where.host}]" if ":" in where.host else where.host
    return f"{host}:{where.port}"
