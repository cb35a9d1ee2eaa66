"""The chat client against a server on this machine that lets so many requests a second through.

    python benchmarks/chat_client.py [--questions N] [--in-flight N] [--rate N] [--bad SHARE]

Prints how many answers came, how many were lost or doubled or went to another question, the most that
were under way at once by the server's count, connections, time and rate.  --bad: the share of requests
that the server fails: status 429 or 500, an answer cut midway, a connection closed before or after it.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from models.chat.stub_server import answer, cut, echo, echo_and_close, hang_up, stub_server
from scribeeval.models.chat import CHAT_MODELS, ChatSettings
from scribeeval.models.chat.base import Completion, Message, Question

BAD = (answer(429, {}, Retry_After="0"), answer(500, {}), cut, hang_up, echo_and_close)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--bad", type=float, default=0.0)
    given = parser.parse_args()
    with stub_server() as stub:
        settings = ChatSettings(model="stub", endpoint=stub.url, concurrency=given.in_flight, tries=8)
        model = CHAT_MODELS["openai-compatible"].load(settings, print)
        stub.gate = given.rate
        if given.bad:
            every = round(1 / given.bad)
            turns = range(2 * given.questions)
            stub.replies = [BAD[i // every % len(BAD)] if i % every == 0 else echo for i in turns]
        started = time.perf_counter()
        came: Counter[int] = Counter()
        wrong = failed = 0
        asked = [Question((Message("user", str(i)),), max_tokens=100) for i in range(given.questions)]
        for index, found in model.answer(asked):
            came[index] += 1
            failed += not isinstance(found, Completion)
            wrong += isinstance(found, Completion) and found.text != f"to {index}"
        seconds = time.perf_counter() - started
    rows = {
        "questions": given.questions,
        "answers": len(came) - failed,
        "lost": given.questions - len(came) + failed,
        "doubled": sum(n - 1 for n in came.values()),
        "given to another question": wrong,
        "requests": len(stub.asked),
        "under way at most (server)": stub.most,
        "under way on average (server)": f"{stub.under_way_s / seconds:.1f}",
        "connections": len(stub.peers),
        "seconds": f"{seconds:.1f}",
        "requests per second": f"{len(stub.asked) / seconds:.1f}",
    }
    for name, value in rows.items():
        print(f"{name:30s} {value:>10}")


if __name__ == "__main__":
    main()
