"""What a reasoning model thinks is not the note: take it out of an answer, and count it."""

import re

_THINK = re.compile(r"<think>(.*?)</think>\s*", re.DOTALL)


def separate(text: str) -> tuple[str, str]:
    """Split an answer into what was asked for and the reasoning before it.

    >>> separate("<think>Pain, knee.</think>\\nSUBJECTIVE: knee pain")
    ('SUBJECTIVE: knee pain', 'Pain, knee.')
    """
    reasoning = "\n".join(match[1].strip() for match in _THINK.finditer(text))
    return _THINK.sub("", text), reasoning
