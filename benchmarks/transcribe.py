"""Speed, word errors and terms of the engines, on the demo's recordings (six two-channel visits).

    python benchmarks/transcribe.py speed [--model tiny.en] [--visits V01,V02] [--apart]
    python benchmarks/transcribe.py table [--models tiny.en,base] [--hotwords ,lexicon] [--beam-size 1]
    python benchmarks/transcribe.py hour [--model tiny.en]

speed: the default path (voice activity, cross-talk, engine, guards) against openai-whisper's own
`transcribe` on each channel (greedy, float32, the same weights), the visits joined to one recording (the
first five: 15.6 minutes), or visit by visit in turn with --apart, in one process; seconds by the clock and
of the processor (torch takes --torch-threads).  Loading is timed apart.  table: WER, recall of reference
terms by type, coverage, real-time factor.  hour: peak memory of this process that transcribes a WAV file of
an hour, decoding included.
"""

import argparse
import resource
import time
import wave
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np

from scribeeval.io.transcripts import read_transcript
from scribeeval.metrics import METRICS
from scribeeval.models.audio import SAMPLE_RATE_HZ, decode
from scribeeval.models.engines import ENGINES, EngineSettings, Transcriber
from scribeeval.models.hearing import Heard, hear
from scribeeval.models.vocabulary import vocabulary
from scribeeval.models.voice import as_float
from scribeeval.records import Pair
from scribeeval.terms import find_terms

DEMO = Path(__file__).parents[1] / "datasets" / "demo"
VISITS = ("V01", "V02", "V03", "V04", "V05", "V06")
SIDES = ("clinician", "patient")
Made = TypeVar("Made")


@dataclass
class Clock:
    """Seconds by the clock and of the processor, added up."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def time(self, work: Callable[[], Made]) -> Made:
        """Do some work and add its seconds."""
        wall, cpu = time.perf_counter(), time.process_time()
        made = work()
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += time.process_time() - cpu
        return made


@dataclass
class Recording:
    """A visit of the demo: its channels, and what was said in each."""

    visit_id: str
    channels: list[Any]
    said: list[str]

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return len(self.channels[0]) / SAMPLE_RATE_HZ


def recordings(names: Sequence[str]) -> list[Recording]:
    """Read visits of the demo."""
    found = []
    for name in names:
        _, segments = read_transcript(DEMO / "transcripts" / f"{name}.json")
        # Whoever came along speaks on the patient's channel.
        spoken = [(s.text, "clinician" if s.speaker == "clinician" else "patient") for s in segments or ()]
        said = [" ".join(text for text, speaker in spoken if speaker == side) for side in SIDES]
        found.append(Recording(name, decode(DEMO / "audio" / f"{name}.ogg"), said))
    return found


def joined(visits: Sequence[Recording]) -> Recording:
    """Join visits to one recording."""
    channels = [np.concatenate([visit.channels[side] for visit in visits]) for side in (0, 1)]
    said = [" ".join(visit.said[side] for visit in visits) for side in (0, 1)]
    return Recording("+".join(visit.visit_id for visit in visits), channels, said)


def listen(engine: Transcriber, visit: Recording) -> Heard:
    """Take a visit along the default path; the channels are copied, because cross-talk is muted in them."""
    return hear([channel.copy() for channel in visit.channels], engine, "en")


def texts(heard: Heard) -> list[str]:
    """Give the words of each side."""
    return [" ".join(s.text for s in heard.segments if s.speaker == side) for side in SIDES]


def wer(visits: Sequence[Recording], heard: Sequence[Sequence[str]]) -> float | None:
    """Word error rate over the channels."""
    pairs = [
        Pair(f"{visit.visit_id}-{side}", said, text)
        for visit, texts in zip(visits, heard, strict=True)
        for side, said, text in zip(SIDES, visit.said, texts, strict=True)
    ]
    return METRICS["wer"].score(pairs).value


def term_recall(visits: Sequence[Recording], heard: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Give (found, said) by semantic type: each concept of a visit as often as it was said."""
    found: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for visit, texts in zip(visits, heard, strict=True):
        mentions = [
            Counter((m.semantic_type, m.concept) for t in side for m in find_terms(t))
            for side in (visit.said, texts)
        ]
        for (semantic_type, concept), n in mentions[0].items():
            said[semantic_type] += n
            found[semantic_type] += min(n, mentions[1][semantic_type, concept])
    return {name: (found[name], said[name]) for name in sorted(said)}


