"""egress.jsonl: what left the machine in a run.  Host, purpose and bytes of each call; never its text."""

from dataclasses import asdict
from threading import Lock

from scribeeval.models.network import Egress, Listed
from scribeeval.run import Journal, Run

FILE = "egress.jsonl"


def egress_listing(run: Run, stage: str) -> Listed:
    """Give what adds a stage's calls to the run's list and waits until the disk has them.

    The list is made at the first call, for its owner alone; lines are only ever added, by several
    threads too.  What is given raises InputError where it cannot write: then the call is not made.
    """
    journal, lock = Journal(run.path(FILE)), Lock()

    def add(call: Egress) -> None:
        with lock:
            journal.append({"stage": stage, **asdict(call)})

    return add
