"""Decode audio of any common format to 16 kHz float samples, one array a channel.  No ffmpeg binary."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from scribeeval.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
MAX_CHANNELS = 2
STREAMED = (0, 0xFFFFFFFF)  # sizes that a recorder writes when it does not know the length yet
MAX_OGG_PAGE = 65_307
END_OF_STREAM = 4


def is_cut_short(path: Path) -> bool:
    """Tell whether a WAV or Ogg file ends before its own header or last page says; others cannot tell.

    A recording cut short decodes without complaint, and its missing words would count as the
    recogniser's deletions.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            declared = int.from_bytes(head[4:8], "little")
            return declared not in STREAMED and declared + 8 > size
        if head[:4] == b"OggS":
            file.seek(max(0, size - MAX_OGG_PAGE))
            tail = file.read()
            last = tail.rfind(b"OggS")
            return last < 0 or not tail[last + 5] & END_OF_STREAM
    return False


def decode(path: Path) -> "list[NDArray[np.float32]]":
    """Decode a file: one array of samples in -1..1 per channel, at SAMPLE_RATE_HZ.

    Raises:
        InputError: no audio in it, unreadable, more than two channels, or the asr extra is missing.

    """
    import numpy as np

    try:
        import av
    except ModuleNotFoundError:
        raise InputError("audio needs the asr extra; run pip install 'scribeeval[asr]'") from None

    frames: list[NDArray[np.float32]] = []
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
            layout = "mono" if n_channels == 1 else "stereo"
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE_HZ)
            for frame in chain(container.decode(stream), [None]):  # None: what the resampler still holds
                frames += [
                    resampled.to_ndarray().astype(np.float32) for resampled in resampler.resample(frame)
                ]
    except (av.error.FFmpegError, ValueError):
        raise InputError(
            f"{path}: cannot be read as audio; export it again as WAV, FLAC, OGG, MP3 or M4A"
        ) from None
    if not frames:
        raise InputError(f"{path}: holds no sound; export the recording again")
    samples = np.concatenate(frames, axis=1)
    return [np.ascontiguousarray(channel) for channel in samples]
