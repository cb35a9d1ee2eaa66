"""Do the mixed model's intervals hold where weeks depend on each other?  Minutes: `make validate` runs it."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scribeeval.stats.design_matrix import PHASE, DesignMatrix
from scribeeval.stats.mixed import mixed_model

STUDIES = 1000
TRUE_CHANGE = -0.2


def study(rng: np.random.Generator, k: int, autocorrelation: float, spread: float) -> DesignMatrix:
    """Draw k clinicians over 20 weeks before and 12 after; spread: SD of their changes, residual SD 1."""
    n_before, n_after = 20, 12
    weeks = n_before + n_after
    noise = rng.normal(size=(k, weeks))
    for w in range(1, weeks):
        noise[:, w] *= np.sqrt(1 - autocorrelation**2)
        noise[:, w] += autocorrelation * noise[:, w - 1]
    after = np.repeat([0.0, 1.0], [n_before, n_after])
    changes = TRUE_CHANGE + spread * rng.normal(size=(k, 1))
    y = 10 + rng.normal(size=(k, 1)) + changes * after + noise
    columns: Any = np.stack([np.ones(k * weeks), np.tile(after, k)], axis=1)
    clusters: NDArray[np.int64] = np.repeat(np.arange(k), weeks)
    return DesignMatrix(
        measure="simulated",
        y=y.ravel(),
        x=columns,
        names=("intercept", PHASE),
        at=1,
        clusters=clusters,
        clinician_ids=tuple(str(i) for i in range(k)),
        numerators=y.ravel(),
        denominators=np.ones(k * weeks),
        covariates=(),
        crossed=True,
        excluded_periods={},
        excluded_clinicians={},
    )


def coverage(k: int, autocorrelation: float, spread: float) -> dict[str, float]:
    """Count how often each 95 % interval holds the true change."""
    rng = np.random.Generator(np.random.PCG64([k, int(100 * autocorrelation), int(100 * spread)]))
    held = {"intercept": 0, "slope": 0, "bootstrap": 0}
    for _ in range(STUDIES):
        drawn = study(rng, k, autocorrelation, spread)
        seed = int(rng.integers(2**31))
        for asked in ("intercept", "slope"):
            found = mixed_model(drawn, "raw", random_effects=asked, resamples=600, seed=seed)
            ends = {asked: (found.low, found.high)}
            if asked == "intercept" and found.bootstrap is not None:
                ends["bootstrap"] = (found.bootstrap.low, found.bootstrap.high)
            for name, (low, high) in ends.items():
                held[name] += low is not None and high is not None and low <= TRUE_CHANGE <= high
    return {name: n / STUDIES for name, n in held.items()}


@pytest.mark.validation
@pytest.mark.parametrize("k", [12, 40])
def test_coverage_under_autocorrelation(k: int) -> None:
    """The random intercept's own interval is far too short; the other two hold, the bootstrap at 40."""
    chance = 4 * (0.95 * 0.05 / STUDIES) ** 0.5  # four standard errors
    for autocorrelation, spread in ((0.0, 0.0), (0.6, 0.0), (0.6, 0.5)):
        found = coverage(k, autocorrelation, spread)
        print(f"k {k}, AR(1) {autocorrelation}, SD of changes {spread}: {found}")
        if autocorrelation:
            assert found["intercept"] < 0.85
        assert found["slope"] > 0.95 - chance - 0.01
        assert found["bootstrap"] > (0.95 - chance - 0.01 if k == 40 else 0.86)
