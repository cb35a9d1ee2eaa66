"""One TOML file = one experiment: read it, check every key, and resolve its paths.

Paths in a config are relative to the config file.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ValidationError,
    model_validator,
)

from scribeeval.config_base import ConfigTable, known
from scribeeval.config_draft import DraftTable
from scribeeval.config_study import StudyTable
from scribeeval.errors import InputError, not_known
from scribeeval.io.files import read_text
from scribeeval.io.transcripts import FORMATS
from scribeeval.metrics import METRICS
from scribeeval.metrics.edit_seconds_estimate import TYPICAL
from scribeeval.models.engines import ENGINES
from scribeeval.records import Speaker
from scribeeval.stats.published import Reliability
from scribeeval.text.sections import default_headers


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error})") from None
    return value


MetricName = Annotated[str, known("metric", tuple(METRICS))]
Pattern = Annotated[str, AfterValidator(_pattern)]
Language = Literal["en", "ko"]
Checked = TypeVar("Checked", bound=BaseModel)


class RunTable(ConfigTable):
    """[run]: what the experiment is called, and the seed of every generator in it."""

    name: str = Field(pattern=r"^[\w.-]+$")
    title: str = ""
    seed: int = Field(default=0, ge=0)
    simulated: bool = False


class VisitsTable(ConfigTable):
    """[visits]: the table of visits, and the product that drafted the notes."""

    table: str
    product: str = ""


class TranscribeTable(ConfigTable):
    """[transcribe]: the engine, the weights and the language; see docs/engines.md.

    model: a packaged name, a directory, for "replay" the file or folder of finished transcripts, or, with
    allow_downloads, any name that the engine fetches.
    beam_size: 1 is greedy.  batch_size: windows decoded at once; 0: as the device suits.
    device "auto": a GPU where there is one.
    initial_prompt: text before the first word.  hotwords: "lexicon", or a file with a term a line.
    endpoint: of "openai-compatible"; another machine only with allow_remote and its name as remote_host.
    swap_roles: the patient is the left channel, or `audio_clinician` holds the patient.
    transcripts: a folder of finished transcripts; then no engine runs.  transcripts_format: their format,
    recognised file by file if not given.  speakers: their own labels and whom they name.
    """

    engine: Annotated[str, known("engine", tuple(ENGINES))] = "faster-whisper"
    model: str = "tiny.en"
    transcripts: str | None = None
    transcripts_format: Annotated[str, known("transcript format", tuple(FORMATS))] | None = None
    speakers: dict[str, Speaker] = Field(default_factory=dict, strict=False)
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    beam_size: int = Field(default=1, ge=1, le=20)
    batch_size: int = Field(default=0, ge=0, le=256)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    initial_prompt: str = ""
    hotwords: str = ""
    allow_downloads: bool = False
    endpoint: str = ""
    allow_remote: bool = False
    remote_host: str = ""
    swap_roles: bool = False


class EditRatesTable(ConfigTable):
    """[score.edit_rates]: rates of the edit-seconds estimate; defaults and sources: its metric's file."""

    reading_words_per_min: float = Field(default=TYPICAL.reading_words_per_min, gt=0)
    s_per_edit: float = Field(default=TYPICAL.s_per_edit, ge=0)
    typing_s_per_char: float = Field(default=TYPICAL.typing_s_per_char, ge=0)


