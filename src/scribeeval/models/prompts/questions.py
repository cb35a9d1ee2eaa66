"""The words of a question: rules, the fenced transcript, the rules' gist again, and what is to be written."""

from collections.abc import Sequence
from dataclasses import dataclass

from scribeeval.models.chat.base import Message, Question
from scribeeval.models.prompts.fencing import fenced
from scribeeval.models.prompts.templates import Template, TemplateSection, Wording


@dataclass(frozen=True, slots=True)
class Prompt:
    """What every question of a drafter is made from.

    instructions: the site's own, after the rules; "" = none.  system_role: the model knows the role; else
    the rules open the user's message.
    """

    template: Template
    words: Wording
    instructions: str = ""
    system_role: bool = True

    def question(
        self, lines: Sequence[str], code: str, section: TemplateSection | None, max_tokens: int, *, part: bool
    ) -> Question:
        """Ask for a note, or for one section of it, of a transcript's lines.

        code: of the fence.  part: the lines are not the whole visit.
        """
        words = self.words
        rules = "\n\n".join(text for text in (words.rules, self.instructions.strip()) if text)
        opening = [words.task, *([words.one_part.replace("{nothing}", words.nothing)] if part else [])]
        asked = "\n\n".join(
            [
                " ".join(opening),
                fenced(lines, code, words.begin, words.end),
                words.reminder,
                self._order(section),
                words.ready,
            ]
        )
        if self.system_role:
            messages: tuple[Message, ...] = (Message("system", rules), Message("user", asked))
        else:
            messages = (Message("user", f"{rules}\n\n{asked}"),)
        return Question(messages, max_tokens)

    def _order(self, section: TemplateSection | None) -> str:
        """Say what is to be written."""
        pattern = self.words.whole if section is None else self.words.section
        order = pattern.replace("{nothing}", self.words.nothing).replace("{title}", self.template.title)
        sections = self.template.sections if section is None else (section,)
        return "\n".join([order, *(f"- {part.heading}: {part.belongs}" for part in sections)])
