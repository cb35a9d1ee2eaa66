"""Markup -> the lines that a browser shows: HTML, FHIR's XHTML narrative, and CDA's narrative block.

Runs of blanks are one blank; a block, a list's item and a table's row are lines, a row's cells stand apart
by a tab, `br` ends a line (as innerText does, HTML Standard, 3.2.7; no blank lines around paragraphs).  Text
without any markup inside keeps its own line ends.  Nothing is run, fetched or resolved.
"""

import re
from collections.abc import Mapping
from html import unescape
from xml.etree.ElementTree import Element

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
    "item", "list", "paragraph", "text",  # of CDA's narrative block
))  # fmt: skip
_UNSEEN = frozenset(("del", "head", "script", "style", "template", "title"))
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# Own and not html.parser's, which takes minutes for 60 kB of unclosed tags, and an AssertionError for "<![x".
_TAG = re.compile(r"""<(/?)([a-z][^\s<>/]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""", re.IGNORECASE)
_ASIDE = re.compile(r"<[!?][^<>]*+>")
_STYLE = re.compile(r"""\bstyle\s*=\s*(["'])(.*?)\1""", re.IGNORECASE | re.DOTALL)
_WRAPPERS = frozenset(("body", "div", "html", "text"))
_BLANKS = re.compile(r"[ \t\n\f\r]+")


class _Page:
    """Tags and text, in their order -> lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._ended = False  # the line is whole, and nothing has come after it
        self._rows: list[int] = []  # cells so far of each table row that is open
        self._cell_starts = False
        self._unseen = ""  # the tag whose inside is not shown, and how many of it are open
        self._deep = 0
        self._pre = 0
        self._pre_starts = False
        self._opened = 0
        self._plain = True
        self._raw: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self._plain &= tag in _WRAPPERS and not self._opened
        self._opened += 1
        if self._unseen and tag == "body":
            self._unseen = ""  # a head that was never closed
        if self._unseen:
            self._deep += tag == self._unseen
        elif tag in _UNSEEN or attributes.get("revised") == "delete" or _is_hidden(attributes):
            self._unseen, self._deep = tag, 1
        elif tag == "br":
            self._break()
        elif tag in ("td", "th"):
            self._cell()
        elif tag in _BLOCKS:
            self._ended = bool(self._line) and not self._cell_starts
            if tag == "tr":
                self._ended, self._cell_starts = bool(self._line), False
                self._end_block()
                self._rows.append(0)
            if tag == "pre":
                self._pre, self._pre_starts = self._pre + 1, True

    def end(self, tag: str) -> None:
        if self._unseen:
            self._deep -= tag == self._unseen
            if not self._deep:
                self._unseen = ""
        elif tag in _BLOCKS:
            self._ended = bool(self._line) and not self._cell_starts
            if tag == "tr" and self._rows:
                self._rows.pop()
                self._ended, self._cell_starts = bool(self._line), False
            self._pre -= tag == "pre" and self._pre > 0

    def text(self, text: str) -> None:
        if self._unseen:
            return
        text = text.replace("\r\n", "\n")
        self._raw.append(text)
        if self._pre:
            if self._pre_starts:
                text, self._pre_starts = text.removeprefix("\n"), False
            first, *rest = text.split("\n")
            self._add(first)
            for line in rest:
                self._break()
                self._add(line)
            return
        text = _BLANKS.sub(" ", text)
        if self._ended or not self._line or self._line[-1][-1] in " \t":
            text = text.removeprefix(" ")
        self._add(text)

    def whole(self) -> str:
        """Give the text of what has come so far."""
        if self._plain:
            lines = [line.strip() for line in "".join(self._raw).split("\n")]
        else:
            lines = [*self._lines, *filter(None, [self._shown()])]
        return "\n".join(lines).replace("\xa0", " ").strip("\n")

    def _add(self, text: str) -> None:
        if text:
            self._end_block()
            self._line.append(text)
            self._cell_starts = False

    def _cell(self) -> None:
        if self._rows and self._rows[-1]:
            self._ended = False  # a block that ends with its cell does not end the row's line
            self._line.append("\t")
            self._cell_starts = True
        if self._rows:
            self._rows[-1] += 1

    def _break(self) -> None:
        self._end_block()
        self._lines.append(self._shown())
        self._line = []

    def _end_block(self) -> None:
        if self._ended and (line := self._shown()):
            self._lines.append(line)
        if self._ended:
            self._line, self._ended = [], False

    def _shown(self) -> str:
        return "".join(self._line).rstrip(" \t")


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    return _HIDDEN.search(attributes.get("style") or "") is not None


def html_text(markup: str) -> str:
    """Give the lines of HTML or XHTML.

    >>> html_text("<div><p>No <b>fever</b>.<br/>Rest&nbsp;&amp; fluids</p><ul><li>x</li></ul></div>")
    'No fever.\\nRest & fluids\\nx'
    """
    page, at = _Page(), 0
    last_comment = markup.rfind("-->")
    while (low := markup.find("<", at)) >= 0:
        page.text(unescape(markup[at:low]))
        if low < last_comment and markup.startswith("<!--", low):
            at = markup.find("-->", low) + len("-->")
        else:
            at = _tag(markup, low, page)
    page.text(unescape(markup[at:]))
    return page.whole()


def _tag(markup: str, low: int, page: _Page) -> int:
    """Take what starts with the < at low; returns where the text goes on.  A < that opens nothing is text."""
    aside = _ASIDE.match(markup, low)
    if aside is not None:
        return aside.end()
    tag = _TAG.match(markup, low)
    if tag is None:
        page.text("<")
        return low + 1
    closes, name, attributes = tag[1], tag[2].lower(), tag[3]
    if closes:
        page.end(name)
        return tag.end()
    style = _STYLE.search(attributes) if "=" in attributes else None
    page.start(name, {"style": style[2]} if style else {})
    if attributes.endswith("/"):
        page.end(name)
    elif name in ("script", "style"):  # of which nothing is markup
        end = re.compile(f"</{name}", re.IGNORECASE).search(markup, tag.end())
        return end.start() if end else len(markup)
    return tag.end()


def narrative_text(block: Element) -> str:
    """Give the lines of a CDA narrative block, a section's <text>; what is marked as deleted is left out."""
    page = _Page()
    _walk(block, page)
    return page.whole()


def _walk(element: Element, page: _Page) -> None:
    page.start(element.tag, element.attrib)
    page.text(element.text or "")
    for child in element:
        _walk(child, page)
        page.text(child.tail or "")
    page.end(element.tag)
