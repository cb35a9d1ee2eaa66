"""The table of transcript formats, and which one a file is of."""

import json
from collections.abc import Mapping
from typing import Any

from scribeeval.errors import InputError, not_known
from scribeeval.io.transcripts import lines, own, scoring, subtitles, textgrid, vendors, whisper
from scribeeval.io.transcripts.base import Format, Holds, Names, Sample, json_of

_ALL: frozenset[Holds] = frozenset(("times", "speakers", "words"))
_UNTIMED: frozenset[Holds] = frozenset(("speakers", "words"))
_WORDS: frozenset[Holds] = frozenset(("words",))


def _by_suffix_alone(sample: Sample) -> bool:
    """Lines of fields look like many things: only the suffix or the user names such a format."""
    return False


FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format(
            "json", "scribeeval's JSON, one visit a file", (".json",), _ALL,
            own.read_json, own.write_json, own.is_json, resolution_s=0.0,
        ),
        Format(
            "jsonl", "scribeeval's JSON lines, one visit a line", (".jsonl",), _ALL,
            own.read_jsonl_talks, own.write_jsonl, own.is_jsonl, resolution_s=0.0, many=True,
        ),
        Format(
            "jsonl-text", "JSON lines of id and text", (".jsonl",), _WORDS,
            own.read_jsonl_text, own.write_jsonl_text, own.is_jsonl_text, many=True, roles=(None,),
        ),
        Format(
            "whisper-json", "Whisper's JSON, with WhisperX's speakers", (".json",), _ALL,
            whisper.read_whisper_json, whisper.write_whisper_json, whisper.is_whisper_json, resolution_s=0.0,
        ),
        Format(
            "whisper-tsv", "Whisper's TSV", (".tsv",), frozenset(("times", "words")),
            whisper.read_whisper_tsv, whisper.write_whisper_tsv, whisper.is_whisper_tsv,
            resolution_s=0.001, roles=(None,),
        ),
        Format(
            "vtt", "WebVTT, Whisper's too", (".vtt",), _ALL,
            subtitles.read_vtt, subtitles.write_vtt, subtitles.is_vtt, resolution_s=0.001,
        ),
        Format(
            "srt", "SubRip, Whisper's too", (".srt",), _ALL,
            subtitles.read_srt, subtitles.write_srt, subtitles.is_srt, resolution_s=0.001,
        ),
        Format(
            "text", "plain text, a segment a line; Whisper's TXT", (".txt", ".text", ".md"), _WORDS,
            lines.read_text_lines, lines.write_text_lines, lines.is_plain, roles=(None,),
        ),
        Format(
            "aci-bench", "ACI-BENCH's lines, [doctor] hi", (".txt", ".text"), _UNTIMED,
            lines.read_aci, lines.write_aci, lines.is_aci,
        ),
        Format(
            "mts-dialog", "MTS-Dialog's lines, Doctor: Hi", (".txt", ".text"), _UNTIMED,
            lines.read_mts, lines.write_mts, lines.is_mts,
        ),
        Format(
            "textgrid", "Praat's TextGrid", (".textgrid",), _ALL,
            textgrid.read_textgrid, textgrid.write_textgrid, textgrid.is_textgrid, resolution_s=0.0,
        ),
        Format(
            "stm", "NIST's STM", (".stm",), _ALL,
            scoring.read_stm, scoring.write_stm, _by_suffix_alone, resolution_s=0.0, many=True,
        ),
        Format(
            "ctm", "NIST's CTM, a line a word", (".ctm",), _ALL,
            scoring.read_ctm, scoring.write_ctm, _by_suffix_alone, resolution_s=0.001, many=True,
        ),
        Format(
            "rttm", "NIST's RTTM: who speaks when, no words", (".rttm",), frozenset(("times", "speakers")),
            scoring.read_rttm, scoring.write_rttm, _by_suffix_alone, resolution_s=0.001, many=True,
        ),
        Format(
            "seglst", "meeteval's SegLST", (".seglst.json", ".json"), _ALL,
            scoring.read_seglst, scoring.write_seglst, scoring.is_seglst, resolution_s=0.0, many=True,
        ),
        Format(
            "healthscribe", "AWS HealthScribe's transcript", (".json",), _ALL,
            vendors.read_healthscribe, vendors.write_healthscribe, vendors.is_healthscribe,
            resolution_s=0.0, roles=("clinician", "patient", None),
        ),
        Format(
            "dragon", "Microsoft Dragon Copilot's payload (DAX)", (".json",), _ALL,
            vendors.read_dragon, vendors.write_dragon, vendors.is_dragon,
            resolution_s=0.001, roles=("clinician", "other"),
        ),
    )
}  # fmt: skip


def format_named(name: str) -> Format:
    """Look a format up.

    Raises:
        InputError: there is none of that name.

    """
    if name not in FORMATS:
        raise InputError(not_known("transcript format", name, FORMATS))
    return FORMATS[name]


def of_suffix(filename: str) -> tuple[Format, ...]:
    """Give the formats that a file's name allows, those of its longest suffix; none for a strange one."""
    name = filename.lower()
    fitting = {f: [s for s in f.suffixes if name.endswith(s)] for f in FORMATS.values()}
    longest = max((len(s) for found in fitting.values() for s in found), default=0)
    return tuple(f for f, found in fitting.items() if any(len(s) == longest for s in found))


def recognise(filename: str, text: str, names: Names) -> Format:
    """Tell a file's format by its suffix and, where that leaves a choice, by what it holds.

    Raises:
        InputError: nothing fits, or more than one; the choices are named, none is guessed.

    """
    allowed = of_suffix(filename)
    if len(allowed) == 1:
        return allowed[0]
    if allowed and all(s.endswith(".json") for f in allowed for s in f.suffixes):
        json_of(text)
    sample = Sample(text, _json_value(text), names)
    fitting = [f for f in FORMATS.values() if f.matches(sample)]
    found = [f for f in fitting if f in allowed] or fitting
    if found == [FORMATS["text"]]:
        found = fitting  # text, and perhaps a format with another suffix
    if len(found) == 1 and (not allowed or found[0] in allowed) and not _is_rest(found[0], allowed):
        return found[0]
    choices = [f.name for f in (found if len(found) > 1 else (*found, *allowed) or FORMATS.values())]
    raise InputError(
        f"is not recognised for certain; it may be {' or '.join(dict.fromkeys(choices))}: name one with "
        "`scribeeval convert FILE --from NAME --to json --out FOLDER`, and speakers with --speaker LABEL=ROLE"
    )


def _is_rest(found: Format, allowed: tuple[Format, ...]) -> bool:
    """Anything is text, so it is none where the suffix does not say so."""
    return found.name == "text" and not allowed


def _json_value(text: str) -> Any:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
