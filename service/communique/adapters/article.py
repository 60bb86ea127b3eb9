"""Canonical raw article → Article: text, address, times, and the checks that a schema cannot state."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
from pydantic import ValidationError

from communique.adapters import addresses
from communique.adapters.markup import plain_text, to_text
from communique.adapters.moments import Moment, read_moment
from communique.errors import Refused
from communique.model import Article, Source, Withdrawn
from communique.refusals import refused
from communique.wire import MAX_BODY, MAX_TITLE, RawArticle

WITHDRAWING = frozenset({"withheld", "canceled", "cancelled"})
AHEAD_OF_ARRIVAL_MS = 7 * 24 * 3600 * 1000
"""How far behind its arrival an article may be dated: room for clocks, zones and print dates."""
LAST_PLAUSIBLE = datetime(2100, 1, 1, tzinfo=UTC)
"""The bound where the time of arrival is not known."""
LAST_PLAUSIBLE_MS = int(LAST_PLAUSIBLE.timestamp()) * 1000
EXTRA_FIELDS = 64
EXTRA_BYTES = 8_192

_ASCII = bytes(range(0x80))
_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(0x100))
_NOT_ASCII_WORD = (string.punctuation + string.whitespace).encode() + bytes(range(0x80, 0x100))
_WIDE_PUNCTUATION = re.compile(
    rb"\xe2[\x80\x81][\x80-\xbf]|\xc2[\x80-\xbf]|\xe3\x80[\x80-\xbf]|\xef\xbc[\x80-\x8f\x9a-\x9f]"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def build_article(
    fields: Mapping[str, Any], extra: Mapping[str, Any], *, shape: str, arrived_ms: int, nul_characters: int = 0
) -> Article | Withdrawn:
    """Validate canonical fields and read them into an Article; raises Refused.

    `arrived_ms` is the record's own time, the only "now" there is; 0 where it is not known.
    """
    raw = _validate(fields)
    url = _read_url(raw)
    uri = _read_uri(raw, url)
    canonical = addresses.normalise_url(raw.canonical_url) if raw.canonical_url else None
    if canonical is not None and url is not None and not addresses.same_page(canonical, url):
        canonical = None
    identity = canonical or url or uri
    article_id, aliases = addresses.article_id(identity), addresses.aliases(identity, url, uri)
    if raw.pub_status is not None and raw.pub_status.lower() in WITHDRAWING:
        return Withdrawn(article_id=article_id, uri=uri, reason=raw.pub_status.lower(), aliases=aliases)

    title, text = _read_text(raw)
    source = _read_source(raw, url)
    published = _read_date("published_at", raw.published_at, source.timezone)
    if published is not None:
        _check_not_in_future(published.at, arrived_ms)
    embargo = _read_date("embargo_until", raw.embargo_until, source.timezone)
    if embargo is not None and embargo.at > LAST_PLAUSIBLE:
        raise refused("bad_date", "embargo_until")
    return Article(
        article_id=article_id,
        uri=uri,
        url=url,
        text=text,
        title=title,
        language_hint=raw.language if raw.language and _LANGUAGE.fullmatch(raw.language) else None,
        published_at=published.at if published else None,
        published_precision=published.precision if published else "second",
        zone_assumed=published.zone_assumed if published else False,
        modified_at=_read_optional_date(raw.modified_at, source.timezone),
        fetched_at=_read_optional_date(raw.fetched_at, source.timezone),
        embargo_until=embargo.at if embargo else None,
        canonical_url=canonical,
        aliases=aliases,
        source=source,
        content_hash=hash_content(text),
        shape=shape,
        extra=_read_extra(raw, extra, nul_characters),
    )


def _validate(fields: Mapping[str, Any]) -> RawArticle:
    try:
        return RawArticle.model_validate(fields)
    except ValidationError as error:
        raise _explain(error) from None


def _explain(error: ValidationError) -> Refused:
    """The first violation, by field name and rule; the value itself stays out of the message."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    if first["type"] in ("string_too_long", "too_long"):
        code = {"title": "title_too_long", "body": "body_too_long"}.get(field, "field_too_long")
        return refused(code, field)
    return refused("wrong_type", f"{field}: {first['type']}")


# ── address ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_url(raw: RawArticle) -> str | None:
    given = raw.url or ""
    if not given.strip():
        return addresses.normalise_url(raw.uri) if raw.uri else None
    url = addresses.normalise_url(given)
    if url is None:
        raise refused("bad_address", "url")
    return url


