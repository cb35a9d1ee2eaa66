"""How a server is asked again: after a pause that grows, or that the server names; and how often at most."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from threading import Lock

from scribeeval.models.network import Answer, NoAnswerError

TRIES = 4
LONGEST_WAIT_S = 60.0
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

Wait = Callable[[float], object]  # sleeps some seconds


def persist(send: Callable[[], Answer], *, tries: int, wait: Wait, seed: object) -> Answer:
    """Send until an answer comes that another try would not better; returns the last one, whatever it says.

    Before the n-th retry it waits 2^(n-1) seconds less up to a half, drawn from the seed, so that many who
    failed together do not come back together; or as long as the server asks.  Never over LONGEST_WAIT_S.

    Raises:
        NoAnswerError: to the last try no whole answer came.

    """
    jitter = Random(str(seed))  # noqa: S311 - spreads pauses, guards nothing
    for attempt in range(tries):
        last = attempt + 1 == tries
        pause_s = 2.0**attempt * (1 - jitter.random() / 2)
        try:
            answer = send()
        except NoAnswerError:
            if last:
                raise
        else:
            if answer.status not in AGAIN or last:
                return answer
            asked_s = retry_after_s(answer.headers)
            pause_s = pause_s if asked_s is None else asked_s
        wait(min(pause_s, LONGEST_WAIT_S))
    raise NoAnswerError("it was not asked")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After: seconds or a date (RFC 9110, 10.2.3); None where it is missing or neither.

    A date is read against the server's own clock, where the answer gives it.

    >>> retry_after_s({"retry-after": "7"})
    7.0
    >>> noon, later = "Mon, 02 Mar 2026 12:00:00 GMT", "Mon, 02 Mar 2026 12:00:09 GMT"
    >>> retry_after_s({"date": noon, "retry-after": later})
    9.0
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    until = _date(value)
    if until is None:
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Pace:
    """At most so many calls a minute, evenly spread; for several threads.  0 = no limit."""

    def __init__(self, per_min: int, *, clock: Callable[[], float]) -> None:
        self._gap_s = 60 / per_min if per_min else 0.0
        self._clock = clock
        self._next = clock()
        self._lock = Lock()

    def delay_s(self) -> float:
        """Take the next place; returns the seconds until it comes."""
        with self._lock:
            now = self._clock()
            place = max(now, self._next)
            self._next = place + self._gap_s
        return place - now
