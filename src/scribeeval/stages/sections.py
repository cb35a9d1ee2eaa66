"""Scores by section of the note: only where the reference has the section; presence is counted apart.

Filling an absent section with a word that both sides share, as some scripts do, scores two gaps as a
perfect match.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from scribeeval.metrics import Metric
from scribeeval.records import Pair
from scribeeval.text.sections import Headers, section_texts

Level = Literal["section", "soap", "division"]
# Section -> the text of each side (None where it lacks the section) and the pair, for every note.
Sides: TypeAlias = "tuple[str | None, str | None, Pair]"
Sections: TypeAlias = "Mapping[str, Sequence[Sides]]"
PRESENCE = ("both", "reference_only", "hypothesis_only", "neither")


def by_section(pairs: Sequence[Pair], level: Level, headers: Headers) -> Sections:
    """Split each pair at its headings."""
    split = [
        (
            grouped(section_texts(pair.reference, headers), level, headers),
            grouped(section_texts(pair.hypothesis, headers), level, headers),
            pair,
        )
        for pair in pairs
    ]
    names = sorted({name for reference, hypothesis, _ in split for name in (*reference, *hypothesis)})
    return {name: [(r.get(name), h.get(name), pair) for r, h, pair in split] for name in names}


def grouped(texts: Mapping[str, str], level: Level, headers: Headers) -> dict[str, str]:
    """Join sections at a higher level; a section without a place there keeps its own name."""
    places = {"section": {}, "soap": headers.soap, "division": headers.division}[level]
    joined: dict[str, list[str]] = {}
    for name, text in texts.items():
        joined.setdefault(places.get(name, name), []).append(text)
    return {name: "\n".join(parts) for name, parts in joined.items()}


def presence(sides: Iterable[Sides]) -> dict[str, int]:
    """Count the notes by which side has a section."""
    counts = dict.fromkeys(PRESENCE, 0)
    for reference, hypothesis, _ in sides:
        if reference is None:
            counts["neither" if hypothesis is None else "hypothesis_only"] += 1
        else:
            counts["reference_only" if hypothesis is None else "both"] += 1
    return counts


def section_scores(metric: Metric, sections: Sections) -> dict[str, dict[str, float | int | None]]:
    """Score each section that a reference has; a hypothesis without it is scored as empty text."""
    scores: dict[str, dict[str, float | int | None]] = {}
    for name, sides in sections.items():
        pairs = [replace(pair, reference=r, hypothesis=h or "") for r, h, pair in sides if r is not None]
        if pairs:
            score = metric.score(pairs)
            scores[name] = {
                "value": score.value,
                "n_visits": score.n_visits,
                "n_undefined": score.n_undefined,
            }
    return scores
