"""Decode audio of any common format to 16 kHz float samples, one array a channel.  No ffmpeg binary."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scribeeval.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
MAX_CHANNELS = 2
STREAMED = (0, 0xFFFFFFFF)  # sizes that a recorder writes when it does not know the length yet
MAX_OGG_PAGE = 65_307
END_OF_STREAM = 4
MISSING_S = 1.0  # encoders add and drop less than that at the ends
MISSING_SHARE = 0.01  # declared lengths of compressed sound are estimates
FIRST_BUFFER_S = 600.0
LONGEST_BUFFER_S = 7200.0  # of what a header says; what there is may be longer
MICROSECONDS = 1_000_000
NO_NUMBERS = "holds samples that are no numbers (NaN or infinite); export the recording again"


def is_cut_short(path: Path, length_s: float) -> bool:
    """Tell whether a file ends before its own header, index or last page says; not all can tell.

    length_s: what was decoded of it.  A recording cut short decodes without complaint, and its missing
    words would count as the recogniser's deletions.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            declared = int.from_bytes(head[4:8], "little")
            if declared not in STREAMED and declared + 8 > size:
                return True
        if head[:4] == b"OggS":
            file.seek(max(0, size - MAX_OGG_PAGE))
            tail = file.read()
            last = tail.rfind(b"OggS")
            if last < 0 or not tail[last + 5] & END_OF_STREAM:
                return True
    av = _av()
    with av.open(str(path), metadata_errors="ignore") as container:
        declared_s = _declared_s(container)
    return declared_s is not None and declared_s - length_s > max(MISSING_S, MISSING_SHARE * declared_s)


def decode(path: Path) -> "list[NDArray[np.int16]]":
    """Decode a file: one array of samples per channel, at SAMPLE_RATE_HZ.

    int16, as Whisper itself reads sound: an hour of two channels is 220 MiB.

    A file whose end is missing or damaged gives what comes before; is_cut_short tells.

    Raises:
        InputError: no audio in it, unreadable, more than two channels, samples that are no numbers,
            or the asr extra is missing.

    """
    import numpy as np

    av = _av()
    length = declared = 0
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise InputError(f"{path}: has no audio track; export the recording again")
            stream = container.streams.audio[0]
            n_channels = stream.codec_context.layout.nb_channels
            if n_channels > MAX_CHANNELS:
                raise InputError(
                    f"{path}: has {n_channels} channels; "
                    "give one (mixed) or two (clinician left, patient right)"
                )
            declared_s = _declared_s(container) or 0.0
            declared = int(declared_s * SAMPLE_RATE_HZ)
            # One buffer that grows: a list of pieces, joined at the end, would need the memory twice.
            first_s = min(declared_s or FIRST_BUFFER_S, LONGEST_BUFFER_S) + 1
            samples = np.empty((n_channels, int(first_s * SAMPLE_RATE_HZ)), dtype=np.int16)
            for piece in _pieces(av, container, "mono" if n_channels == 1 else "stereo"):
                if not np.isfinite(piece).all():
                    raise InputError(f"{path}: {NO_NUMBERS}")
                end = length + piece.shape[1]
                if end > samples.shape[1]:
                    samples = np.pad(samples, ((0, 0), (0, samples.shape[1] // 2 + piece.shape[1])))
                samples[:, length:end] = np.clip(np.rint(piece * 32_768), -32_768, 32_767)
                length = end
    except (av.error.FFmpegError, ValueError):
        if not length or declared - length <= MISSING_S * SAMPLE_RATE_HZ:
            raise InputError(
                f"{path}: cannot be read as audio; export it again as WAV, FLAC, OGG, MP3 or M4A"
            ) from None
    if not length:
        raise InputError(f"{path}: holds no sound; export the recording again")
    return [channel[:length] for channel in samples]


def _pieces(av: Any, container: Any, layout: str) -> "Iterator[NDArray[np.float32]]":
    """The first audio track in pieces of (channels, samples), at SAMPLE_RATE_HZ."""
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE_HZ)
    for frame in chain(container.decode(container.streams.audio[0]), [None]):  # None: what is still held
        for resampled in resampler.resample(frame):
            yield resampled.to_ndarray()


def _declared_s(container: Any) -> float | None:
    """How long the first audio track says it is, in seconds; None where it does not say."""
    stream = container.streams.audio[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is None or len(container.streams) > 1:  # a film may be longer than its sound
        return None
    return float(container.duration) / MICROSECONDS


def _av() -> Any:
    try:
        import av
    except ModuleNotFoundError:
        raise InputError("audio needs the asr extra; run pip install 'scribeeval[asr]'") from None
    return av
