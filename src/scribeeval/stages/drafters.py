"""From the [draft] table to drafters: where their files are, what their notes depend on, and loading them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from scribeeval.config import relative
from scribeeval.config_draft import DrafterTable, DraftTable
from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of, sha256_of_json
from scribeeval.models.chat import CHAT_MODELS
from scribeeval.models.chat.base import ChatModel, ChatSettings, estimated_tokens
from scribeeval.models.chat.weights import PACKAGED
from scribeeval.models.drafters import extractive, prompted, replay, vendor
from scribeeval.models.drafters.base import Drafter
from scribeeval.models.network import Listed
from scribeeval.models.prompts.templates import TEMPLATES, read_template, wording


def beside(config: Path, settings: DraftTable) -> DraftTable:
    """Take the paths among the settings as relative to the config, where they are there."""

    def found(value: str | None, known: Sequence[str] = ()) -> str | None:
        if not value or value in known:
            return value
        path = relative(config, value)
        return str(path) if path.exists() else value

    models = {
        name: table.model_copy(
            update={
                "model": found(table.model, tuple(PACKAGED)),
                "template": found(table.template, tuple(TEMPLATES)),
            }
        )
        for name, table in settings.models.items()
    }
    update = {"models": models, "drafts": found(settings.drafts), "names": found(settings.names)}
    return settings.model_copy(update=update)


def chat_settings(table: DrafterTable) -> ChatSettings:
    """Give what concerns the model."""
    return ChatSettings(**_chosen(table, ChatSettings))


def prompt_settings(table: DrafterTable) -> prompted.PromptSettings:
    """Give what concerns the prompt."""
    return prompted.PromptSettings(**_chosen(table, prompted.PromptSettings))


def _chosen(table: DrafterTable, kind: type) -> dict[str, Any]:
    return {field.name: getattr(table, field.name) for field in fields(kind)}


def depends_on(name: str, settings: DraftTable) -> str:
    """Hash what a drafter's notes depend on beside the visits, without loading it.

    Raises:
        InputError: there is no such model, file or template.

    """
    if name == extractive.NAME and name not in settings.models:
        return extractive.producer().options_sha256
    if name == vendor.NAME:
        return ""  # its drafts are among the inputs
    table = settings.models[name]
    if table.drafter == replay.NAME:
        if not table.model:
            raise InputError(f"drafter {name!r}: needs model, a table or notes.jsonl with visit_id and text")
        return sha256_of(Path(table.model))
    kind, chat = CHAT_MODELS[table.drafter], chat_settings(table)
    template = read_template(table.template)
    prompts = [template.sha256, wording(template.language).sha256]
    own = table.model_dump(exclude={"input_price", "output_price", "currency"})
    return sha256_of_json([kind.revision(chat), dict(kind.options(chat)), prompts, own])


def ready(
    name: str,
    settings: DraftTable,
    drafts: Mapping[str, str],
    product: str,
    listed: Listed,
) -> Drafter:
    """Make a drafter, its model loaded.

    drafts: the vendor's, by visit.

    Raises:
        InputError: the model, a file, a template or a package is missing or cannot be used.

    """
    if name == vendor.NAME:
        return vendor.drafter(drafts, product)
    if name == extractive.NAME:
        return extractive.drafter()
    table = settings.models[name]
    if table.drafter == replay.NAME:
        found = replay.drafter(Path(table.model))
        return replace(found, producer=replace(found.producer, name=name))
    model = CHAT_MODELS[table.drafter].load(chat_settings(table), listed)
    return prompted.drafter(prompt_settings(table), model, name)


def not_loaded(name: str, settings: DraftTable) -> Drafter:
    """Make a drafter of a model that cannot answer, to see what it would be asked; tokens are estimates."""
    table = settings.models[name]
    kind, chat = CHAT_MODELS[table.drafter], chat_settings(table)
    model = ChatModel(
        name=table.drafter,
        revision=kind.revision(chat),
        options=kind.options(chat),
        versions={},
        context_tokens=table.context_tokens or None,
        count_tokens=estimated_tokens,
        answer=lambda questions: iter(()),
    )
    return prompted.drafter(prompt_settings(table), model, name)
