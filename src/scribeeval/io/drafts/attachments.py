"""What documents carry inside: base64 with a media type -> text."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping

from scribeeval.errors import InputError
from scribeeval.io.drafts.markup import html_text

# The first that a document has is taken: they are the same note in several formats.
TEXTS: Mapping[str, Callable[[str], str]] = {
    "text/plain": str,
    "text/markdown": str,
    "text/html": html_text,
    "application/xhtml+xml": html_text,
}
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:+-]+)", re.IGNORECASE)


def decoded(data: str) -> bytes:
    """Decode base64, with or without line ends inside.

    Raises:
        InputError: it is none, or was cut off.

    """
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InputError("an attachment is not base64, or was cut off; export it again") from None


def media_type(content_type: str) -> tuple[str, str]:
    """Split a media type from its charset, "" if none is given.

    >>> media_type("Text/Plain; charset=ISO-8859-1")
    ('text/plain', 'iso-8859-1')
    """
    charset = _CHARSET.search(content_type)
    return content_type.partition(";")[0].strip().lower(), charset[1].lower() if charset else ""


def text_of(content_type: str, data: bytes) -> str:
    """Give an attachment's text, read in its charset, else as UTF-8.

    Raises:
        InputError: a media type that is no text, an unknown charset, or bytes that are not in it.

    """
    kind, charset = media_type(content_type)
    if kind not in TEXTS:
        raise InputError(f"an attachment is none of {', '.join(TEXTS)}; export it as one of them")
    try:
        text = data.decode(charset or "utf-8")
    except (LookupError, ValueError):
        raise InputError(
            "an attachment is not in its charset (UTF-8 if none is named); export it again"
        ) from None
    return TEXTS[kind](text.removeprefix("\ufeff"))
