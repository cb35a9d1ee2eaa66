"""Markup -> lines.  Expected by hand, after what a browser shows (innerText, HTML Standard, 3.2.7)."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribeeval.io.drafts.markup import html_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a\n b", "a\nb"),  # no markup: its own lines
        ("<div>a\n b</div>", "a\nb"),
        ("<div>a\n <b>b</b> c</div>", "a b c"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>a</p>\n\n<p>b</p>", "a\nb"),
        ("<p>a</p><br><p>b</p>", "a\n\nb"),
        ("a<br>b<br/><br />c", "a\nb\n\nc"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "a\nb\nc"),
        ("<b>BP</b> 120<i>/</i>80", "BP 120/80"),
        ("H<sub>2</sub>O &lt; 5&nbsp;mg &amp; 10&#37; &unknown;", "H2O < 5 mg & 10% &unknown;"),
        ("x < 5 and y<3, z <- 2", "x < 5 and y<3, z <- 2"),
        ("<table><tr><th>a<th>b</tr><tr><td>c</td><td>d</td></tr></table>e", "a\tb\nc\td\ne"),
        ("<table><tr><td><p>a</p></td><td><p>b</p><p>c</p></td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<table><tr><td>a</td><td></td></tr><tr><td>b</td></tr></table>", "a\nb"),
        ("<table><tr><td></td><td>b</td></tr><tr><td></td></tr></table>", "\tb"),
        ("<p>x</p><pre>\n a  b\n\n c</pre>", "x\n a  b\n\n c"),
        ("<p>a <!-- <p>no</p> --> b</p><!doctype html><?php x ?>", "a b"),
        ("<p>a</p><!-- no end", "a\n<!-- no end"),
        ("<style>p {}</style><script>if (a<b) '<p>'</script><p>a</p>", "a"),
        ("<html><head><title>t</title></head><body><h1>a</h1>b</body></html>", "a\nb"),
        ("<head><title>t<body>a", "a"),
        ("<p>a <del>b <b>c</b></del> d <span style='color:red; display: none'>e</span></p>", "a d"),
        ("<P CLASS='x>y'>a</P ><o:p>b</o:p>", "a\nb"),
        ("<![if !x]>a<![endif]><![x", "a<![x"),
        ("<td>a</td><td>b</td></tr></p></pre>", "ab"),
        ('<img src="data:image/png;base64,AAAA">a<p', "a<p"),
    ],
)
def test_what_a_browser_shows(markup: str, text: str) -> None:
    assert html_text(markup) == text


class Shown(HTMLParser):
    """The words that the standard library's parser finds in markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


pieces = st.lists(
    st.sampled_from(
        ("<p>", "</p>", "<br/>", "<ul><li>", "</li></ul>", "<td>", "<tr>", "</table>", "</a>",
         '<a href="x>y">', "<!-- c -->", "a", "5 mg", "&lt;b&gt;", "&eacute;", " ", "\n", "통증",
         "<b x='1'>", "</b>", "<hr>")
    )
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(pieces)
def test_the_same_words_as_another_parser(parts: list[str]) -> None:
    markup = " ".join(parts)
    peer = Shown()
    peer.feed(markup)
    peer.close()
    assert html_text(markup).split() == peer.words


@pytest.mark.parametrize(
    "unit", ["<!--", "<a ", "</", "<a b='", "<?x", "<![x", "<tr><td>", "<script><", "<p>", "&#"]
)
def test_broken_markup_ends(unit: str) -> None:
    text = html_text(unit * 50_000 + "\nend")
    assert text.endswith("end") or unit == "<script><"
