"""The [draft] table of a config: which drafters, and the models behind those of them that have one."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from scribeeval.config_base import ConfigTable, known
from scribeeval.errors import not_known
from scribeeval.io.drafts import FORMATS
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.drafters import extractive, replay, vendor

PLAIN = (vendor.NAME, extractive.NAME)  # need no settings of their own
KINDS = (*CHAT_MODELS, replay.NAME)


class DrafterTable(ConfigTable):
    """[draft.models.NAME]: one drafter of the panel; NAME is what its notes are called after.

    drafter: the kind; model: a packaged name, a file or directory, or the name that a server knows; of
    "replay", the table of notes.  The prompt: models/drafters/prompted.py; the model:
    models/chat/base.py.  docs/drafting.md says what each key does.
    input_price, output_price: of a million tokens, in `currency`; None = not known.
    """

    drafter: Annotated[str, known("drafter", KINDS)]
    model: str = ""
    template: str = "soap"
    max_tokens: int = Field(default=1024, ge=1)
    by_section: Literal["auto", "always", "never"] = "auto"
    overlap_turns: int = Field(default=2, ge=0)
    instructions: str = ""
    system_role: bool = True
    temperature: float = Field(default=0.0, ge=0, le=2)
    seed: int = Field(default=0, ge=0)
    context_tokens: int = Field(default=0, ge=0)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    batch_size: int = Field(default=0, ge=0, le=256)
    allow_downloads: bool = False
    endpoint: str = ""
    api: Literal["openai", "azure"] = "openai"
    api_version: str = ""
    allow_remote: bool = False
    remote_host: str = ""
    timeout_s: float = Field(default=300.0, gt=0)
    tries: int = Field(default=4, ge=1, le=20)
    concurrency: int = Field(default=4, ge=1, le=256)
    requests_per_min: int = Field(default=0, ge=0)
    deidentify: bool = False
    input_price: float | None = Field(default=None, ge=0)
    output_price: float | None = Field(default=None, ge=0)
    currency: str = "USD"


class DraftTable(ConfigTable):
    """[draft]: the drafters; the first is the system that the report is about.

    drafters: vendor, extractive, or names of [draft.models].
    drafts: a file or folder of the vendor's drafts, in place of the visits table's column; drafts_format:
    their format, recognised file by file if not given.
    names: a file with a name of staff a line, for de-identification.
    """

    models: dict[str, DrafterTable] = Field(default_factory=dict)
    drafters: tuple[str, ...] = Field(default=(vendor.NAME,), min_length=1, strict=False)
    drafts: str | None = None
    drafts_format: Annotated[str, known("format of drafts", tuple(FORMATS))] | None = None
    names: str | None = None

    @field_validator("models")
    @classmethod
    def _names_are_free(cls, models: dict[str, DrafterTable]) -> dict[str, DrafterTable]:
        taken = [name for name in models if name in PLAIN]
        if taken:
            raise ValueError(f"{taken[0]!r} is the name of a drafter without settings; choose another name")
        return models

    @field_validator("drafters")
    @classmethod
    def _drafters_are_known(cls, drafters: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Check after `models`; where those are wrong, that is said alone."""
        models = info.data.get("models", dict.fromkeys(drafters))
        for name in drafters:
            if name in KINDS and name not in models:
                raise ValueError(f"{name!r} needs a table [draft.models.{name}]; add it")
            if name not in (*PLAIN, *models):
                raise ValueError(not_known("drafter", name, (*PLAIN, *models)))
        if len(set(drafters)) < len(drafters):
            raise ValueError("names one twice; name each once")
        return drafters
