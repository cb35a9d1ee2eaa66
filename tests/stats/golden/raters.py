"""Golden values of weighted kappa and Krippendorff's alpha, from packages of others.

Run, where krippendorff and scikit-learn are installed:
python tests/stats/golden/raters.py > tests/stats/golden/raters.json
"""

import json
import sys
from importlib.metadata import version
from typing import Any

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def alpha_case(who: str, ratings: Any) -> dict[str, Any]:
    """ratings: (things, raters), NaN = missing."""
    columns = np.asarray(ratings, dtype=float).T
    values = {
        level: float(krippendorff.alpha(reliability_data=columns, level_of_measurement=level))
        for level in LEVELS
    }
    rows = [[None if np.isnan(x) else float(x) for x in row] for row in columns.T]
    return {"who": who, "ratings": rows, "alpha": values}


def kappa_case(who: str, x: list[int], y: list[int]) -> dict[str, Any]:
    # The labels name every mark between: scikit-learn weighs by place, we by value.
    labels = list(range(min(*x, *y), max(*x, *y) + 1))
    values = {w: float(cohen_kappa_score(x, y, labels=labels, weights=w)) for w in ("linear", "quadratic")}
    return {"who": who, "x": x, "y": y, "kappa": values}


def main() -> None:
    """Write the cases as JSON."""
    nan = float("nan")
    four_observers = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
            [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
        ]
    ).T
    rng = np.random.default_rng(20)
    quality = rng.normal(size=40)
    marks = np.clip(np.rint(3 + quality[:, None] + rng.normal(scale=0.8, size=(40, 3))), 1, 5)
    holes = np.where(rng.random(marks.shape) < 0.25, nan, marks)
    seconds = np.round(np.exp(rng.normal(size=(25, 1)) + rng.normal(scale=0.3, size=(25, 4))), 2)
    noise = rng.integers(1, 6, size=(50, 2)).astype(float)
    alphas = [
        alpha_case("Krippendorff (2011), C: twelve units, four observers, missing data", four_observers),
        alpha_case("marks 1 to 5 of 40 notes by three raters", marks),
        alpha_case("the same with a quarter missing", holes),
        alpha_case("25 amounts by four raters, 2 digits", seconds),
        alpha_case("noise alone", noise),
        alpha_case("with a zero, for the ratio", [[0, 0], [0, 1], [2, 3], [4, 4], [5, nan]]),
    ]
    a, b, c = (column.astype(int).tolist() for column in marks.T)
    kappas = [
        kappa_case("marks of 40 notes, raters 1 and 2", a, b),
        kappa_case("marks of 40 notes, raters 1 and 3", a, c),
        kappa_case("noise alone", *(column.astype(int).tolist() for column in noise.T)),
        kappa_case("worse than chance", [1, 2, 3, 4, 5, 1], [5, 4, 3, 2, 1, 4]),
        kappa_case("a mark that nobody gave lies between", [1, 1, 2, 5, 5, 2], [1, 2, 2, 5, 1, 5]),
    ]
    says = (
        f"krippendorff {version('krippendorff')}; scikit-learn {version('scikit-learn')}, cohen_kappa_score"
    )
    json.dump({"says": says, "alphas": alphas, "kappas": kappas}, sys.stdout, indent=None)


if __name__ == "__main__":
    main()
