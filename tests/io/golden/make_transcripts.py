"""Write the transcripts of this folder with the peers' own tools: python make_transcripts.py

Each peer that is installed writes its files, named PEER-VERSION.SUFFIX; they were made with openai-whisper
20250625, webvtt-py 0.6.0, srt 3.5.3, pysubs2 1.8.1, praatio 6.2.2, TextGrid 1.6.1 and meeteval 0.4.3.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
SEGMENTS = [
    (0.5, 2.25, "clinician", "What brings you in today?"),
    (2.5, 5.125, "patient", "두통이 사흘째예요. 5 mg 약을 먹었어요."),
    (5.0, 6.0, "other", 'He said "O2 < 94 % & falling".'),
    (6.5, 8.0, "clinician", "Okay."),
]


def named(package: str, suffix: str) -> str:
    return str(HERE / f"{package}-{metadata.version(package)}.{suffix}")


def whisper() -> None:
    from whisper.utils import get_writer

    segments = [
        {"id": i, "start": a, "end": b, "text": f" {text}"} for i, (a, b, _, text) in enumerate(SEGMENTS)
    ]
    result = {"text": "".join(f" {text}" for *_, text in SEGMENTS), "segments": segments, "language": "ko"}
    for suffix in ("json", "vtt", "srt", "tsv", "txt"):
        get_writer(suffix, str(HERE))(result, named("openai-whisper", "audio"))


def webvtt() -> None:
    from webvtt import Caption, WebVTT

    vtt = WebVTT()
    for a, b, speaker, text in SEGMENTS:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        vtt.captions.append(Caption(f"00:00:{a:06.3f}", f"00:00:{b:06.3f}", f"<v {speaker}>{escaped}</v>"))
    vtt.save(named("webvtt-py", "vtt"))


def srt() -> None:
    import srt as peer

    cues = [
        peer.Subtitle(i, timedelta(seconds=a), timedelta(seconds=b), f"[{speaker}]: {text}")
        for i, (a, b, speaker, text) in enumerate(SEGMENTS, start=1)
    ]
    Path(named("srt", "srt")).write_text(peer.compose(cues), encoding="utf-8")


def pysubs2() -> None:
    from pysubs2 import SSAEvent, SSAFile

    file = SSAFile()
    for a, b, speaker, text in SEGMENTS:
        said = f"[{speaker}]: {text}"
        file.append(SSAEvent(start=round(a * 1000), end=round(b * 1000), text=said))
    file.save(named("pysubs2", "srt"))


def praatio() -> None:
    from praatio import textgrid
    from praatio.data_classes.interval_tier import IntervalTier

    grid = textgrid.Textgrid(0, 8)
    for speaker in ("clinician", "patient", "other"):
        spans = [(a, b, text) for a, b, who, text in SEGMENTS if who == speaker]
        grid.addTier(IntervalTier(speaker, spans, 0, 8))
    for form in ("long_textgrid", "short_textgrid"):
        grid.save(named("praatio", f"{form[:5].strip('_')}.TextGrid"), form, includeBlankSpaces=True)


def textgrid() -> None:
    import textgrid as peer

    grid = peer.TextGrid(maxTime=8)
    for speaker in ("clinician", "patient", "other"):
        tier = peer.IntervalTier(speaker, maxTime=8)
        for a, b, who, text in SEGMENTS:
            if who == speaker:
                tier.add(a, b, text)
        grid.append(tier)
    grid.write(named("TextGrid", "TextGrid"))


def meeteval() -> None:
    from meeteval.io import CTM, RTTM, STM, SegLST
    from meeteval.io.ctm import CTMLine

    rows = [
        {"session_id": "v1", "start_time": a, "end_time": b, "speaker": who, "words": text, "channel": 1}
        for a, b, who, text in SEGMENTS
    ]
    Path(named("meeteval", "seglst.json")).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    STM.new(SegLST(rows)).dump(named("meeteval", "stm"))
    RTTM.new(SegLST(rows)).dump(named("meeteval", "rttm"))
    words = [  # a second a word, and two seconds between the turns
        CTMLine("v1", who, Decimal(10 * turn + place), Decimal(1), word, 1)
        for turn, (_, _, who, text) in enumerate(SEGMENTS)
        for place, word in enumerate(text.split())
    ]
    CTM(words).dump(named("meeteval", "ctm"))


PEERS: dict[str, Callable[[], None]] = {
    "openai-whisper": whisper,
    "webvtt-py": webvtt,
    "srt": srt,
    "pysubs2": pysubs2,
    "praatio": praatio,
    "TextGrid": textgrid,
    "meeteval": meeteval,
}

if __name__ == "__main__":
    for package, make in PEERS.items():
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
        make()
