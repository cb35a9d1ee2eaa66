"""`scribeeval draft` killed and started again, small; `make chaos` does it fifty times (docs/chaos.md)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_killed_while_it_asks_and_writes_it_loses_nothing_and_drafts_nothing_twice() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "chaos_draft.py"), "--kills", "3", "--visits", "20"]
    done = subprocess.run(
        [*command, "--concurrency", "2", "--seed", "42"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines())
    assert found["kills"] == "3"
    assert int(found["  asking"]) > 0, "the seed no longer aims where it matters"
    assert int(found["with half a line left"]) > 0
