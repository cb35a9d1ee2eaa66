"""Kill `scribeeval draft` at random moments and start it again: is anything lost, or drafted twice?

    python scripts/chaos_draft.py [--kills N] [--visits N] [--concurrency N] [--seed N]

A server on this machine answers each question after some milliseconds with a note that depends on the
visit alone.  The command, with every process of its group, gets SIGKILL while it starts, asks, makes the
notes, or writes them or the manifest; after a third of the kills the journal also gets the beginning of a
line, as a power cut leaves one.  Then it is started again on the same folder, or on a fresh one once it got
through.  The seed fixes the moments aimed at, not what the machine does in them.  Exit 1 with the first
thing that is not as docs/chaos.md says.
"""

import argparse
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from models.chat.stub_server import Stub, completion, send, stub_server

JOURNAL, NOTES, MANIFEST = ".answers.journal", "notes.jsonl", "manifest.json"
MOMENTS = {
    "starting": 2,
    "asking": 6,
    "making notes": 1,
    "writing notes": 1,
    "recording": 1,
}  # how often each is aimed at
WHILE_ASKING = ("asking", "making notes")  # moments of a life that has questions left
ANSWER_S = 0.01
TORN = '{"key": "0f3a", "answer": {"text": "두'.encode()[:-1]
VISIT = re.compile(r"visit number (\d+)")
LONGEST_LIFE_S = 120.0


@dataclass(frozen=True, slots=True)
class Whole:
    """What an undisturbed run made.  start_s: until its first question; end_s: from its last to its exit."""

    notes: bytes
    start_s: float
    end_s: float


