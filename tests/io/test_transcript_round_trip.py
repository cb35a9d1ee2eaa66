"""What is written is read again, up to what the format can hold; and the peers' own tools read it."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.io.transcripts import FORMATS, to_talk
from scribeeval.io.transcripts.base import Format, Talk, clock_s, to_clock
from scribeeval.io.transcripts.formats import recognise
from scribeeval.io.transcripts.speakers import role_of
from scribeeval.io.transcripts.textgrid import SHORTEST_S
from scribeeval.records import SPEAKERS, Segment, in_time_order

WORDS = (
    "no", "통증이", "있어요.", "5", "mg", "<5", "a<b>c", "&amp;", "&", '"so"', '"', "-->", "1:30", "[5",
    "{x}", ";;", "#1", "don't", "O2", "1", "</v>", "\\", "'", ",", "é", "=SUM(1)", "00:00:01.000", "<UNSURE",
    "NOTE", "WEBVTT", "text =",
)  # fmt: skip
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
speakers = st.sampled_from((*SPEAKERS, None))
seconds = st.floats(0, 20_000, allow_nan=False)
segments = st.lists(
    st.builds(
        lambda times, speaker, text: Segment(min(times), max(times), speaker, text),
        st.tuples(seconds, seconds),
        speakers,
        texts,
    ),
    min_size=1,
    max_size=6,
)
untimed = st.lists(
    st.builds(lambda speaker, text: Segment(None, None, speaker, text), speakers, texts), min_size=1
)
MS = 0.0005001  # what rounding to a millisecond moves a time at most


def again(made: Format, talk: Talk) -> list[Segment]:
    """Write, read, and give the labels their roles."""
    (read,) = made.read(made.write([talk]), {})
    assert read.visit_id == (talk.visit_id if made.many or made.name in ("json", "healthscribe") else None)
    turns = [t for t in read.turns if t.text.strip() or "words" not in made.holds]
    return [Segment(t.start_s, t.end_s, role_of(t.label, {}), t.text.strip()) for t in turns]


def held(made: Format, segment: Segment) -> Segment:
    """What of a segment the format holds, as its entry in FORMATS says."""
    speaker = segment.speaker if segment.speaker in made.roles and "speakers" in made.holds else None
    if made.name == "dragon":  # anyone but the clinician is "other"
        speaker = "clinician" if segment.speaker == "clinician" else "other"
    if "times" not in made.holds:
        segment = replace(segment, start_s=None, end_s=None)
    return replace(segment, speaker=speaker, text=segment.text if "words" in made.holds else "")


def plain(said: list[Segment]) -> list[tuple[str | None, str]]:
    return [(s.speaker, s.text) for s in said]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("ctm", "textgrid")])
@settings(max_examples=25)
@given(said=segments)
def test_written_and_read_again_it_is_what_the_format_holds(name: str, said: list[Segment]) -> None:
    made = FORMATS[name]
    said = list(in_time_order(said))
    if name == "dragon":  # it cannot write nobody known
        said = [replace(s, speaker=s.speaker or "patient") for s in said]
    read = again(made, to_talk("v1", said))
    expected = [held(made, s) for s in said]
    assert plain(read) == plain(expected)
    if made.resolution_s == 0:
        assert read == expected
    elif made.resolution_s is not None:
        size = 2 * MS if name == "rttm" else MS  # its end is a rounded start and a rounded duration
        for left, right in zip(read, expected, strict=True):
            assert left.start_s == pytest.approx(right.start_s, abs=MS)
            assert left.end_s == pytest.approx(right.end_s, abs=size)


@settings(max_examples=25)
@given(said=segments)
def test_a_textgrid_holds_overlaps_and_everything_but_a_segment_without_length(said: list[Segment]) -> None:
    expected = [replace(s, end_s=max(s.end_s or 0, (s.start_s or 0) + SHORTEST_S)) for s in said]
    read = again(FORMATS["textgrid"], to_talk("v1", said))
    assert sorted(map(repr, read)) == sorted(map(repr, expected))


def test_a_textgrids_tiers_have_neither_gaps_nor_overlaps() -> None:
    """Praat refuses them; the 0.125 s in which the patient speaks twice need a second tier."""
    text = FORMATS["textgrid"].write([to_talk("v1", PEER_SAID)])
    length = text.split("xmax = ")[1].split()[0]
    tiers = text.split('class = "IntervalTier"')[1:]
    assert [tier.split('"')[1] for tier in tiers] == ["clinician", "patient", "patient"]
    for tier in tiers:
        times = re.findall(r"xmin = (\S+)\s+xmax = (\S+)", tier)[1:]
        assert times[0][0] in ("0", "0.0")
        assert times[-1][1] == length
        assert all(left[1] == right[0] for left, right in itertools.pairwise(times))
        assert f"intervals: size = {len(times)}" in tier


@settings(max_examples=25)
@given(said=segments)
def test_a_ctm_holds_each_speakers_words_and_where_they_begin_and_end(said: list[Segment]) -> None:
    # One segment a speaker: where two overlap, their words cannot be told apart again.
    said = list({s.speaker: s for s in said}.values())
    read = again(FORMATS["ctm"], to_talk("v1", said))
    for segment in said:
        parts = [s for s in read if s.speaker == segment.speaker]
        assert " ".join(s.text for s in parts) == segment.text
        assert parts[0].start_s == pytest.approx(segment.start_s, abs=MS)
        assert parts[-1].end_s == pytest.approx(segment.end_s, abs=2 * MS)


@pytest.mark.parametrize("name", ["json", "jsonl", "seglst", "text", "aci-bench", "mts-dialog", "jsonl-text"])
@settings(max_examples=25)
@given(said=untimed)
def test_segments_without_times_stay_without(name: str, said: list[Segment]) -> None:
    assert again(FORMATS[name], to_talk("v1", said)) == [held(FORMATS[name], s) for s in said]


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25)
@given(said=segments)
def test_what_is_written_is_recognised(name: str, said: list[Segment]) -> None:
    made = FORMATS[name]
    said = [replace(s, speaker=s.speaker or "patient", text=s.text.replace("WEBVTT", "so")) for s in said]
    text = made.write([to_talk("v1", said)])
    assert recognise(f"v1{made.suffixes[0]}", text, {}) is made


@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.many])
def test_many_visits_in_one_file_stay_apart(name: str) -> None:
    made = FORMATS[name]
    talks = [to_talk(i, [Segment(0.0, 1.0, "patient", i)]) for i in ("v2", "v1")]
    assert [talk.visit_id for talk in made.read(made.write(talks), {})] == ["v2", "v1"]


@settings(max_examples=25)
@given(seconds)
def test_a_clock_is_read_as_it_is_written(number: float) -> None:
    assert clock_s(to_clock(number)) == round(number * 1000) / 1000 == clock_s(to_clock(number, ","))


PEER_SAID = [
    Segment(0.5, 2.25, "clinician", "What brings you in today?"),
    Segment(2.5, 5.125, "patient", '두통이요. "O2 < 94 % & falling".'),
    Segment(5.0, 6.0, "patient", "5 mg"),
    Segment(6.5, 8.0, "clinician", "Okay."),
]
Rows = list[tuple[float, float, str, str]]
ROWS: Rows = [(s.start_s or 0.0, s.end_s or 0.0, str(s.speaker), s.text) for s in PEER_SAID]


def by_webvtt(path: Path) -> Rows:
    peer = pytest.importorskip("webvtt", reason="webvtt-py is not installed")
    return [
        (c.start_in_seconds + c.start_time.milliseconds / 1000,
         c.end_in_seconds + c.end_time.milliseconds / 1000, c.voice,
         c.text.replace("&lt;", "<").replace("&amp;", "&"))
        for c in peer.read(path)
    ]  # fmt: skip


def by_srt(path: Path) -> Rows:
    peer = pytest.importorskip("srt")
    rows = []
    for cue in peer.parse(path.read_text(encoding="utf-8")):
        label, _, text = cue.content.partition(": ")
        rows.append((cue.start.total_seconds(), cue.end.total_seconds(), label.strip("[]"), text))
    return rows


def by_praatio(path: Path) -> Rows:
    peer = pytest.importorskip("praatio.textgrid", reason="praatio is not installed")
    grid = peer.openTextgrid(str(path), False, duplicateNamesMode="rename")
    return sorted((e.start, e.end, t.name.split("_")[0], e.label) for t in grid.tiers for e in t.entries)


def by_textgrid(path: Path) -> Rows:
    peer = pytest.importorskip("textgrid")
    grid = peer.TextGrid.fromFile(str(path))
    return sorted((float(i.minTime), float(i.maxTime), t.name, i.mark) for t in grid for i in t if i.mark)


def by_meeteval(path: Path) -> Rows:
    peer = pytest.importorskip("meeteval.io", reason="meeteval is not installed")
    rows = peer.load(path).to_seglst()
    return [(float(r["start_time"]), float(r["end_time"]), r["speaker"], r.get("words", "")) for r in rows]


@pytest.mark.parametrize(
    ("name", "suffix", "read"),
    [
        ("vtt", ".vtt", by_webvtt),
        ("srt", ".srt", by_srt),
        ("textgrid", ".TextGrid", by_praatio),
        ("textgrid", ".TextGrid", by_textgrid),
        ("stm", ".stm", by_meeteval),
        ("rttm", ".rttm", by_meeteval),
        ("seglst", ".json", by_meeteval),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_peers_read_what_we_write(
    name: str, suffix: str, read: Callable[[Path], Rows], tmp_path: Path
) -> None:
    path = tmp_path / f"v1{suffix}"
    path.write_text(FORMATS[name].write([to_talk("v1", PEER_SAID)]), encoding="utf-8")
    expected = [row if name != "rttm" else (*row[:3], "") for row in ROWS]
    assert read(path) == expected


GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("file", ["openai-whisper-20250625.srt", "openai-whisper-20250625.tsv"])
def test_what_we_write_is_byte_for_byte_what_the_peer_wrote(file: str) -> None:
    text = (GOLDEN / file).read_text(encoding="utf-8")
    made = recognise(file, text, {})
    assert made.write(made.read(text, {})).rstrip() == text.rstrip()
