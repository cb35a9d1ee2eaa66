"""Put the sections of a report into one self-contained HTML page."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from scribeeval.report.blocks import Section
from scribeeval.report.closing import failures_section, limits_section, methods_section
from scribeeval.report.finding_list import findings_section
from scribeeval.report.judgements import judgements_section
from scribeeval.report.languages import Language, load
from scribeeval.report.lost_terms import lost_terms_section
from scribeeval.report.note_sections import note_section
from scribeeval.report.opening import summary_section
from scribeeval.report.published import published_section
from scribeeval.report.scores import score_sections, subgroups_section
from scribeeval.report.systems import panel_section
from scribeeval.report.use_sections import use_sections
from scribeeval.report.views import Json, views


def render(
    summary: Mapping[str, Any] | None,
    study: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    language: Literal["en", "ko"],
) -> str:
    """Render the report as one HTML page without script, network or, unless asked for, patient text.

    summary, study: what summary.json and study.json hold; None leaves the part out, with a line that
    names the command which makes it.  facts: title, run_name, version, simulated, n_visits, level, and
    what else is known of the run; facts["metrics"] says what each metric compares, its unit and its
    better direction; facts["findings"] are those to print with their words, None as a rule.  A metric,
    measure, test or flag that the report does not know prints by its name.

    Equal arguments give equal bytes.  Undefined values (None) print as undefined; all rounding is done
    here and nowhere before.

    Raises:
        InputError: there is no such language, or a value is NaN or infinite.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    say = load(language).with_names("measure", _own_titles(study))
    environment = Environment(
        loader=PackageLoader("scribeeval.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sections = tuple(_sections(say, summary, study, facts))
    return environment.get_template("page.html").render(
        say=say, facts=facts, about=_about(say, facts), sections=sections
    )


def _sections(say: Language, summary: Json | None, study: Json | None, facts: Json) -> Iterator[Section]:
    metrics = views(say, summary, facts) if summary is not None else []
    yield summary_section(say, summary, study, facts, metrics)
    if summary is not None:
        level = say.percent(facts["level"], digits=0)
        panel = panel_section(say, summary, metrics)
        if panel is not None:
            yield panel
        yield from score_sections(say, summary, level, metrics)
        further = (
            lost_terms_section(say, summary.get("lost_terms")),
            note_section(say, summary, metrics),
            subgroups_section(say, summary.get("by") or {}, level, metrics),
            judgements_section(say, facts.get("judgement")),
        )
        yield from (section for section in further if section is not None)
    if study is not None:
        yield from use_sections(say, study)
    if facts.get("published"):
        simulated = bool(facts.get("simulated"))
        yield published_section(say, facts["published"], study, simulated=simulated)
    if facts.get("findings"):
        yield findings_section(say, facts["findings"])
    yield limits_section(say, summary, study, facts, metrics)
    yield methods_section(say, summary, study, facts, metrics)
    failures = failures_section(say, summary)
    if failures is not None:
        yield failures


def _own_titles(study: Json | None) -> dict[str, str]:
    """Titles of the measures, for those that a config defines: the report has no words for them."""
    rows = {} if study is None else study["measures"]
    return {name: row["title"] for name, row in rows.items() if "title" in row}


def _about(say: Language, facts: Json) -> list[str]:
    lines = [say("page.about", run=facts["run_name"], version=facts["version"])]
    lines += [say(f"page.{key}", **{key: facts[key]}) for key in ("product", "site") if facts.get(key)]
    return lines
