"""The reading of answers: what models wrap around a note is taken off by stated rules; what is no note fails.

The rules, in order (ANSWER_RULES names them; docs/drafting.md says the same to users):
1. NFC, newlines, no blanks at line ends, no control characters;
2. of an answer with one block in ``` that holds all its headings, the block; else lines of ``` alone go;
3. ** and __ around words, # before a heading, lines of --- or *** alone, and blank lines after another go;
4. text before the first heading goes where each line of it announces the note or is the template's title;
5. a last paragraph goes where it offers more work or says how the note was made.
"""

import re
import unicodedata

from scribeeval.models.prompts.templates import Template, Wording
from scribeeval.text.sections import PREAMBLE, Headers, key, split_sections

ANSWER_RULES = "answers-v1"
LONGEST_REFUSAL = 400  # characters
LEAST_QUOTED = 24  # letters and blanks of a line of the prompt that no note has by chance
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2060\ufeff]")
_BLOCK = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)^[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
_BLOCK_LINE = re.compile(r"^[ \t]*```[^\n`]*$\n?", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_RULE_LINE = re.compile(r"^[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*$\n?", re.MULTILINE)
_NUMBER = re.compile(r"^\d+\. ")
_BLANKS = re.compile(r"\n{3,}")
_HASHES = re.compile(r"^[ \t]*#{1,6}[ \t]+(?=\S)")
_NOTE = r"(?:\b(?:notes?|sections?|soap|summary|draft|transcript)\b|기록|노트|요약|항목)"
_ANNOUNCES = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|okay|ok|here(?:'s|’s| is| are)|below is|the following is"
    rf"|based on the)\b.*{_NOTE}.*|(?:네|예|알겠습니다|물론|다음은|아래는|요청하신)(?!\w).*{_NOTE}.*"
    r"|(?:네|알겠습니다)[.,!]?)[.:!]?",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"(?:please )?(?:let me know|feel free|would you like|do you want me|i hope|i can also|if you)\b.*"
    r"\b(?:(?:the|this|your) (?:note|summary|draft|document)"
    r"|(?:need|want|like|require|make)\b.*\b(?:changes|edits|revisions|adjustments|modifications"
    r"|assistance|help|anything else|more details?))\b.*"
    r"|[*(\[]*(?:please )?(?:note|disclaimer)\b.*\b(?:transcript|AI|this (?:note|draft|summary))\b.*"
    r"|.*(?:수정|추가|변경|보완|도움).*(?:필요|원하).*(?:알려|말씀).*",
    re.IGNORECASE,
)
# "I can't sleep" is a chief complaint.
_REFUSES = re.compile(
    r"(?:(?:(?:i(?:'|’)m|i am) sorry|sorry|unfortunately|as an ai)\b[^.]{0,60})?"
    r"\bi (?:can(?:no|'|’)t|am (?:unable|not able) to)"
    r"\s+(?:assist|comply|provide|create|generate|fulfil|help (?:with|you)|write (?:about|a|the|this|your)\b)"
    r"|죄송[^.]*[.,]?[^.]*(?:작성|제공|답변|도와)[^.]*(?:없|어렵)",
    re.IGNORECASE,
)


def unwrap(answer: str, template: Template) -> str:
    """Take off what a model wrapped around a note, by the rules above; else the text stays as it is."""
    headers = template.headers
    text = unicodedata.normalize("NFC", answer.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(line.rstrip() for line in _CONTROL.sub("", text).split("\n"))
    text = _without_block(text, headers)
    text = _RULE_LINE.sub("", _EMPHASIS.sub(r"\2", text))
    text = "\n".join(_without_hashes(line, headers) for line in text.split("\n"))
    text = _BLANKS.sub("\n\n", text).strip()
    return _without_offer(_without_announcement(text, template, headers))


def _has_heading(text: str, headers: Headers) -> bool:
    return any(section.name != PREAMBLE for section in split_sections(text, headers))


def _without_block(text: str, headers: Headers) -> str:
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) == 1:
        block = blocks[0]
        around = text[: block.start()] + text[block.end() :]
        if not around.strip() or (_has_heading(block[1], headers) and not _has_heading(around, headers)):
            return block[1]
    return _BLOCK_LINE.sub("", text)


def _without_hashes(line: str, headers: Headers) -> str:
    """Take "##" off a heading; "# HTN" is a clinician's problem list."""
    bare = _HASHES.sub("", line)
    return bare if bare != line and _has_heading(bare, headers) else line


def _without_announcement(text: str, template: Template, headers: Headers) -> str:
    """Drop the text before the first heading if all of it announces; with no heading, lines that do."""
    first = next((s.header_start for s in split_sections(text, headers) if s.name != PREAMBLE), None)
    lines = text.split("\n") if first is None else text[:first].split("\n")
    n_announcing = 0
    for line in map(str.strip, lines):
        if line and not _ANNOUNCES.fullmatch(line) and key(line) != key(template.title):
            break
        n_announcing += 1
    if first is not None:
        return text[first:] if n_announcing == len(lines) else text
    return "\n".join(lines[n_announcing:])


def _without_offer(text: str) -> str:
    *others, last = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(others).rstrip() if others and _OFFERS.fullmatch(last.strip()) else text


def own_section(text: str, name: str, template: Template) -> str:
    """Give what an answer about one section says of it, without its heading; "" where it is of others only.

    Text under the headings of the template's other sections goes: each of them is asked for by itself.
    """
    others = {part.name for part in template.sections} - {name}
    kept: list[str] = []
    mine = True
    for section in split_sections(text, template.headers):
        if section.name in others:
            mine = False
        elif section.name in (name, PREAMBLE):
            mine = True
        if mine:
            start = section.start if section.name == name else section.header_start
            kept.append(text[start : section.end])
    return "".join(kept).strip()


def says_nothing(text: str, words: Wording) -> bool:
    """Tell whether an answer about one section says that there is nothing to write."""
    return key(text) in {key(phrase) for phrase in (words.nothing, *words.nothing_said)}


def why_no_note(text: str, template: Template, words: Wording, code: str) -> str | None:
    """Say why an unwrapped answer is no note, in words that hold nothing of it; None where it may be one."""
    sections = split_sections(text, template.headers)
    if not any(character.isalnum() for character in text):
        return "the model's answer is empty"
    if not any(key(text[section.start : section.end]) for section in sections):
        return "the model's answer has headings alone"
    if _REFUSES.match(text) and len(text) <= LONGEST_REFUSAL and len(sections) == 1:
        return "the model refused to write"
    said = f" {key(text)} "
    if code in text or any(f" {line} " in said for line in _lines_of_prompt(template, words)):
        return "the model's answer repeats its prompt"
    return None


def _lines_of_prompt(template: Template, words: Wording) -> frozenset[str]:
    """Give the lines of a prompt, as key() writes them, that are too long to stand in a note by chance."""
    texts = (words.rules, words.reminder, words.one_part, *(part.belongs for part in template.sections))
    lines = (key(_NUMBER.sub("", line)) for text in texts for line in text.split("\n"))
    return frozenset(line for line in lines if len(line) >= LEAST_QUOTED)
