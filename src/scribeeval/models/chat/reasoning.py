"""What a reasoning model thinks is not the note: take it out of an answer.

Tags (DeepSeek-R1, Qwen3, Magistral, EXAONE Deep, Kimi), and gpt-oss's Harmony channels, also with their
special tokens lost, as some decoders leave them.
"""

import re

# Opening and closing tag.  Templates of DeepSeek-R1 and EXAONE Deep open the reasoning themselves, so that
# an answer may hold the closing tag only.
_TAGS = {
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<thought>": "</thought>",
    "◁think▷": "◁/think▷",
}
_TAG = re.compile("|".join(map(re.escape, (*_TAGS, *_TAGS.values()))))

# https://cookbook.openai.com/articles/openai-harmony; the channel is the first word of a message's head.
_HARMONY = re.compile(
    r"<\|channel\|>\s*(?P<channel>\w+)(?:(?!<\|message\|>).)*<\|message\|>"
    r"(?P<body>.*?)(?=<\|(?:start|end|return|call|channel)\|>|\Z)",
    re.DOTALL,
)
_BARE_HARMONY = re.compile(r"\s*analysis(?P<reasoning>.*)assistantfinal(?P<body>.*)", re.DOTALL)


def separate(text: str) -> tuple[str, str]:
    """Split an answer into what was asked for and the reasoning.

    Text without reasoning is given back as it is.  Reasoning that does not end leaves nothing else: the
    answer was cut in it, and no part of it may pass for a note.

    >>> separate("<think>Pain, knee.</think>\\nSUBJECTIVE: knee pain")
    ('SUBJECTIVE: knee pain', 'Pain, knee.')
    >>> separate("Pain, knee.</think>\\nSUBJECTIVE: knee pain")
    ('SUBJECTIVE: knee pain', 'Pain, knee.')
    >>> separate("<think>Pain, kn")
    ('', 'Pain, kn')
    >>> separate("<|channel|>analysis<|message|>Knee.<|end|><|channel|>final<|message|>Pain")
    ('Pain', 'Knee.')
    """
    if _HARMONY.search(text):
        return _channels(text)
    if bare := _BARE_HARMONY.fullmatch(text):
        return bare["body"].strip(), bare["reasoning"].strip()
    return _tagged(text)


def _channels(text: str) -> tuple[str, str]:
    answer: list[str] = []
    reasoning: list[str] = []
    for message in _HARMONY.finditer(text):
        (answer if message["channel"] == "final" else reasoning).append(message["body"].strip())
    return "\n".join(filter(None, answer)), "\n".join(filter(None, reasoning))


def _tagged(text: str) -> tuple[str, str]:
    """Walk from tag to tag.  A closing tag that none opened: all before it was reasoning."""
    answer: list[str] = []
    reasoning: list[str] = []
    closing, at = None, 0
    for tag in _TAG.finditer(text):
        if closing is not None and tag[0] != closing:
            continue  # reasoning may name a tag
        before = text[at : tag.start()].strip()
        at = tag.end()
        if closing is not None:
            reasoning.append(before)
            closing = None
        elif tag[0] in _TAGS:
            answer.append(before)
            closing = _TAGS[tag[0]]
        else:
            reasoning += [*answer, before]
            answer = []
    if at == 0:
        return text, ""
    (answer if closing is None else reasoning).append(text[at:].strip())
    if closing is not None:
        reasoning, answer = answer + reasoning, []
    return "\n".join(filter(None, answer)), "\n".join(filter(None, reasoning))
