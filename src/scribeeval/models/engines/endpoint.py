"""openai-compatible: a server that answers POST /v1/audio/transcriptions.

Each stretch of speech is sent by itself, as WAV, with temperature 0: its times are then known even of
a server that gives none, and silence is neither sent nor paid for.  Only to this machine, unless the
config allows one other host (models/network.py).
"""

import json
import time
import uuid
import wave
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from scribeeval.errors import InputError
from scribeeval.models.engines.base import Engine, EngineSettings, Phrase, Transcriber, producer
from scribeeval.models.engines.prompt import estimated_tokens, prompt_of
from scribeeval.models.network import Answer, Client, Endpoint, Listed, NoAnswerError, endpoint
from scribeeval.models.retries import TRIES, Wait, persist
from scribeeval.models.voice import RATE_HZ, Span
from scribeeval.models.windows import Window, stretches

if TYPE_CHECKING:
    from scribeeval.models.voice import Floats, Samples

NAME = "openai-compatible"
PATH = "/audio/transcriptions"
LONGEST_S = 30.0
OPTIONS: Mapping[str, Any] = {
    "temperature": "0",
    "response_format": "verbose_json",
    "timestamp_granularities[]": "segment",
}
TIMEOUT_S = 120.0


def load(settings: EngineSettings, listed: Listed) -> Transcriber:
    """Check the address; nothing is sent before the first visit.

    Raises:
        InputError: no address, or one that is not allowed.

    """
    return transcriber(settings, listed, tries=TRIES, timeout_s=TIMEOUT_S, wait=time.sleep)


def transcriber(
    settings: EngineSettings, listed: Listed, *, tries: int, timeout_s: float, wait: Wait
) -> Transcriber:
    """Make the transcriber.  wait: sleeps some seconds before the next try."""
    where = _where(settings)
    client = Client(where, listed, timeout_s=timeout_s)
    prompt = prompt_of(settings, estimated_tokens)
    fields = {**OPTIONS, "model": settings.model, "language": settings.language}
    if prompt.text:
        fields["prompt"] = prompt.text

    def ask(body: bytes, content_type: str) -> Answer:
        try:
            answer = persist(
                lambda: client.post(PATH, body, content_type, purpose="transcription"),
                tries=tries,
                wait=wait,
                seed=0,
            )
        except NoAnswerError as error:
            problem = str(error)
        else:
            if answer.status == 200:
                return answer
            problem = f"it answers with status {answer.status}"
        raise InputError(f"endpoint {where}: {problem}; check that the server runs and serves the model")

    def transcribe(samples: "Samples", speech: Sequence[Span]) -> tuple[Phrase, ...]:
        phrases: list[Phrase] = []
        for window in stretches(speech, len(samples), longest_s=LONGEST_S):
            body, content_type = form(fields, to_wav(window.samples(samples)))
            phrases += _phrases(where, ask(body, content_type).body, window)
        return tuple(phrases)

    options = {**fields, "longest_s": LONGEST_S, "hotwords_left_out": prompt.left_out}
    return Transcriber(producer(NAME, settings.model, options), {}, transcribe, options)


def _where(settings: EngineSettings) -> Endpoint:
    if not settings.endpoint:
        raise InputError(f'engine {NAME!r}: needs endpoint = "http://127.0.0.1:PORT/v1"')
    return endpoint(settings.endpoint, allow_remote=settings.allow_remote, remote_host=settings.remote_host)


def _retry_after_s(answer: Answer, otherwise: float) -> float:
    """Seconds that the server asks to wait; it may also give a date, which is not read."""
    try:
        return max(0.0, float(answer.headers["retry-after"]))
    except (KeyError, ValueError):
        return otherwise


def to_wav(samples: "Floats") -> bytes:
    """Write samples as a WAV file of 16 bits."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def form(fields: Mapping[str, str], wav: bytes) -> tuple[bytes, str]:
    """Give a multipart form with the fields and the sound, and its content type (RFC 7578)."""
    boundary = uuid.uuid5(uuid.NAMESPACE_OID, wav[:64].hex()).hex + "scribeeval"
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    lines.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="speech.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    body = "".join(lines).encode() + wav + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _phrases(where: Endpoint, body: bytes, window: Window) -> list[Phrase]:
    """Read an answer: its segments, or its text as one phrase over the whole stretch."""
    begin_s, end_s = window.original_s(0.0), window.original_s(window.n_samples / RATE_HZ)
    try:
        answer = json.loads(body)
        rows = answer.get("segments") or [
            {"start": 0.0, "end": window.n_samples / RATE_HZ, "text": answer["text"]}
        ]
        found = [(float(row["start"]), float(row["end"]), str(row["text"]).strip()) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"endpoint {where}: its answer is no transcript in JSON; check the server") from None
    return [
        Phrase(
            round(window.original_s(min(max(0.0, start), end_s - begin_s)), 2),
            round(window.original_s(min(max(start, end), end_s - begin_s)), 2),
            text,
        )
        for start, end, text in found
        if text
    ]


def _revision(settings: EngineSettings) -> str:
    """The address: which model answers there is not to be known before, and hardly after."""
    return str(_where(settings))


ENGINE = Engine("a server with /v1/audio/transcriptions", "", _revision, load)