def speed(model: str, names: Sequence[str], torch_threads: int, *, apart: bool) -> None:
    """Print the ratio of the two engines after each visit."""
    import torch
    import whisper

    from scribeeval.models.checkpoint import checkpoint_of

    torch.set_num_threads(torch_threads)
    load = Clock()
    engine = load.time(
        lambda: ENGINES["faster-whisper"].load(EngineSettings(model=model, device="cpu"), print)
    )
    print(f"load faster-whisper {load.wall_s:.1f} s")
    reference = whisper.load_model(str(checkpoint_of(model).path), device="cpu")
    ours, theirs = Clock(), Clock()
    heard: list[tuple[list[str], list[str]]] = []
    visits = recordings(names)
    if not apart:
        visits = [joined(visits)]

    greedy = {"temperature": 0.0, "beam_size": None, "condition_on_previous_text": False, "fp16": False}

    def transcribed(channels: Sequence[Any]) -> list[str]:
        return [str(reference.transcribe(as_float(c), language="en", **greedy)["text"]) for c in channels]

    for number, visit in enumerate(visits, 1):
        mine = texts(ours.time(partial(listen, engine, visit)))
        other = theirs.time(partial(transcribed, visit.channels))
        heard.append((mine, other))
        errors = [wer(visits[:number], [both[place] for both in heard]) for place in (0, 1)]
        print(
            f"{visit.visit_id}: clock {_ratio(theirs.wall_s, ours.wall_s)}; "
            f"processor {_ratio(theirs.cpu_s, ours.cpu_s)}; WER {errors[1]:.4f} / {errors[0]:.4f}",
            flush=True,
        )


def _ratio(theirs_s: float, ours_s: float) -> str:
    return f"{theirs_s:.1f} / {ours_s:.1f} s = {theirs_s / ours_s:.2f}"


def table(models: Sequence[str], hotwords: Sequence[str], names: Sequence[str], beam_size: int) -> None:
    """Print a line for each model and source of hotwords."""
    visits = recordings(names)
    for model in models:
        for source in hotwords:
            settings = EngineSettings(model=model, beam_size=beam_size, hotwords=vocabulary(source))
            engine = ENGINES["faster-whisper"].load(settings, print)
            clock = Clock()
            results = [clock.time(partial(listen, engine, visit)) for visit in visits]
            heard = [texts(result) for result in results]
            covered_s, speech_s = (
                sum(r.facts[name] for r in results) for name in ("transcribed_s", "speech_s")
            )
            recall = term_recall(visits, heard)
            both = tuple(map(sum, zip(*recall.values(), strict=True)))
            parts = ", ".join(f"{name} {n}/{of}" for name, (n, of) in recall.items())
            length_s = sum(visit.length_s for visit in visits)
            print(
                f"{model} hotwords={source or 'none'} beam={beam_size}: WER {wer(visits, heard):.4f}, "
                f"terms {both[0] / both[1]:.3f} ({parts}), coverage {covered_s / speech_s:.3f}, "
                f"real-time factor {clock.wall_s / length_s:.4f}",
                flush=True,
            )


def hour(model: str) -> None:
    """Print the peak memory before and after an hour of two channels."""

    def peak_mb() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    with TemporaryDirectory() as folder:
        path = Path(folder) / "hour.wav"
        _write_hour(path)
        engine = ENGINES["faster-whisper"].load(EngineSettings(model=model), print)
        before = peak_mb()
        heard = hear(decode(path), engine, "en")
    print(f"{model}: peak {peak_mb():.0f} MiB (model loaded: {before:.0f}), {len(heard.segments)} segments")


def _write_hour(path: Path) -> None:
    """Write the visits one after the other until an hour is full."""
    left = 3600 * SAMPLE_RATE_HZ
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        for name in cycle(VISITS):
            samples = np.stack(decode(DEMO / "audio" / f"{name}.ogg"), axis=1)[:left]
            file.writeframes(samples.tobytes())
            left -= len(samples)
            if not left:
                return


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["speed", "table", "hour"], nargs="?", default="speed")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--models", default="tiny.en,base")
    parser.add_argument("--hotwords", default=",lexicon")
    parser.add_argument("--visits", help="all six, or for speed the first five")
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--beam-size", type=int, default=1)
    parser.add_argument("--torch-threads", type=int, default=2)
    chosen = parser.parse_args()
    names = chosen.visits.split(",") if chosen.visits else VISITS[: 5 if chosen.what == "speed" else 6]
    if chosen.what == "speed":
        speed(chosen.model, names, chosen.torch_threads, apart=chosen.apart)
    elif chosen.what == "table":
        table(chosen.models.split(","), chosen.hotwords.split(","), names, chosen.beam_size)
    else:
        hour(chosen.model)


if __name__ == "__main__":
    main()
