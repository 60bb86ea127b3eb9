"""HTML → plain text. Markup is parsed, never rendered; scripts and styles are dropped with what they hold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from communique.refusals import refused

MAX_TAGS = 10_000
"""The parser needs quadratic time for unclosed blocks: 0.05 s for this many, minutes for 2 MB of them."""

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--|<!\w|<\?\w")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_DROPPED = (
    "script style noscript template iframe object embed svg math canvas audio video form button select textarea head"
    " title"
).split()
_BLOCKS = frozenset(
    "address article aside blockquote br dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f]")  # as "&#7;" becomes one
_LINE_ENDS = re.compile(r" ?\n[ \n]*")


def is_markup(text: str) -> bool:
    """Whether a text holds tags. "a < b" and "<3" do not count."""
    return "<" in text and _TAG.search(text) is not None


def plain_text(text: str) -> str:
    """A text that may hold tags, or entities only, or tags behind entities; unchanged where it is plain already."""
    if "&" in text and not is_markup(text):
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return to_text(text) if is_markup(text) else text


def to_text(markup: str) -> str:
    """The readable text of a document or fragment, one paragraph a line, blank lines between; raises Refused."""
    if markup.count("<") > MAX_TAGS:
        raise refused("too_much_markup")
    tree = LexborHTMLParser(markup)
    tree.strip_tags(_DROPPED)
    body = tree.body
    if body is None:
        return ""
    return _LINE_ENDS.sub("\n\n", _CONTROLS.sub("", "".join(_pieces(body)))).strip()


def _pieces(body: LexborNode) -> Iterator[str]:
    """Text nodes in document order, with a line end where a block begins or ends."""
    node: LexborNode | None = body.child
    depth = 0
    while node is not None:
        if node.is_text_node:
            yield _SPACES.sub(" ", node.text_content or "")
        elif node.tag in _BLOCKS:
            yield "\n"
        below = node.child
        if below is not None:
            node, depth = below, depth + 1
            continue
        while node is not None and node.next is None and depth > 0:
            node, depth = node.parent, depth - 1
            if node is not None and node.tag in _BLOCKS:
                yield "\n"
        node = node.next if node is not None else None
