"""The drafter that asks a language model: a template and a visit's transcript -> questions -> the note.

Where a question and its answer do not fit the model's window, each section is asked for by itself; where
that does not fit either, the visit is split at turns and the notes of its parts are merged.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from scribeeval.errors import InputError
from scribeeval.io.files import sha256_of_json
from scribeeval.models.chat.base import ChatModel, Question
from scribeeval.models.drafters.base import Drafter, Plan
from scribeeval.models.prompts.answers import ANSWER_RULES, own_section, says_nothing, unwrap, why_no_note
from scribeeval.models.prompts.fencing import fence_code
from scribeeval.models.prompts.merging import merge
from scribeeval.models.prompts.questions import Prompt
from scribeeval.models.prompts.splitting import parts_of, split_long_turns, turns_of
from scribeeval.models.prompts.templates import TemplateSection, read_template, wording
from scribeeval.records import Producer, Segment

REVISION = "prompts-v1"  # how questions are put together, visits split and notes merged
MESSAGE_TOKENS = 32  # what a chat template puts around a message, and around the answer; rather too many
SECTION_SHARE = 2  # an answer about one section may have 1 / SECTION_SHARE of a note's tokens

Asked = tuple[TemplateSection | None, ...]


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What a user may choose of the prompt.

    template: a packaged name, or the path of a user's own TOML file.
    max_tokens: of the answer, its reasoning included; of one section's, half of it.
    by_section: a question per section: "auto" = where a whole note does not fit the model's window.
    overlap_turns: how many turns two parts of a long visit share.
    instructions: the site's own, after the rules.
    system_role: false for a model whose chat template has no system message (Gemma).
    """

    template: str = "soap"
    max_tokens: int = 1024
    by_section: Literal["auto", "always", "never"] = "auto"
    overlap_turns: int = 2
    instructions: str = ""
    system_role: bool = True


@dataclass(frozen=True, slots=True)
class Asking:
    """A prompt, and the model that its questions must fit."""

    prompt: Prompt
    settings: PromptSettings
    model: ChatModel

    def question(
        self, lines: Sequence[str], code: str, section: TemplateSection | None, *, part: bool
    ) -> Question:
        """Ask for a note or one section, with the answer's tokens that it may have."""
        most = self.settings.max_tokens
        return self.prompt.question(
            lines, code, section, most if section is None else -(-most // SECTION_SHARE), part=part
        )

    def fits(self, lines: Sequence[str], code: str, asked: Asked, *, part: bool) -> bool:
        """Tell whether each question about these lines fits the window with its answer."""
        window = self.model.context_tokens
        if window is None:
            return True
        questions = (self.question(lines, code, section, part=part) for section in asked)
        return all(tokens_of(question, self.model) + question.max_tokens <= window for question in questions)


def tokens_of(question: Question, model: ChatModel) -> int:
    """Count the tokens of a question as the model reads it, rather too many."""
    said = sum(model.count_tokens(message.content) for message in question.messages)
    return said + MESSAGE_TOKENS * (len(question.messages) + 1)


def drafter(settings: PromptSettings, model: ChatModel, name: str) -> Drafter:
    """Make the drafter that asks a model.  name: what its notes are called after.

    Raises:
        InputError: settings out of range, a template that is none, a window too small for the rules alone.

    """
    if settings.max_tokens < 1 or settings.overlap_turns < 0:
        raise InputError(f"drafter {name!r}: max_tokens is at least 1, overlap_turns at least 0")
    template = read_template(settings.template)
    words = wording(template.language)
    prompt = Prompt(template, words, settings.instructions, settings.system_role)
    asking = Asking(prompt, settings, model)
    if not asking.fits([], "0" * 12, _ways(asking)[-1], part=True):
        raise InputError(
            f"drafter {name!r}: the rules and the answer's {settings.max_tokens} tokens leave no room for a "
            f"transcript in the model's window of {model.context_tokens}; lower max_tokens"
        )
    prompts = {f"template {template.name}": template.sha256, f"wording {template.language}": words.sha256}
    options = {
        "rules": [REVISION, ANSWER_RULES],
        "prompts": prompts,
        "settings": {**asdict(settings), "template": template.name},
        "model": [model.name, model.options],
        "context_tokens": model.context_tokens,
    }
    return Drafter(
        Producer(name, model.revision, sha256_of_json(options)),
        lambda visit_id, segments: plan(asking, visit_id, segments),
        model,
        facts={"prompts_sha256": prompts},
    )


def _ways(asking: Asking) -> tuple[Asked, ...]:
    """What may be asked about a transcript, in the order in which it is tried."""
    whole: Asked = (None,)
    ways = {
        "never": (whole,),
        "auto": (whole, asking.prompt.template.sections),
        "always": (asking.prompt.template.sections,),
    }
    return ways[asking.settings.by_section]


def plan(asking: Asking, visit_id: str, segments: Sequence[Segment]) -> Plan:
    """Plan the questions about one visit.

    Raises:
        InputError: nothing was said, or one word alone does not fit the window.

    """
    turns = turns_of(segments, asking.prompt.words.labels)
    if not turns:
        raise InputError(f"visit {visit_id!r}: its transcript holds no words; transcribe it, or leave it out")
    lines = [turn.line for turn in turns]
    code = fence_code(lines)
    ways = _ways(asking)
    for asked in ways:
        if asking.fits(lines, code, asked, part=False):
            return _plan(asking, visit_id, [lines], code, asked)

    def fits(some: Sequence[str]) -> bool:
        return asking.fits(some, code, ways[-1], part=True)

    pieces = split_long_turns(turns, fits)
    if pieces is None:
        raise InputError(
            f"visit {visit_id!r}: a word of its transcript is longer than the model's window has room for "
            f"({asking.model.context_tokens} tokens, the answer's included); lower max_tokens"
        )
    lines = [piece.line for piece in pieces]
    ranges = parts_of(lines, asking.settings.overlap_turns, fits)
    return _plan(asking, visit_id, [lines[part.start : part.stop] for part in ranges], code, ways[-1])


def _plan(asking: Asking, visit_id: str, parts: Sequence[Sequence[str]], code: str, asked: Asked) -> Plan:
    """Ask each thing about each part; the note is made of the answers in the same order."""
    split = len(parts) > 1
    return Plan(
        tuple(asking.question(lines, code, section, part=split) for lines in parts for section in asked),
        lambda answers: note(asking.prompt, visit_id, answers, code, asked, len(parts)),
    )


def note(prompt: Prompt, visit_id: str, answers: Sequence[str], code: str, asked: Asked, n_parts: int) -> str:
    """Make the note of the answers.

    Raises:
        InputError: an answer that is no note, or none that says anything.

    """
    template, words = prompt.template, prompt.words
    texts: list[str] = []
    for answer, section in zip(answers, asked * n_parts, strict=True):
        text = unwrap(answer, template)
        problem = why_no_note(text, template, words, code)
        if problem is None and (section is not None or n_parts > 1) and says_nothing(text, words):
            text = ""
        elif problem is None and section is not None:
            text = own_section(text, section.name, template)
            problem = None if text else "the model wrote about other sections than the one asked for"
            text = f"{section.heading}\n{text}"
        if problem is not None:
            raise InputError(f"visit {visit_id!r}: {problem}; try another model or template")
        texts.append(text)
    size = len(asked)
    notes = ["\n\n".join(filter(None, texts[i : i + size])) for i in range(0, len(texts), size)]
    whole = notes[0] if n_parts == 1 else merge(notes, template, words)
    if not whole:
        raise InputError(
            f"visit {visit_id!r}: the model found nothing to write; try another model or template"
        )
    return whole
