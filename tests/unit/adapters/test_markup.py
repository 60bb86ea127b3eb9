"""HTML becomes text; scripts and styles go with what they hold."""

from __future__ import annotations

import pytest

from communique.adapters.markup import is_markup, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Ein <b>fet</b>tes Wort.</p><p>Zwei.</p>", "Ein fettes Wort.\n\nZwei."),
        ("Vor<div>Drin</div>nach", "Vor\n\nDrin\n\nnach"),
        ("Eins<br>zwei<br/>drei", "Eins\n\nzwei\n\ndrei"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("a&nbsp;&amp;\n  b", "a & b"),
        ("<script>alert(1)</script><style>p{}</style><p>Text</p>", "Text"),
        ("<p onclick='x()'>Text<iframe src=x></iframe></p><!-- Notiz -->", "Text"),
        ("<html><head><title>Titel</title></head><body>Text</body></html>", "Text"),
        ("<p>Bell&#7; und &#xD800;", "Bell und \ufffd"),
        ("<<b>x</b>", "<x"),
        ("", ""),
    ],
)
def test_to_text(html: str, text: str) -> None:
    """Blocks become paragraphs, inline tags leave no trace, white space is one space."""
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>x", True), ("x</b>", True), ("<a href='y'>", True), ("<!-- x -->", True), ("<br/>", True),
        ("a < b", False), ("a <b", False), ("<3", False), ("x > y", False), ("<1>", False),
    ],
)  # fmt: skip
def test_is_markup(text: str, expected: bool) -> None:
    """Only a whole tag makes a text markup."""
    assert is_markup(text) is expected
