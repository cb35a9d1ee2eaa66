"""The simulated pilot: the planted truth, the published pattern, and equal bytes."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribeeval.errors import InputError
from scribeeval.records import Change
from scribeeval.stats.measures import COLUMNS, MEASURES, clinician_values
from scribeeval.stats.paired import compare
from scribeeval.stats.simulate import Pilot, simulate, to_csv_text
from scribeeval.stats.simulate_settings import SIMULATED, Settings, read_settings

CONFIG = Path(__file__).parents[2] / "configs" / "simulate-demo.toml"
NOTES, CLOSURE, AFTER_HOURS, MANUAL, LENGTH = SIMULATED


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["simulate"]
    return loaded


@pytest.fixture(scope="module")
def demo(table: dict[str, Any]) -> Settings:
    return read_settings(table)


@pytest.fixture(scope="module")
def pilot(demo: Settings) -> Pilot:
    return simulate(demo)


def changes(pilot: Pilot, prefix: str = "S") -> Mapping[str, Change]:
    """Compare one group's clinicians in every measure."""
    group = pilot.ehr_use[pilot.ehr_use["clinician_id"].str.startswith(prefix)]
    found = {}
    for name in SIMULATED:
        values = clinician_values(group, MEASURES[name])
        found[name] = compare(
            MEASURES[name],
            values.before,
            values.after,
            n_dropped=len(values.dropped),
            seed=1,
        )
    return found


def percents(change: Change) -> dict[str, float]:
    return {name: e.estimate for name, e in change.percent_change.items() if e.estimate is not None}


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_means_are_the_ones_asked_for(demo: Settings, seed: int | None) -> None:
    found = changes(simulate(demo if seed is None else replace(demo, seed=seed)))
    for name, target in demo.measures.items():
        assert found[name].before == pytest.approx(target.before, rel=0.02)
        assert found[name].after == pytest.approx(target.after, rel=0.02)


def test_demo_shows_the_published_pattern(pilot: Pilot) -> None:
    """Duggan et al. (2025): first the change in the text, then the one in the table, in percent."""
    published = {
        NOTES: (-20.4, -15.2),
        CLOSURE: (9.4, 9.1),
        AFTER_HOURS: (-30.0, -16.9),
        MANUAL: (-29.5, -20.7),
        LENGTH: (20.6, 15.5),
    }
    for name, change in changes(pilot).items():
        got = percents(change)
        of_means, of_clinicians = published[name]
        assert got["ratio_of_means"] * 100 == pytest.approx(of_means, abs=0.5)
        assert got["geometric_mean_ratio"] * 100 == pytest.approx(of_clinicians, abs=2)


def test_planted_effect_is_recovered_exactly_without_noise(demo: Settings) -> None:
    """Everyone changes by the same factor: then, and only then, all estimators agree."""
    quiet = {
        name: replace(target, heavy_gain=0, gain_spread=0, noise=0, season=0)
        for name, target in demo.measures.items()
    }
    found = changes(simulate(replace(demo, measures=quiet, drift_per_year=0)))
    for name in (NOTES, AFTER_HOURS, MANUAL, LENGTH):
        planted = demo.measures[name].after / demo.measures[name].before - 1
        assert percents(found[name]) == pytest.approx(dict.fromkeys(percents(found[name]), planted), abs=2e-3)


def test_heavy_documenters_gain_more(pilot: Pilot) -> None:
    for name in (NOTES, AFTER_HOURS, MANUAL, LENGTH):
        change = percents(changes(pilot)[name])
        assert abs(change["ratio_of_means"]) > abs(change["geometric_mean_ratio"]) + 0.03


def test_controls_drift_and_nothing_else(demo: Settings) -> None:
    quiet = {name: replace(target, noise=0, season=0) for name, target in demo.measures.items()}
    found = changes(simulate(replace(demo, measures=quiet, drift_per_year=-0.1)), "K")
    # Middle of the weeks after minus middle of those before: 43 - 19 weeks.
    for name in (NOTES, AFTER_HOURS, LENGTH):
        drift = np.exp(-0.1 * 24 * 7 / 365.25) - 1
        assert percents(found[name]) == pytest.approx(dict.fromkeys(percents(found[name]), drift), abs=4e-3)


def test_scribe_clinicians_change_and_controls_do_not_by_much(pilot: Pilot) -> None:
    for name, control in changes(pilot, "K").items():
        assert control.n_clinicians == 40
        assert abs(percents(control)["geometric_mean_ratio"]) < 0.05
        p_value = changes(pilot)[name].tests["paired_t"].p_value
        assert p_value is not None
        assert p_value < 0.01


def test_one_scribe_clinician_left_before_the_training(pilot: Pilot) -> None:
    for name, change in changes(pilot).items():
        assert (change.n_clinicians, change.n_dropped) == (45, 1)
        assert clinician_values(pilot.ehr_use, MEASURES[name]).dropped == {"S017": "no_after_periods"}


def test_weeks_and_phases(pilot: Pilot) -> None:
    weeks = pilot.ehr_use.drop_duplicates("period_start").sort_values("period_start")
    assert all(date.fromisoformat(week).weekday() == 0 for week in weeks["period_start"])
    assert list(weeks["phase"]) == ["before"] * 39 + ["training"] * 2 + ["after"] * 5
    worked = len(pilot.ehr_use) / len(SIMULATED)
    assert 0.85 < worked / (86 * 46) < 0.95  # weeks away have no row


