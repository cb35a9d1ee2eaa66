"""Many questions under way at once: each is asked by one thread, and its answer is given once."""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Lock, Semaphore, Thread
from typing import TypeVar

Found = TypeVar("Found")


class StoppedError(Exception):
    """Raised by what asks, once nobody waits for its answer."""


def in_flight(
    n: int, ask: Callable[[int, Event], Found], *, at_once: int, interrupt: Callable[[], None]
) -> Iterator[tuple[int, Found]]:
    """Ask for 0 ... n-1, at most `at_once` under way; yields (index, answer) as they come, each once.

    ask: (index, stopped) -> answer; once `stopped` is set it sends nothing more and raises StoppedError.
    interrupt: wakes those that wait for an answer; called where the iteration ends before its time.
    Ctrl-C while it waits, or thrown in: what has come is yielded first.  No thread keeps the process alive.

    Raises:
        Exception: what `ask` raised, of the first that did.

    """
    at_once = max(1, min(at_once, n))
    todo = iter(range(n))
    turn = Lock()
    # Answers that nobody has taken would be lost by a kill: where they are taken slowly, fewer are asked for.
    room = Semaphore(2 * at_once)
    stopped = Event()
    came: SimpleQueue[tuple[int, Found] | Exception] = SimpleQueue()

    def work() -> None:
        while room.acquire() and not stopped.is_set():
            with turn:
                index = next(todo, None)
            if index is None:
                return
            try:
                came.put((index, ask(index, stopped)))
            except StoppedError:
                return
            except Exception as error:  # raised again where the answers are taken
                came.put(error)
                return

    missing = n
    try:
        for _ in range(at_once):
            Thread(target=work, daemon=True).start()
        while missing:
            found = came.get()
            if isinstance(found, Exception):
                raise found
            missing -= 1
            room.release()
            yield found
    except KeyboardInterrupt:
        stopped.set()
        yield from _rest(came)
        raise
    finally:
        stopped.set()
        room.release(at_once)
        if missing:
            interrupt()


def _rest(came: "SimpleQueue[tuple[int, Found] | Exception]") -> Iterator[tuple[int, Found]]:
    while True:
        try:
            found = came.get_nowait()
        except Empty:
            return
        if not isinstance(found, Exception):
            yield found
