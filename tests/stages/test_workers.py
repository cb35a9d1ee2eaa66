"""Several processes: in order, bounded, and never a traceback for a worker that was killed."""

import os
import signal
from collections.abc import Iterator

import pytest

from scribeeval.errors import InputError
from scribeeval.stages.workers import map_in_order


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_few_items_wait(workers: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for i in range(60):
            taken.append(i)
            yield -i

    for place, result in enumerate(map_in_order(abs, items(), workers)):
        assert result == place
        assert len(taken) <= place + 2 * workers + 1


def test_a_killed_worker_is_one_line() -> None:
    with pytest.raises(InputError, match="a worker process was killed"):
        list(map_in_order(os._exit, [9, 9], 2))


def test_an_error_of_a_worker_reaches_the_caller() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(map_in_order(int, ["1", "x"], 2))


def test_workers_leave_ctrl_c_to_the_parent() -> None:
    assert list(map_in_order(signal.getsignal, [signal.SIGINT], 2)) == [signal.SIG_IGN]
