"""Who speaks: channels that look swapped, words heard on both channels, a diarisation of one channel."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib import resources

from scribeeval.io.diarisation import Turn
from scribeeval.models.channels import Sound, mean_level_db
from scribeeval.models.engines.base import Phrase
from scribeeval.records import Segment, Speaker

MARGIN = 0.5  # of a difference that lies between -2 and 2
MIN_CUES = 8  # of both channels together; fewer say nothing
ECHO_OVERLAP = 0.5  # share of a phrase's time in which the other channel has words too
ECHO_WORDS = 0.7  # share of its words that the other channel has in the same order
ECHO_DB = 3.0  # the echo is quieter
ECHO_SLACK_S = 0.5
_WORD = re.compile(r"\w+(?:['’]\w+)*")

Cues = Mapping[str, re.Pattern[str]]


@cache
def role_cues() -> Mapping[str, Cues]:
    """Read the packaged cues: language -> role -> pattern, over lower-case text."""
    table = (resources.files("scribeeval.models") / "data" / "role_cues.toml").read_text(encoding="utf-8")
    return {
        language: {
            role: re.compile("|".join(f"(?:{cue})" for cue in cues), re.MULTILINE)
            for role, cues in roles.items()
        }
        for language, roles in tomllib.loads(table).items()
    }


def clinician_score(texts: Iterable[str], language: str) -> tuple[float, int]:
    """Score one speaker's words: -1 = only a patient's wording, 1 = only a clinician's; and the cues.

    (clinician's cues - patient's cues) / (both + 1), cues of role_cues; 0 for a language without.
    """
    cues = role_cues().get(language)
    if cues is None:
        return 0.0, 0
    text = "\n".join(texts).lower()
    clinician, patient = (len(cues[role].findall(text)) for role in ("clinician", "patient"))
    return (clinician - patient) / (clinician + patient + 1), clinician + patient


def look_swapped(segments: Sequence[Segment], language: str) -> bool:
    """Tell whether the "patient" talks like a clinician and the "clinician" like a patient.

    Their scores must differ by MARGIN the wrong way round; False where too little was said to tell.
    """
    clinician, n_clinician = clinician_score(_said(segments, "clinician"), language)
    patient, n_patient = clinician_score(_said(segments, "patient"), language)
    enough = n_clinician > 0 and n_patient > 0 and n_clinician + n_patient >= MIN_CUES
    return enough and patient - clinician >= MARGIN


def _said(segments: Iterable[Segment], speaker: Speaker) -> list[str]:
    return [segment.text for segment in segments if segment.speaker == speaker]


def without_echoes(
    phrases: Sequence[Sequence[Phrase]], sounds: Sequence[Sound]
) -> tuple[list[list[Phrase]], int]:
    """Drop from each of two channels what the other one has in the same words at the same time, louder.

    The second guard against cross-talk, for what muting left.  Returns the phrases and how many
    words were dropped.
    """
    left, right = phrases
    kept, dropped = [], 0
    for mine, sound, theirs, other in (
        (left, sounds[0], right, sounds[1]),
        (right, sounds[1], left, sounds[0]),
    ):
        echoes = [_is_echo(phrase, sound, theirs, other) for phrase in mine]
        kept.append([phrase for phrase, echo in zip(mine, echoes, strict=True) if not echo])
        dropped += sum(len(_words(p.text)) for p, echo in zip(mine, echoes, strict=True) if echo)
    return kept, dropped


def _is_echo(phrase: Phrase, sound: Sound, theirs: Sequence[Phrase], other: Sound) -> bool:
    near = [
        p
        for p in theirs
        if p.start_s < phrase.end_s + ECHO_SLACK_S and p.end_s > phrase.start_s - ECHO_SLACK_S
    ]
    shared_s = sum(max(0.0, min(p.end_s, phrase.end_s) - max(p.start_s, phrase.start_s)) for p in near)
    words = _words(phrase.text)
    if len(words) < 2 or shared_s < ECHO_OVERLAP * (phrase.end_s - phrase.start_s):
        return False
    matcher = SequenceMatcher(None, words, _words(" ".join(p.text for p in near)), autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    louder_db = mean_level_db(other, phrase.start_s, phrase.end_s) - mean_level_db(
        sound, phrase.start_s, phrase.end_s
    )
    return same >= ECHO_WORDS * len(words) and louder_db >= ECHO_DB


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def diarised(
    segments: Sequence[Segment], turns: Sequence[Turn], language: str
) -> tuple[tuple[Segment, ...], bool]:
    """Give each segment the speaker whose turns overlap it longest; None where no turn does.

    Labels that name a role are taken at their word.  Of labels that do not ("SPEAKER_00"), if there
    are two, the roles follow from what is said where that is clear (MARGIN); else they stay None.
    Returns the segments, and whether the roles come from what is said.
    """
    labels = [_label(segment, turns) for segment in segments]
    names: dict[str, Speaker | None] = {turn.label: turn.speaker for turn in turns}
    inferred = False
    unnamed = [label for label, speaker in names.items() if speaker is None]
    if len(names) == 2 and len(unnamed) == 2:
        scores = {
            name: clinician_score(
                [s.text for s, label in zip(segments, labels, strict=True) if label == name], language
            )
            for name in unnamed
        }
        high, low = sorted(unnamed, key=lambda name: (-scores[name][0], name))
        enough = scores[high][1] + scores[low][1] >= MIN_CUES
        if enough and scores[high][0] - scores[low][0] >= MARGIN:
            names, inferred = {high: "clinician", low: "patient"}, True
    return tuple(
        Segment(s.start_s, s.end_s, None if label is None else names[label], s.text)
        for s, label in zip(segments, labels, strict=True)
    ), inferred


def _label(segment: Segment, turns: Sequence[Turn]) -> str | None:
    """The label that overlaps a segment longest; of equals, the one that speaks first."""
    overlaps: dict[str, float] = {}
    if segment.start_s is None or segment.end_s is None:
        return None  # without times nothing overlaps
    for turn in turns:
        shared_s = min(turn.end_s, segment.end_s) - max(turn.start_s, segment.start_s)
        if shared_s > 0:
            overlaps[turn.label] = overlaps.get(turn.label, 0.0) + shared_s
    return max(overlaps, key=lambda label: overlaps[label]) if overlaps else None