@dataclass(slots=True)
class Count:
    """What happened.  again: of each kill, how many questions had to be asked again."""

    kills: Counter[str] = field(default_factory=Counter)
    torn: int = 0
    folders: int = 0
    again: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Bench:
    """The server, the command, and what both are held to."""

    stub: Stub
    table: Path
    visits: int
    concurrency: int

    def asked(self) -> list[str]:
        """List the visits that the server was asked about, in order; its identity is no visit's question."""
        said = (str(body["messages"]) for body in list(self.stub.asked))
        return [found[1] for text in said if (found := VISIT.search(text))]

    def start(self, out: Path) -> "subprocess.Popen[bytes]":
        """Start the command, with a process group of its own."""
        code = "from scribeeval.cli import main; main()"
        options = ["--drafter", "openai-compatible", "--model", "stub", "--endpoint", self.stub.url]
        options += ["--concurrency", str(self.concurrency), "--tries", "1", "--out", str(out)]
        return subprocess.Popen(
            [sys.executable, "-c", code, "draft", str(self.table), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def finish(self, out: Path) -> None:
        """Let the command come to its end."""
        process = self.start(out)
        said = process.communicate(timeout=LONGEST_LIFE_S)[1]
        check(process.returncode == 0, f"exit {process.returncode}: {said.decode()[-2000:]}")

    def settle(self) -> None:
        """Wait until the server has read and answered what a killed process sent."""
        seen = -1
        while self.stub.now or seen != len(self.stub.asked):
            seen = len(self.stub.asked)
            time.sleep(0.03)


def check(holds: bool, otherwise: str) -> None:
    """End the program where something does not hold."""
    if not holds:
        raise SystemExit(f"FAILED: {otherwise}")


def reply(handler: BaseHTTPRequestHandler) -> None:
    """Answer with a note of 0.2 to 20 kB that depends on the visit alone."""
    asked: dict[str, Any] = handler.asked  # type: ignore[attr-defined]
    found = VISIT.search(str(asked["messages"]))
    time.sleep(ANSWER_S)
    number = int(found[1]) if found else 0
    lines = (f"Finding {number}-{i}: 무릎 pain {i * 7919 % 10} of 10." for i in range(5 + number * 37 % 500))
    note = "SUBJECTIVE\n" + "\n".join(lines) + "\n\nPLAN\nCome back."
    usage = {"prompt_tokens": len(str(asked["messages"])) // 4, "completion_tokens": len(note) // 4}
    send(handler, 200, completion(note, usage=usage))


def wait_for(process: "subprocess.Popen[bytes]", moment: Callable[[], bool]) -> None:
    """Wait until the moment has come or the process ended."""
    deadline = time.monotonic() + LONGEST_LIFE_S
    while process.poll() is None and not moment():
        check(time.monotonic() < deadline, f"still running after {LONGEST_LIFE_S:.0f} s")
        time.sleep(0.0003)


def undisturbed(bench: Bench, out: Path) -> Whole:
    """Run once without a kill."""
    started = time.monotonic()
    process = bench.start(out)
    wait_for(process, lambda: bool(bench.asked()))
    first = time.monotonic()
    wait_for(process, lambda: len(bench.asked()) == bench.visits)
    last = time.monotonic()
    said = process.communicate(timeout=LONGEST_LIFE_S)[1]
    check(process.returncode == 0, f"exit {process.returncode}: {said.decode()[-2000:]}")
    whole = Whole((out / NOTES).read_bytes(), first - started, time.monotonic() - last)
    check_whole(bench, out, whole)
    return whole


def live(bench: Bench, out: Path, whole: Whole, moment: str, rng: random.Random) -> bool:
    """Start the command and kill it at a moment; false where it came to its end before."""
    before, todo = len(bench.stub.asked), bench.visits - len(journal(out)[0])
    share = rng.random()  # of what the moment leaves open; drawn once, so that the seed fixes it
    process = bench.start(out)
    if moment == "starting":
        until = time.monotonic() + share * whole.start_s
        wait_for(process, lambda: time.monotonic() > until)
    elif moment == "asking":
        wait_for(process, lambda: len(bench.stub.asked) - before > 1 + share * (todo - 1))  # 1: the identity
        time.sleep(share * ANSWER_S)
    elif moment == "making notes":
        wait_for(process, lambda: len(bench.stub.asked) - before > todo)
        time.sleep(share * whole.end_s)
    elif moment == "writing notes":
        wait_for(process, lambda: any(name.startswith((NOTES, f".{NOTES}.")) for name in names(out)))
        time.sleep(share * 0.005)
    else:
        wait_for(process, lambda: NOTES in names(out))
        time.sleep(share * 0.01)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    said = process.communicate()[1]
    check(process.returncode in (0, -signal.SIGKILL), f"exit {process.returncode}: {said.decode()[-2000:]}")
    bench.settle()
    return process.returncode != 0


def names(folder: Path) -> set[str]:
    """List a folder that may not be there yet."""
    return set(os.listdir(folder)) if folder.is_dir() else set()  # noqa: PTH208 (a Path costs too much here)


def journal(out: Path) -> tuple[list[str], bytes]:
    """Give the visits whose answers are kept, each once, and the whole lines that hold them."""
    path = out / JOURNAL
    data = path.read_bytes() if path.is_file() else b""
    lines = data[: data.rfind(b"\n") + 1]
    try:
        rows = [json.loads(line) for line in lines.splitlines()]
    except ValueError:
        raise SystemExit(f"FAILED: a line of {JOURNAL} is not JSON") from None
    keys = Counter(row["key"] for row in rows)
    check(all(n == 1 for n in keys.values()), f"{JOURNAL} holds an answer twice")
    found = [re.search(r"Finding (\d+)-", row["answer"]["text"]) for row in rows]
    return [match[1] for match in found if match], lines


def check_killed(out: Path, lines_before: bytes, whole: Whole) -> None:
    """Check what lies in the folder after a kill: nothing lost, and no file that is half itself."""
    check(journal(out)[1].startswith(lines_before), f"{JOURNAL} lost what it held before")
    visible = {name for name in names(out) if not name.startswith(".")}
    check(visible <= {NOTES, MANIFEST}, f"files that nobody asked for: {sorted(visible)}")
    if NOTES in visible:
        check((out / NOTES).read_bytes() == whole.notes, f"a {NOTES} that is not whole")
    if MANIFEST in visible:
        check(NOTES in visible and "draft" in json.loads((out / MANIFEST).read_bytes())["stages"], MANIFEST)


def check_whole(bench: Bench, out: Path, whole: Whole) -> None:
    """Check a folder in which the command got through."""
    notes = (out / NOTES).read_bytes()
    ids = Counter(json.loads(line)["visit_id"] for line in notes.splitlines())
    check(ids == Counter(visit_id(i) for i in range(bench.visits)), f"{NOTES}: not each visit once")
    check(notes == whole.notes, f"{NOTES} differs from the undisturbed run's")
    check(
        sorted(journal(out)[0], key=int) == [str(i) for i in range(bench.visits)], f"{JOURNAL}: not each once"
    )
    check(names(out) == {NOTES, MANIFEST, JOURNAL}, f"left in the folder: {sorted(names(out))}")
    check(all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir()), "a file that others can read")


def check_asks_nothing(bench: Bench, out: Path) -> None:
    """Run the command once more where it got through before."""
    n_asked, notes = len(bench.stub.asked), (out / NOTES).read_bytes()
    bench.finish(out)
    check(len(bench.stub.asked) == n_asked, "a finished run asked again")
    check((out / NOTES).read_bytes() == notes, f"a finished run changed {NOTES}")


def visit_id(number: int) -> str:
    """Name a visit."""
    return f"V{number:04d}"


def kill_once(bench: Bench, out: Path, whole: Whole, rng: random.Random, count: Count) -> bool:
    """Let the command live once in a folder and look at what is left; false where it got through."""
    kept, lines = journal(out)
    asked_before = len(bench.asked())
    some = [name for name in MOMENTS if len(kept) < bench.visits or name not in WHILE_ASKING]
    moment = rng.choices(some, [MOMENTS[name] for name in some])[0]
    tear = rng.random() < 1 / 3
    killed = live(bench, out, whole, moment, rng)
    asked = set(bench.asked()[asked_before:])
    check(not asked & set(kept), f"asked again what {JOURNAL} held")
    if not killed:
        return False
    check_killed(out, lines, whole)
    count.kills[moment] += 1
    count.again.append(len(asked - set(journal(out)[0])))
    if tear and (out / JOURNAL).is_file():
        count.torn += 1
        with (out / JOURNAL).open("ab") as file:
            file.write(TORN)
    return True


def chaos(bench: Bench, folder: Path, kills: int, rng: random.Random) -> Count:
    """Kill, check, start again, until there were so many kills and the last folder is finished."""
    whole = undisturbed(bench, folder / "undisturbed")
    count = Count()
    while count.kills.total() < kills:
        out = folder / f"run{count.folders}"
        while count.kills.total() < kills:
            if len(journal(out)[0]) == bench.visits and rng.random() < 1 / 2:
                break  # else most kills would meet folders in which all is answered
            if not kill_once(bench, out, whole, rng, count):
                break
        bench.finish(out)
        check_whole(bench, out, whole)
        check_asks_nothing(bench, out)
        count.folders += 1
    limit = 2 * bench.concurrency
    check(max(count.again) <= limit, f"a kill cost {max(count.again)} answers, more than {limit}")
    return count


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, stub_server() as stub:
        table = Path(name) / "visits.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["visit_id", "reference_transcript"])
            rows.writerows([visit_id(i), f"doctor: this is visit number {i}"] for i in range(given.visits))
        stub.replies = [reply]
        bench = Bench(stub, table, given.visits, given.concurrency)
        count = chaos(bench, Path(name), given.kills, random.Random(given.seed))  # noqa: S311 (no secret)
    n_asked = len(bench.asked())
    again = n_asked - (count.folders + 1) * given.visits
    check(again == sum(count.again), f"{again} questions asked again, {sum(count.again)} lost by kills")
    found = {
        "kills": count.kills.total(),
        **{f"  {moment}": count.kills[moment] for moment in MOMENTS},
        "with half a line left": count.torn,
        "folders finished": count.folders,
        "questions asked": n_asked,
        "of them again": again,
        "at most, of one kill": max(count.again),
        "seconds": round(time.monotonic() - started),
    }
    for title, value in found.items():
        print(f"{title:30s} {value:>8}")
    print("Nothing lost, nothing drafted twice.")


if __name__ == "__main__":
    main()
