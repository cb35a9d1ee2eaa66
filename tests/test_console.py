"""Progress in a pipe: few lines, with rate and time left."""

import time

import pytest

from scribeeval import console


def test_a_plain_count_prints_a_line_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with console.Plain().progress("score", total=10_000, done=2000) as advance:
        for _ in range(12):
            now += 1
            advance(50)
    # By hand: 12 s at 50 a second; 2000 were there before and are no part of the rate.
    assert capsys.readouterr().out.splitlines() == [
        "score: 2,250/10,000, 50 per s, 155 s left",
        "score: 2,500/10,000, 50 per s, 150 s left",
    ]


def test_a_terminal_counts_under_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with console.Terminal().progress("score", total=3) as advance:
        advance(3)
    assert "3/3" in capsys.readouterr().out