def _read_uri(raw: RawArticle, url: str | None) -> str:
    uri = (raw.uri or "").strip()
    if uri and addresses.is_uri(uri):
        return uri
    if uri and url is None:
        raise refused("bad_address", "uri")
    if url is None:
        raise refused("no_address")
    return url


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_text(raw: RawArticle) -> tuple[str | None, str]:
    """Title, and the canonical text: NFC, title first, unless the body begins with it anyway."""
    title = " ".join(_plain(raw.title).split()) or None if raw.title else None
    if title and len(title) > MAX_TITLE:
        raise refused("title_too_long")
    body = _plain(raw.body) if raw.body else ""
    if not body or body.isspace():
        body = to_text(raw.body_html) if raw.body_html else ""
    if (not body or body.isspace()) and title and raw.description:
        body = _plain(raw.description)
    if not body or body.isspace():
        raise refused("empty_body")
    if len(body) > MAX_BODY:
        raise refused("body_too_long", "body_html")
    if title is None:
        return None, body
    if begins_with_title(body, title):
        return title, body
    return title, f"{title}\n\n{body}"


def _plain(text: str) -> str:
    text = plain_text(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def begins_with_title(body: str, title: str) -> bool:
    """Whether the title stands as the body's first line: "Scholz" at the head of "Scholz said …" is no title."""
    return body.startswith(title) and body[len(title) : len(title) + 1] in ("", "\n")


def hash_content(text: str) -> bytes:
    """sha256 of the text without case, spaces and punctuation: equal for a report that two outlets set differently.

    ASCII letters and all others are folded as two streams, one behind the other: the few others then cost next to
    nothing, where folding a whole text with one umlaut in it costs as much as reading the record.
    """
    encoded = text.encode()
    folded = encoded.translate(_LOWER, _NOT_ASCII_WORD)
    if not text.isascii():
        others = encoded.translate(None, _ASCII).decode().casefold().encode()
        folded += _WIDE_PUNCTUATION.sub(b"", others)
    return sha256(folded).digest()


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_date(name: str, text: str | None, zone: str | None) -> Moment | None:
    if text is None or not text.strip():
        return None
    try:
        return read_moment(text, zone)
    except (ValueError, OverflowError):
        raise refused("bad_date", name) from None


def _read_optional_date(text: str | None, zone: str | None) -> datetime | None:
    """A date that nothing hangs on: an unreadable or impossible one is left out."""
    try:
        moment = read_moment(text, zone) if text else None
    except (ValueError, OverflowError):
        return None
    return moment.at if moment is not None and moment.at < LAST_PLAUSIBLE else None


def _check_not_in_future(at: datetime, arrived_ms: int) -> None:
    bound_ms = arrived_ms + AHEAD_OF_ARRIVAL_MS if 0 < arrived_ms < LAST_PLAUSIBLE_MS else LAST_PLAUSIBLE_MS
    if at.timestamp() * 1000 > bound_ms:
        raise refused("far_future_date", "published_at")


# ── what is kept beside ──────────────────────────────────────────────────────────────────────────────────────────────


def _read_source(raw: RawArticle, url: str | None) -> Source:
    given = raw.source
    from_url = addresses.domain(url) if url else None
    if given is None:
        return Source(domain=from_url)
    return Source(name=given.name, domain=given.domain or from_url, country=given.country, timezone=given.timezone)


def _read_extra(raw: RawArticle, unknown: Mapping[str, Any], nul_characters: int) -> dict[str, Any]:
    """Known fields that the core does not read, then unknown ones in the sender's order while there is room."""
    kept: dict[str, Any] = {}
    if nul_characters:
        kept["nul_characters"] = nul_characters
    for name, value in (
        ("authors", [{"name": a.name, "uri": a.uri} if a.uri else {"name": a.name} for a in raw.authors]),
        ("tags", raw.tags),
        ("image_url", raw.image_url),
        ("license", raw.license),
        ("pub_status", raw.pub_status),
        ("source_id", raw.source.id if raw.source else None),
        ("scraper", raw.scraper.model_dump(exclude_none=True) if raw.scraper else None),
    ):
        if value:
            kept[name] = value
    room = EXTRA_BYTES
    for name, value in (*(raw.model_extra or {}).items(), *unknown.items()):
        if len(kept) >= EXTRA_FIELDS:
            break
        if name in kept:
            continue
        size = len(name) + (len(value) if isinstance(value, str) else len(orjson.dumps(value)))
        if size <= room:
            kept[name] = value
            room -= size
    return kept