class ScoreTable(ConfigTable):
    """[score]: metrics, intervals, template blocks to leave out of the edit metrics, and subgroups.

    discarded_below: a draft of which the signed note keeps a smaller share of words was discarded.
    section_level: what is scored apart: headed sections, SOAP, or ACI-BENCH's four divisions.
    headings: a site's own headings by section, beside those of text/data/headers.csv.
    rouge_tokenizer: "unicode" for notes that are not in English; rouge_stem: Porter's stems.
    site_terms: a table of the site's own terms: concept, semantic_type, surfaces (by "|"), code.
    second_opinion: a packaged name (all-MiniLM-L6-v2) or the directory of a model that is asked beside the
    words, by the metrics that take one.
    embedding_model: the directory of an encoder; adds the metric embedding_f1, on that layer (last).
    """

    metrics: tuple[MetricName, ...] = Field(default=tuple(METRICS), min_length=1, strict=False)
    level: float = Field(default=0.95, gt=0, lt=1)
    resamples: int = Field(default=2000, ge=100)
    interval: Literal["percentile", "bca"] = "percentile"
    exclude_patterns: tuple[Pattern, ...] = Field(default=(), strict=False)
    exclude_sections: tuple[str, ...] = Field(default=(), strict=False)
    headings: dict[str, tuple[str, ...]] = Field(default_factory=dict, strict=False)
    section_level: Literal["section", "soap", "division"] = "section"
    edit_rates: EditRatesTable = EditRatesTable()
    discarded_below: float = Field(default=0.2, ge=0, le=1)
    rouge_tokenizer: Literal["rouge", "unicode"] = "rouge"
    rouge_stem: bool = False
    site_terms: str | None = None
    second_opinion: str | None = None
    embedding_model: str | None = None
    embedding_layer: int | None = Field(default=None, ge=1)
    by: tuple[str, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _sections_are_known(self) -> "ScoreTable":
        known = (*default_headers().soap, *self.headings)
        for name in self.exclude_sections:
            if name not in known:
                raise ValueError(f"exclude_sections: {not_known('section', name, known)}")
        return self


class PublishedTable(ConfigTable):
    """[published]: a published table of means before and after, to be recomputed.

    reliability: where the table was read, as in stats/data/published_studies.toml.
    """

    table: str
    citation: str = ""
    reliability: Reliability | None = None


class ReportTable(ConfigTable):
    """[report]: the language of report.html, and further ones beside it (report.ko.html).

    include_text: print every finding with its words; without it no text of a note or a transcript is printed.
    """

    language: Language = "en"
    also: tuple[Language, ...] = Field(default=(), strict=False)
    include_text: bool = False


class Config(ConfigTable):
    """A whole experiment.  A stage whose table is missing does not run."""

    run: RunTable = RunTable(name="run")
    visits: VisitsTable | None = None
    transcribe: TranscribeTable | None = None
    draft: DraftTable = DraftTable()
    score: ScoreTable = ScoreTable()
    study: StudyTable | None = None
    published: PublishedTable | None = None
    report: ReportTable = ReportTable()


def relative(config: Path, path: str) -> Path:
    """Resolve a path of a config: relative to the config's folder, without "x/.." in it."""
    return Path(os.path.normpath(config.parent / path))


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        InputError: missing, in another encoding, or not TOML.

    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML: {error}") from None


def load_config(path: Path) -> Config:
    """Read and check a config.

    Raises:
        InputError: one line for each key that is unknown, missing, or of a wrong value.

    """
    return _check(path, Config, load_toml(path))


def options(model: type[Checked], values: dict[str, Any]) -> Checked:
    """Check the options of one stage as they come from the command line.

    Raises:
        InputError: one line for each option of a wrong value.

    """
    return _check(Path("options"), model, values)


def _check(path: Path, model: type[Checked], data: dict[str, Any]) -> Checked:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors()
        # A list with one wrong name is also "too short" without it: say the first thing only.
        wrong = {problem["loc"][:-1] for problem in found}
        problems = [p for p in found if p["type"] != "too_short" or p["loc"] not in wrong]
        raise InputError(_line(path, model, problem) for problem in problems) from None


def _line(path: Path, model: type[BaseModel], problem: Any) -> str:
    *tables, last = (part for part in problem["loc"] if not isinstance(part, int))
    where = f"{path}: [{'.'.join(tables)}] " if tables else f"{path}: "
    if problem["type"] == "extra_forbidden":
        known = _keys(model, tables)
        return where + not_known("key", last, known)
    if problem["type"] == "missing":
        return f"{where}key {last!r} is missing; add it"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}{last!r}: {message[0].lower()}{message[1:]}"


def _keys(model: type[BaseModel], tables: list[str]) -> list[str]:
    """The keys that a table of the config may have; names of the user's own stand in between."""
    named = False
    for name in tables:
        if named:
            named = False
            continue
        annotation = model.model_fields[name].annotation
        options = [annotation, *get_args(annotation)]
        named = get_origin(annotation) is dict
        model = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    return list(model.model_fields)
