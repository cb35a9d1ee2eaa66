"""The README's example, whole: too slow for every commit (`make validate`)."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.validation


def command(*arguments: str) -> list[str]:
    """The installed command, with the network cut off where the system permits it."""
    offline = ["unshare", "--map-root-user", "--net"]
    permitted = shutil.which("unshare") and subprocess.run([*offline, "true"], check=False).returncode == 0
    return [*(offline if permitted else []), str(Path(sys.executable).parent / "scribeeval"), *arguments]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_the_demo_runs_offline_gives_equal_bytes_and_is_fresh_the_second_time(tmp_path: Path) -> None:
    seconds = []
    for out in ("first", "second", "second"):
        started = time.monotonic()
        done = subprocess.run(
            command("run", "configs/demo.toml", "--out", str(tmp_path / out)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds.append(round(time.monotonic() - started, 1))
        assert done.returncode == 0, done.stderr
    assert sum("fresh" in line for line in done.stdout.splitlines()) == 5
    assert files(tmp_path / "first") == files(tmp_path / "second")
    print(f"seconds: first {seconds[0]}, again elsewhere {seconds[1]}, again there {seconds[2]}")
