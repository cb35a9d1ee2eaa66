"""replay: transcripts that were made before, by visit id; nothing is heard.

From a transcripts.jsonl of a run, or from a folder with a readable transcript for each visit
(VISIT_ID.json, VISIT_ID.txt, ...).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.io.transcripts import read_transcript, read_transcripts
from scribeeval.models.engines.base import Engine, EngineSettings, Phrase, Transcriber, producer
from scribeeval.models.network import Listed
from scribeeval.records import Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scribeeval.models.voice import Samples, Span

NAME = "replay"


def load(settings: EngineSettings, _: Listed) -> Transcriber:
    """Open the file or folder of answers.

    Raises:
        InputError: it is missing, or a line of it is no transcript.

    """
    path = Path(settings.model)
    _check(path)
    answers = {} if path.is_dir() else read_transcripts(path)

    def of_visit(visit_id: str) -> tuple[Segment, ...] | None:
        if not path.is_dir():
            return answers[visit_id].segments if visit_id in answers else None
        files = [file for file in _files(path) if file.stem == visit_id]
        if len(files) > 1:
            names = ", ".join(file.name for file in files)
            raise InputError(f"{path}: more than one transcript of visit {visit_id!r} ({names}); keep one")
        if not files:
            return None
        text, segments = read_transcript(files[0])
        return (Segment(0.0, 0.0, None, text),) if segments is None else segments

    def decode(samples: "Samples", speech: "Sequence[Span]") -> tuple[Phrase, ...]:
        raise InputError(f"engine {NAME!r} hears nothing; it answers by visit id")

    return Transcriber(producer(NAME, _revision(settings), {}), {}, decode, {}, of_visit=of_visit)


def _check(path: Path) -> None:
    if not path.exists():
        raise InputError(
            f"engine {NAME!r}: {path} is missing; give a transcripts.jsonl or a folder as the model"
        )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _revision(settings: EngineSettings) -> str:
    path = Path(settings.model)
    _check(path)
    if path.is_dir():
        return sha256_of_json([[file.name, sha256_of(file)] for file in _files(path)])[:12]
    return sha256_of(path)[:12]


ENGINE = Engine("finished transcripts by visit id", "", _revision, load)
