"""Several processes: in order, bounded, and never a traceback for a worker that was killed."""

import os
import signal
from collections.abc import Iterator

import pytest

from scribeeval.errors import InputError
from scribeeval.stages.workers import Workers


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_few_items_wait(workers: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for i in range(60):
            taken.append(i)
            yield -i

    with Workers(workers) as pool:
        for place, result in enumerate(pool.map_in_order(abs, items())):
            assert result == place
            assert len(taken) <= place + 2 * workers + 1


def test_a_killed_worker_is_one_line() -> None:
    with Workers(2) as pool, pytest.raises(InputError, match="a worker process was killed"):
        list(pool.map_in_order(os._exit, [9, 9]))


def test_an_error_of_a_worker_reaches_the_caller() -> None:
    with Workers(2) as pool, pytest.raises(ValueError, match="invalid literal"):
        list(pool.map_in_order(int, ["1", "x"]))


def test_workers_leave_ctrl_c_to_the_parent() -> None:
    with Workers(2) as pool:
        assert list(pool.map_in_order(signal.getsignal, [signal.SIGINT])) == [signal.SIG_IGN]


def _process_id(_: int) -> int:
    return os.getpid()


def test_the_same_processes_serve_every_call() -> None:
    with Workers(2) as pool:
        ids = {one for _ in range(3) for one in pool.map_in_order(_process_id, range(8))}
    assert len(ids) <= 2
    assert os.getpid() not in ids
