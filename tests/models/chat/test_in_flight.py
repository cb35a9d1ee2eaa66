"""Questions in flight, without a server: order, room, errors and stops."""

from threading import Barrier, Event

import pytest

from scribeeval.models.chat.in_flight import StoppedError, in_flight

LONG_S = 30.0


def nothing() -> None:
    """Nobody waits."""


def test_as_many_are_under_way_as_may_be() -> None:
    """No answer before eight are asked together, four times over."""
    together = Barrier(8)

    def ask(index: int, _: Event) -> int:
        together.wait(LONG_S)
        return index * index

    found = list(in_flight(32, ask, at_once=8, interrupt=nothing))
    assert sorted(found) == [(i, i * i) for i in range(32)]


@pytest.mark.parametrize(("n", "at_once"), [(0, 4), (1, 4), (3, 1), (5, 0), (40, 7)])
def test_each_is_asked_once_and_given_once(n: int, at_once: int) -> None:
    asked: list[int] = []

    def ask(index: int, _: Event) -> int:
        asked.append(index)
        return index

    assert sorted(in_flight(n, ask, at_once=at_once, interrupt=nothing)) == [(i, i) for i in range(n)]
    assert sorted(asked) == list(range(n))


def test_what_is_not_taken_is_not_piled_up() -> None:
    """Two under way, two more may wait to be taken; the next is asked when one is."""
    asked: list[int] = []
    fifth, sixth = Event(), Event()

    def ask(index: int, _: Event) -> int:
        asked.append(index)
        if index == 4:
            fifth.set()
        if index == 5:
            sixth.set()
        return index

    answers = in_flight(100, ask, at_once=2, interrupt=nothing)
    next(answers)
    assert fifth.wait(LONG_S)
    assert not sixth.wait(0.05)
    next(answers)
    assert sixth.wait(LONG_S)


def test_an_error_is_raised_where_the_answers_are_taken_and_ends_the_asking() -> None:
    stops: list[bool] = []

    def ask(index: int, stopped: Event) -> int:
        if index == 3:
            raise ValueError("four")
        return index

    answers = in_flight(1000, ask, at_once=1, interrupt=lambda: stops.append(True))
    with pytest.raises(ValueError, match="four"):
        list(answers)
    assert stops == [True]


def test_ctrl_c_yields_what_has_come_before_it_is_raised() -> None:
    others_came = Event()

    def ask(index: int, stopped: Event) -> int:
        if index == 3:  # one thread: the answers before are in the queue
            others_came.set()
            stopped.wait(LONG_S)
            raise StoppedError
        return index

    # Room for two answers that nobody took, beside the one that was: 1 and 2 wait when 3 is asked.
    answers = in_flight(9, ask, at_once=1, interrupt=nothing)
    kept = [next(answers), next(answers)]
    assert others_came.wait(LONG_S)
    kept.append(answers.throw(KeyboardInterrupt()))  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        next(answers)
    assert kept == [(0, 0), (1, 1), (2, 2)]
