"""When a server is asked again, and how often a minute."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from scribeeval.models.network import Answer, NoAnswerError
from scribeeval.models.retries import Pace, persist, retry_after_s


def sent(*outcomes: int | str) -> tuple[list[float], object]:
    """Play statuses, or failures, and give the pauses and what came of it."""
    queue = list(outcomes)
    pauses: list[float] = []

    def send() -> Answer:
        outcome = queue.pop(0)
        if isinstance(outcome, str):
            raise NoAnswerError(outcome)
        return Answer(outcome, {}, b"")

    try:
        found: object = persist(send, tries=3, wait=pauses.append, seed=1).status
    except NoAnswerError as error:
        found = str(error)
    return pauses, (found, len(queue))


def test_what_passes_is_tried_again_and_the_last_word_counts() -> None:
    assert sent(200, 0)[1] == (200, 1)
    assert sent(400, 0)[1] == (400, 1)
    assert sent(500, "cut", 200, 0)[1] == (200, 1)
    assert sent(500, 502, 503, 0)[1] == (503, 1)
    assert sent("cut", 500, "slow", 0)[1] == ("slow", 1)


def test_pauses_grow_and_are_spread_by_the_seed() -> None:
    pauses, _ = sent(500, 500, 500)
    assert len(pauses) == 2  # none after the last try
    assert 0.5 <= pauses[0] <= 1 <= pauses[1] <= 2
    assert sent(500, 500, 500)[0] == pauses
    others: list[float] = []
    persist(lambda: Answer(500, {}, b""), tries=8, wait=others.append, seed=2)
    assert others[0] != pauses[0]
    assert max(others) <= 60


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after_s({"retry-after": "12"}) == 12
    assert retry_after_s({"retry-after": " 0 "}) == 0
    # RFC 9110, 5.6.7: the three forms of a date
    for until in (
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ):
        headers = {"date": "Sun, 06 Nov 1994 08:49:30 GMT", "retry-after": until}
        assert retry_after_s(headers) == 7
        assert retry_after_s({"retry-after": until}) == 0  # long past by our own clock
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert retry_after_s({"retry-after": soon}) == pytest.approx(100, abs=10)


@pytest.mark.parametrize("value", ["", "soon", "-1", "1.5", "١٢", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_what_is_neither_is_passed_over(value: str) -> None:
    assert retry_after_s({"retry-after": value}) is None
    assert retry_after_s({}) is None


def test_a_pace_spreads_calls_evenly_and_saves_up_nothing() -> None:
    now = [100.0]
    pace = Pace(30, clock=lambda: now[0])
    assert [pace.delay_s() for _ in range(3)] == [0, 2, 4]
    now[0] = 105.0
    assert pace.delay_s() == 1
    now[0] = 1000.0
    assert [pace.delay_s() for _ in range(3)] == [0, 2, 4]
    free = Pace(0, clock=lambda: now[0])
    assert [free.delay_s() for _ in range(3)] == [0, 0, 0]
