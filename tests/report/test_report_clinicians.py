"""Flow, missing data, utilisation, links and subgroups as printed: right numbers, complete, no ids.

study.json is made here by the statistics themselves, so that both sides agree on its shape.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from recorded import Recorded

from scribeeval.report.blocks import Block, Figure, Heading, Items, Paragraph, Table
from scribeeval.report.dose import dose_blocks, link_blocks
from scribeeval.report.flow import flow_blocks
from scribeeval.report.languages import Language, load
from scribeeval.report.missing import missing_blocks
from scribeeval.report.use_subgroups import subgroup_blocks
from scribeeval.stats import permutation
from scribeeval.stats.changes import clinician_changes
from scribeeval.stats.dose import UserRule, dose
from scribeeval.stats.flow import flow
from scribeeval.stats.links import links
from scribeeval.stats.measures import COLUMNS, MEASURES, clinician_values
from scribeeval.stats.missing import compare
from scribeeval.stats.subgroups import subgroups
from scribeeval.stats.utilisation import utilisation

Json = Any
NOTES, CLOSURE, AFTER = (
    "time_in_notes_min_per_appointment",
    "same_day_closure_rate",
    "after_hours_min_per_workday",
)
PARTS = (flow_blocks, missing_blocks, dose_blocks, link_blocks, subgroup_blocks)
OURS = (
    "group_effect", "flow", "flow_arm", "flow_step", "flow_reason", "missing", "missing_analysis",
    "missing_why", "dose", "dose_reason", "links", "links_per", "subgroup_use", "subgroup_reason",
    "moderator",
)  # fmt: skip
HOSTILE = "<script>left & gone</script>"


@pytest.fixture(autouse=True)
def _few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "PERMUTATIONS", 19)


both = pytest.mark.parametrize("code", ["en", "ko"])


def clinicians(n: int = 24) -> pd.DataFrame:
    ids = [f"S-ID-{i:03d}" for i in range(n)]
    frame = pd.DataFrame(
        {
            "group": ["scribe"] * (n - 4) + ["control"] * 4,
            "specialty": [("cardiology", "neurology", HOSTILE)[i % 3] for i in range(n)],
            "years_in_practice": np.arange(n) % 13 + 1.0,
            "same": 1.0,
            "scribe_visits": [float(5 * i % 97 * (i < n - 4)) for i in range(n)],
            "eligible_visits": 100.0,
            "invited": "yes",
            "trained": ["2024-03-01" if i % 7 else None for i in range(n)],
            "exit_reason": [HOSTILE if i == 2 else None for i in range(n)],
        },
        index=ids,
    )
    frame.loc[ids[3], "eligible_visits"] = np.nan
    frame.loc[ids[5:10], "specialty"] = None
    return frame


def rows(frame: pd.DataFrame, *, zero: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    table = []
    for k, i in enumerate(frame.index):
        for name, size, fall in ((NOTES, 10, 0.8), (CLOSURE, 0.6, 1.15), (AFTER, 40, 0.7)):
            value = size * rng.uniform(0.8, 1.2)
            table.append((i, "2024-01-01", "before", name, value, 1.0))
            if k not in (1, 2):
                change = 0.0 if zero and name == AFTER and k == 4 else fall * rng.uniform(0.8, 1.2)
                table.append((i, "2024-06-01", "after", name, value * change, 1.0))
    return pd.DataFrame(table, columns=list(COLUMNS))


def study(n: int = 24, *, zero: bool = False, columns: Any = None, table: Any = None, **more: Any) -> Json:
    """Make the parts of study.json that these blocks read."""
    people = clinicians(n) if table is None else table
    frame = rows(people, zero=zero)
    groups = people["group"] if "group" in people.columns else pd.Series("scribe", index=people.index)
    scribe = frame[frame["clinician_id"].map(groups) == "scribe"]
    values = {name: clinician_values(scribe, MEASURES[name]) for name in (NOTES, CLOSURE, AFTER)}
    measured = {name: clinician_changes(one, MEASURES[name]) for name, one in values.items()}
    options: dict[str, Any] = {"alpha": 0.05, "resamples": 20, "seed": 1}
    columns = columns or ["specialty", "years_in_practice", "same"]
    mar = {"estimate": -0.2, "low": -0.3, "high": -0.1, "estimate_kind": "percent_change", "n_clinicians": 20}
    measures = {}
    for name, one in values.items():
        found = dose(measured[name], people, **options, **more)
        by = subgroups(measured[name], people, columns, alpha=0.05, seed=1)
        measures[name] = {
            "unit": MEASURES[name].unit,
            "kind": MEASURES[name].kind,
            "scale": MEASURES[name].scale,
            "before": float(one.before.mean()),
            "after": float(one.after.mean()),
            "missing_data": asdict(
                compare(scribe, MEASURES[name], people, alpha=0.05, mar=mar if name == NOTES else None)
            ),
            "dose": None if found is None else asdict(found),
            "subgroups": {column: asdict(part) for column, part in by.items()},
        }
    use = utilisation(people)
    pairs = [(NOTES, CLOSURE), (CLOSURE, AFTER)] + ([("utilisation", NOTES)] if use else [])
    linked = links(measured, use, pairs, **options)
    result = {
        "alpha": 0.05,
        "primary": NOTES,
        "flow": asdict(flow(frame, people, values)),
        "measures": measures,
        "links": [asdict(link) for link in linked],
    }
    return json.loads(json.dumps(result))


def texts(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            yield block.text
        elif isinstance(block, Items):
            yield from block.items
        elif isinstance(block, Figure):
            yield from (block.caption, block.svg)
        elif isinstance(block, Table):
            yield from (block.caption, *block.columns)
            for group in block.groups:
                yield from (group.heading or "", *(cell for row in group.rows for cell in row))


def printed(part: Any, made: Json, code: str = "en") -> list[str]:
    return [text.replace("\u00a0", " ") for text in texts(list(part(load(code), made)))]


def table_rows(part: Any, made: Json) -> list[tuple[str, ...]]:
    blocks = [block for block in part(load("en"), made) if isinstance(block, Table)]
    found = [row for block in blocks for group in block.groups for row in group.rows]
    return [tuple(cell.replace("\u00a0", " ") for cell in row) for row in found]


@both
def test_no_id_is_printed_and_drawings_are_escaped(code: str) -> None:
    made = study()
    for part in PARTS:
        blocks = list(part(load(code), made))
        assert blocks, part
        assert "S-ID" not in " ".join(texts(blocks))
        for block in blocks:
            if isinstance(block, Figure):
                ET.fromstring(block.svg)  # noqa: S314  (our own drawing)
                assert "<script>" not in block.svg
            if isinstance(block, Table):
                assert all(len(row) == len(block.columns) for group in block.groups for row in group.rows)


def test_flow_prints_counts_reasons_and_what_nobody_recorded() -> None:
    made = study()
    found = table_rows(flow_blocks, made)
    assert ("Invited", "20", "0", "") in found
    assert ("Trained", "17", "3", "no reason given 3") in found
    assert ("Also with EHR use after", "18", "2", f"{HOSTILE} 1; no values after 1") in found
    assert ("Analysed: Time in notes", "18", "2", f"{HOSTILE} 1; no values after 1") in found
    assert ("Used the scribe", "does not apply", "", "") in found
    assert "Scribe group: 20 clinicians listed, 18 analysed." in printed(flow_blocks, made)
    made = study(table=clinicians().drop(columns=["invited", "trained"]))
    text = " ".join(printed(flow_blocks, made))
    assert "Not recorded in the table of clinicians: Invited, Trained." in text


def test_missing_data_stand_side_by_side() -> None:
    found = table_rows(missing_blocks, study())
    analyses = [row[0] for row in found[:3]]
    assert analyses == ["Complete case", "Last period", "Mixed model (missing at random)"]
    assert found[2][1:] == ("−20.0 % (−30.0 to −10.0)", "20", "0")
    assert found[5][1:] == ("not computed", "", "0")
    text = " ".join(printed(missing_blocks, study()))
    assert "2 of 20 clinicians without a change (no values after 2)" in text


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (
            "reached",
            "once the 2 clinicians without values changed by +50.0 % on average, a shift of +88.0 % or 2.0",
        ),
        ("not_reached", "not reached within 10 times the observed effect (2 clinicians without values)"),
        ("includes_zero", "takes in zero without any shift"),
        ("nobody_missing", "nobody is missing"),
        ("undefined", "undefined for lack of spread"),
    ],
)
def test_tipping_point_is_told_in_words(status: str, says: str) -> None:
    made = study()
    made["measures"][NOTES]["missing_data"]["tipping_point"] |= {
        "status": status, "delta": 0.88, "missing_change": 0.5, "relative": -2.0,
    }  # fmt: skip
    told = [text for text in printed(missing_blocks, made) if text.startswith("Time in notes: ")]
    assert any(says in text for text in told)


def test_slope_is_printed_in_percent_for_times_and_in_points_for_shares() -> None:
    made = study()
    for name, text in ((NOTES, "−2.5 % (−4.0 to −1.0)"), (CLOSURE, "−2.5 percentage points (−4.0 to −1.0)")):
        made["measures"][name]["dose"]["slope"] |= {"estimate": -0.025, "low": -0.04, "high": -0.01}
        assert any(row[2] == text for row in table_rows(dose_blocks, made)), text


def test_confounding_is_always_said() -> None:
    made = study()
    assert any("This is no effect of the dose" in text for text in printed(dose_blocks, made))
    assert any("A link is not an effect" in text for text in printed(link_blocks, made))


def test_large_pilots_are_drawn_in_bins() -> None:
    made = study(310)
    assert made["measures"][NOTES]["dose"]["points"] is None
    assert any("means of 20 groups" in text for text in printed(dose_blocks, made))


def test_suppressed_subgroup_prints_no_number() -> None:
    made = study()
    levels = made["measures"][NOTES]["subgroups"]["specialty"]["levels"]
    hidden = [name for name, effect in levels.items() if effect["suppressed"]]
    assert hidden
    found = table_rows(subgroup_blocks, made)
    for name in hidden:
        assert next(row for row in found if row[0] == name) == (name, "not shown", "not shown")
    assert any(text.startswith("Not shown: fewer than 5") for text in printed(subgroup_blocks, made))


def test_interaction_is_printed_with_its_degrees_of_freedom() -> None:
    made = study()
    made["measures"][NOTES]["subgroups"]["years_in_practice"]["interaction"] |= {
        "statistic": 3.456, "df_between": 2.0, "df_within": 11.26, "p_value": 0.012, "p_adjusted": 0.036,
        "p_permutation": 0.0004, "p_permutation_adjusted": 0.0012,
    }  # fmt: skip
    wanted = ("Years in practice", "3.46 (2, 11.3)", "0.012", "0.036", "< 0.001", "0.001")
    assert wanted in table_rows(subgroup_blocks, made)


def test_without_utilisation_only_that_is_said() -> None:
    made = study(table=clinicians().drop(columns="scribe_visits"))
    assert printed(dose_blocks, made)[1:] == [load("en")("dose.not_recorded")]


@pytest.mark.parametrize("part", PARTS)
def test_a_study_without_the_part_prints_nothing(part: Any) -> None:
    made = {"alpha": 0.05, "primary": None, "measures": {NOTES: {"unit": "u", "kind": "time"}}}
    assert list(part(load("en"), made)) == []


def variants() -> list[Json]:
    """Inputs that need every word between them, made once and handed out as copies."""
    return [json.loads(text) for text in made_once()]


@cache
def made_once() -> tuple[str, ...]:
    return tuple(json.dumps(one) for one in make_variants())


def make_variants() -> Iterator[Json]:
    yield study()
    yield study(zero=True, users=UserRule(2))
    yield study(310, users=UserRule(1, 0.1))
    yield study(12, columns=["specialty", "weekly_visits", "problem_list_size", "site"], table=odd(12))
    yield study(7, table=odd(7).iloc[:7])
    yield study(table=clinicians().drop(columns=["scribe_visits", "invited", "trained", "exit_reason"]))
    edge = study()
    first, second, third = (edge["measures"][name] for name in (NOTES, CLOSURE, AFTER))
    second["missing_data"]["versus_control"] = True  # the primary measure is told first
    everyone, users = (second["dose"]["effects"][name] for name in ("intention_to_treat", "as_used"))
    users["n_clinicians"] = everyone["n_clinicians"]
    for why, one in zip(("zero_value", "no_clinicians"), (first, second), strict=True):
        one["missing_data"]["analyses"]["last_period"] |= {"estimate": None, "why": why}
    first["missing_data"]["n_missing"] = 0
    statuses = ("reached", "nobody_missing", "undefined")
    for status, one in zip(statuses, (first, second, third), strict=True):
        point = {"status": status, "delta": 0.1, "missing_change": 0.1, "relative": -1.0}
        one["missing_data"]["tipping_point"] |= point
    reasons = ("no_ehr_use", "zero_denominator", "no_before_periods", "no_after_periods")
    second["missing_data"]["reasons"] = dict.fromkeys(reasons, 1)
    whys = ("fewer_than_3", "no_spread", "one_clinician_decides")
    for why, one in zip(whys, (first, second, third), strict=True):
        one["dose"] |= {"why": why}
        one["dose"]["slope"] |= {"low": None}
    second["unit"], second["kind"] = "min per day", "time"
    second["dose"]["estimate_kind"] = "difference"
    edge["primary"] = CLOSURE
    undefined = ("no_eligible_visits", "not_recorded")
    second["dose"]["n_undefined"] = dict.fromkeys(undefined, 1)
    edge["links"][0] |= {"suppressed": True}
    for kind, link in zip(("unit", "percent"), edge["links"][1:], strict=True):
        link["per_kind"] = kind
    edge["flow"]["arms"]["scribe"]["measures"][NOTES]["n"] = 17
    edge["flow"]["arms"]["scribe"]["steps"][3] |= {"joined": 2, "n_unknown": 1}
    tests = [one["interaction"] for one in second["subgroups"].values()]
    for why, test in zip(("level_of_one_clinician", "level_without_spread"), tests, strict=False):
        test |= {"statistic": None, "why": why}
    yield edge
    first["missing_data"]["tipping_point"]["status"] = "not_reached"
    second["missing_data"]["tipping_point"]["status"] = "includes_zero"
    third["dose"]["why"] = "no_scatter"
    second["dose"]["estimate_kind"], second["kind"] = "difference", "share"
    yield edge


def odd(n: int) -> pd.DataFrame:
    """A table in which little is known: one empty column, one site, no groups, few visits counted."""
    people = clinicians(n).drop(columns=["group"])
    people["weekly_visits"] = pd.Series(None, index=people.index, dtype=object)
    people["problem_list_size"], people["site"] = 1.0, "one"
    people.loc[people.index[4:], "scribe_visits"] = np.nan
    return people


@both
def test_every_string_is_used(code: str) -> None:
    strings = Recorded(load(code).strings)
    say = Language(code, strings)
    for made in variants():
        for part in PARTS:
            list(part(say, made))
    ours = {key for key in strings if key.partition(".")[0] in OURS}
    assert ours
    assert ours - strings.used == set()


def test_reasons_of_the_statistics_have_words() -> None:
    strings = load("en").strings
    sources = ("dose_reason", "subgroup_reason", "flow_reason", "missing_why")
    known = {key.partition(".")[2] for key in strings if key.partition(".")[0] in sources}
    for made in variants():
        for name in (NOTES, CLOSURE, AFTER):
            data = made["measures"][name]
            codes = {one["why"] for one in data["subgroups"].values()} | {(data["dose"] or {}).get("why")}
            codes |= {one["interaction"]["why"] for one in data["subgroups"].values()}
            assert codes - {None} <= known


def test_korean_prints_no_english_sentence() -> None:
    made = study()
    text = re.sub(r"<svg.*?</svg>", "", " ".join(t for part in PARTS for t in printed(part, made, "ko")))
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", text)