def test_measures_of_a_week_share_their_appointments(pilot: Pilot) -> None:
    assert tuple(pilot.ehr_use.columns) == COLUMNS
    wide = pilot.ehr_use.pivot_table(
        index=["clinician_id", "period_start"], columns="measure", values=["numerator", "denominator"]
    )
    assert wide.notna().to_numpy().all()
    numerator, denominator = wide["numerator"], wide["denominator"]
    assert (denominator[NOTES] == denominator[CLOSURE]).all()
    assert (denominator[NOTES] == denominator[LENGTH]).all()
    assert (denominator[MANUAL] == numerator[LENGTH]).all()
    assert (numerator[CLOSURE] <= denominator[CLOSURE]).all()
    assert denominator[AFTER_HOURS].isin([1, 2, 3, 4, 5]).all()
    assert (denominator > 0).to_numpy().all()


def test_clinicians(pilot: Pilot) -> None:
    clinicians = pilot.clinicians.set_index("clinician_id")
    assert clinicians["group"].value_counts().to_dict() == {"scribe": 46, "control": 40}
    scribe, control = (clinicians[clinicians["group"] == group] for group in ("scribe", "control"))
    assert scribe.index.str.startswith("S").all()
    for group in (scribe, control):
        assert (group["specialty"].nunique(), group["site"].nunique()) == (7, 22)
        assert group["years_in_practice"].mean() == pytest.approx(11.1, rel=0.02)
        assert group["weekly_visits"].mean() == pytest.approx(36.5, rel=0.02)
        assert group["problem_list_size"].mean() == pytest.approx(10.0, rel=0.02)

    notes = pilot.ehr_use[pilot.ehr_use["measure"] == NOTES]
    by_phase = notes.groupby(["phase", "clinician_id"])["denominator"]
    eligible = by_phase.sum().loc["after"].reindex(clinicians.index, fill_value=0)
    assert (eligible == clinicians["eligible_visits"]).all()
    np.testing.assert_allclose(
        by_phase.mean().loc["before"].reindex(clinicians.index), clinicians["weekly_visits"], atol=0.051
    )
    assert (control["scribe_visits"] == 0).all()
    utilisation = (scribe["scribe_visits"] / scribe["eligible_visits"]).drop("S017")
    assert utilisation.between(0.29, 0.91).all()
    assert utilisation.std() > 0.1


def test_who_uses_the_scribe_more_gains_more(demo: Settings) -> None:
    many = simulate(replace(demo, n_scribe=400))
    values = clinician_values(many.ehr_use, MEASURES[NOTES])
    clinicians = many.clinicians.set_index("clinician_id").loc[list(values.clinician_ids)]
    scribe = (clinicians["group"] == "scribe").to_numpy()
    utilisation = (clinicians["scribe_visits"] / clinicians["eligible_visits"])[scribe]
    change = np.log(values.after / values.before)[scribe]
    assert np.corrcoef(utilisation, change)[0, 1] < -0.15


def test_equal_settings_give_equal_bytes(demo: Settings, pilot: Pilot) -> None:
    """The golden sums are of this code, with and without AVX; they change with the demo's settings."""

    def sha256(pilot: Pilot) -> list[str]:
        return [hashlib.sha256(to_csv_text(frame).encode()).hexdigest()[:16] for frame in pilot]

    assert sha256(simulate(demo)) == sha256(pilot)
    assert sha256(simulate(replace(demo, seed=1))) != sha256(pilot)
    assert sha256(pilot) == ["4540a136393e3474", "30b61d7188beca04"]


def test_csv_has_no_float_noise(pilot: Pilot) -> None:
    for frame in pilot:
        lines = to_csv_text(frame).splitlines()
        assert lines[0] == ",".join(frame.columns)
        numbers = [field for line in lines[1:] for field in line.split(",") if field[0].isdigit()]
        odd = [field for field in numbers if not re.fullmatch(r"\d+(\.\d)?|\d{4}-\d\d-\d\d", field)]
        assert not odd


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sede": 1}, r"\[simulate\] key 'sede' is not known; did you mean 'seed'"),
        ({"n_sites": None}, "n_sites must be of type int"),
        ({"n_sites": 2.5}, "n_sites must be of type int"),
        ({"leave": True}, "leave must be of type float"),
        ({"leave": 5}, "between 0 and 1"),
        ({"first_week": date(2024, 1, 2)}, "must be Mondays"),
        ({"holiday_weeks": ["2024-01-01"]}, "must be Mondays"),
        ({"weeks_after": 0}, "weeks_after, n_control and n_sites must be at least 1"),
        ({"leaver": 47}, "leaver one of them"),
        ({"specialties": []}, "at least one"),
        ({"weekly_visits": 0}, "above 0"),
        ({"seed": -1}, "seed"),
        ({"measures": 3}, "measures must be of type Mapping"),
        ({"measures": {}}, f"lacks {NOTES}"),
    ],
)
def test_settings_that_cannot_be_simulated_are_an_input_error(
    table: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_settings(table | change)


def test_a_missing_key_and_an_impossible_share_are_an_input_error(table: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="lacks seed"):
        read_settings({key: value for key, value in table.items() if key != "seed"})
    measures = table["measures"]
    with pytest.raises(InputError, match="those of shares below 1"):
        read_settings(table | {"measures": measures | {CLOSURE: measures[CLOSURE] | {"after": 1.2}}})
    with pytest.raises(InputError, match=f"measures.{NOTES}. must be a table|{NOTES} must be of type"):
        read_settings(table | {"measures": measures | {NOTES: 3}})
