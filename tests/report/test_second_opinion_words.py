"""Whatever a second opinion can be called, or can say why, has words in both languages."""

from typing import get_args

import numpy as np
import pytest

from scribeeval.report.languages import LANGUAGES, load
from scribeeval.stats.effects import Why
from scribeeval.stats.second_opinions import EstimateKind, second_opinions


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_name_and_reason_has_words(code: str) -> None:
    strings = load(code).strings
    x = np.column_stack([np.ones(8), np.tile([0.0, 1.0], 4)])
    y, who = np.linspace(0.2, 0.9, 8) ** 2, np.arange(8) // 2
    models = {
        name
        for kind, trials in (("time", None), ("share", np.full(8, 9.0)))
        for name in second_opinions(
            y, x, ("one", "after"), who, 1, kind=kind, trials=trials, seed=1, resamples=9
        )
    }
    assert {f"second_opinion.{name}" for name in models} <= strings.keys()
    assert {f"second_opinion_kind.{name}" for name in get_args(EstimateKind)} <= strings.keys()
    assert {f"second_opinion_why.{name}" for name in get_args(Why)} == {
        key for key in strings if key.startswith("second_opinion_why.")
    }
