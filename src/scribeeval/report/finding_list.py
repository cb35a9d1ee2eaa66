"""Every finding with its words, for a report that was asked to print them (--include-text)."""

from collections.abc import Sequence

from scribeeval.records import FINDING_KINDS, SEVERITIES
from scribeeval.report.blocks import Group, Paragraph, Section, Table
from scribeeval.report.languages import Language, number
from scribeeval.report.views import Json

MAX_SHOWN = 300  # of one kind; the severe ones first
MAX_CHARS = 240  # of one text
_HARM = {severity: rank for rank, severity in enumerate(reversed(SEVERITIES))}


def findings_section(say: Language, findings: Sequence[Json]) -> Section:
    """List the findings by kind, in the order of FINDING_KINDS; within a kind the severe ones first."""
    visits = {finding["visit_id"] for finding in findings}
    severe = sum(finding["severity"] == SEVERITIES[-1] for finding in findings)
    lead = say(
        "text.finding_list",
        findings=say.count("findings", len(findings)),
        visits=say.count("visits", len(visits)),
        severe=number(severe, 0),
    )
    kinds = [*FINDING_KINDS, *sorted({finding["kind"] for finding in findings} - FINDING_KINDS.keys())]
    groups = []
    for kind in kinds:
        of_kind = [finding for finding in findings if finding["kind"] == kind]
        if of_kind:
            groups.append(_group(say, kind, sorted(of_kind, key=_rank)))
    columns = ("visit", "severity", "words", "suggestion", "evidence", "metric")
    heads = tuple(say(f"column.{column}") for column in columns)
    table = Table(say("caption.finding_list"), heads, tuple(groups), words=True)
    return Section("findings", say("section.findings"), (Paragraph(lead, lead=True), table))


def _rank(finding: Json) -> tuple[int, str, str, int, str]:
    harm = _HARM.get(finding["severity"], len(_HARM))
    return harm, finding["visit_id"], finding["side"], finding["start"], finding["metric"]


def _group(say: Language, kind: str, findings: Sequence[Json]) -> Group:
    name, shown = say.heading("finding", kind), findings[:MAX_SHOWN]
    n = number(len(findings), 0)
    title = say("label.counted", name=name, n=n)
    if len(shown) < len(findings):
        title = say("label.counted_some", name=name, n=n, shown=number(len(shown), 0))
    return Group(title, tuple(_row(say, finding) for finding in shown))


def _row(say: Language, finding: Json) -> tuple[str, ...]:
    evidence = [_quoted(say, one["side"], one["text"]) for one in finding["evidence"]]
    return (
        finding["visit_id"],
        say.name("severity", finding["severity"]),
        _quoted(say, finding["side"], finding["text"]),
        _short(finding["suggestion"] or ""),
        " · ".join(evidence),
        finding["metric"],
    )


def _quoted(say: Language, side: str, text: str) -> str:
    return say("label.quoted", side=say.name("side", side), text=_short(text))


def _short(text: str) -> str:
    """Put a text on one line, cut in its middle where it is long."""
    line = " ".join(text.split())
    if len(line) <= MAX_CHARS:
        return line
    half = MAX_CHARS // 2
    return f"{line[:half].rstrip()} … {line[-half:].lstrip()}"
