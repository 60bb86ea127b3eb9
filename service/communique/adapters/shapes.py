"""The senders' shapes: how each is recognised, and what its fields are called in the canonical raw article.

An adapter renames and unpacks, no more: title, body, address and dates pass as they are, so that the contract
(wire.RawArticle) refuses a wrong type in one place for all senders. What only describes the article (authors, tags,
publisher) is taken where it has a form that is understood, and left out where it has not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from communique.refusals import refused

Fields = Mapping[str, Any]


def recognise(fields: Fields, dataschema: str | None) -> str:
    """The shape's name: the sender's word where it is known, else the first mark that fits, else canonical."""
    if dataschema:
        spelled = dataschema.lower()
        for part, shape in _DATASCHEMAS:
            if part in spelled:
                return shape
    if "@type" in fields or "@graph" in fields:
        return "schema.org"
    if "uri" in fields:
        if not _NINJS_3.isdisjoint(fields):
            return "ninjs-3"
        if not _NINJS.isdisjoint(fields):
            return "ninjs-3" if _is_camel(fields) else "ninjs-2"
    if "maintext" in fields:
        return "news-please"
    if "source-hostname" in fields or ("fingerprint" in fields and "hostname" in fields):
        return "trafilatura"
    if "articleBody" in fields:
        return "zyte"
    if "publish_date" in fields and "top_image" in fields:
        return "newspaper4k"
    if "published_parsed" in fields or ("link" in fields and "summary" in fields):
        return "feedparser"
    return "canonical"


_DATASCHEMAS = (
    ("raw-article", "canonical"),
    ("news-please", "news-please"),
    ("trafilatura", "trafilatura"),
    ("schema.org", "schema.org"),
    ("ninjs-schema_3", "ninjs-3"),
    ("ninjs-3", "ninjs-3"),
    ("ninjs-schema_2", "ninjs-2"),
    ("ninjs-2", "ninjs-2"),
    ("zyte", "zyte"),
    ("newspaper4k", "newspaper4k"),
    ("feedparser", "feedparser"),
)
_NINJS_3 = frozenset({"pubStatus", "firstCreated", "versionCreated", "representationType", "infoSources"})
_NINJS = frozenset({"bodies", "headlines", "pubstatus", "firstcreated", "versioncreated", "representationtype"})


def _is_camel(fields: Fields) -> bool:
    """ninjs 3 spells `contentType` where ninjs 2 spells `contenttype`; the entries show it if no other field does."""
    return any("contentType" in entry for name in ("bodies", "headlines") for entry in _objects(fields.get(name)))


def _news_please(fields: Fields) -> dict[str, Any]:
    return {
        "url": fields.get("url"),
        "title": fields.get("title"),
        "body": fields.get("maintext"),
        "description": fields.get("description"),
        "language": _word(fields.get("language")),
        "published_at": fields.get("date_publish"),
        "modified_at": fields.get("date_modify"),
        "fetched_at": fields.get("date_download"),
        "authors": _people(fields.get("authors")),
        "source": {"domain": _word(fields.get("source_domain"))},
        "image_url": _word(fields.get("image_url")),
    }


def _trafilatura(fields: Fields) -> dict[str, Any]:
    """`source` is the page's URL in its JSON output; as_dict says `url`. `raw_text` is the text without line ends."""
    return {
        "url": fields.get("url") or fields.get("source"),
        "title": fields.get("title"),
        "body": fields.get("text") or fields.get("raw_text"),
        "description": fields.get("excerpt") or fields.get("description"),
        "language": _word(fields.get("language")),
        "published_at": fields.get("date"),
        "fetched_at": fields.get("filedate"),
        "authors": _people(fields.get("author")),
        "source": {
            "name": _word(fields.get("source-hostname")) or _word(fields.get("sitename")),
            "domain": _word(fields.get("hostname")),
        },
        "image_url": _word(fields.get("image")),
        "tags": [*_words(fields.get("categories")), *_words(fields.get("tags"))],
        "license": _word(fields.get("license")),
    }


def _schema_org(fields: Fields) -> dict[str, Any]:
    """JSON-LD may write any value as a list of values; the first one counts."""
    node = {
        name: value if name in ("author", "keywords") else _first(value)
        for name, value in _article_node(fields).items()
    }
    page = node.get("mainEntityOfPage")
    address = page.get("@id") or page.get("url") if isinstance(page, Mapping) else page
    return {
        "url": node.get("url") or address or node.get("@id"),
        "title": node.get("headline") or node.get("name"),
        "body": node.get("articleBody"),
        "description": node.get("description"),
        "language": _name(node.get("inLanguage"), "alternateName", "name"),
        "published_at": node.get("datePublished"),
        "modified_at": node.get("dateModified"),
        "authors": _people(node.get("author")),
        "source": {"name": _name(node.get("publisher"))},
        "image_url": _name(node.get("image"), "url", "@id"),
        "tags": _words(node.get("keywords")),
        "license": _name(node.get("license"), "url", "@id"),
    }


def _ninjs_2(fields: Fields) -> dict[str, Any]:
    return _ninjs(
        fields, "firstcreated", "versioncreated", "pubstatus", "contenttype", "infosources", "usageterms"
    )  # fmt: skip


def _ninjs_3(fields: Fields) -> dict[str, Any]:
    return _ninjs(
        fields, "firstCreated", "versionCreated", "pubStatus", "contentType", "infoSources", "usageTerms"
    )  # fmt: skip


def _ninjs(
    fields: Fields, created: str, changed: str, status: str, content_type: str, sources: str, terms: str
) -> dict[str, Any]:
    uri = fields.get("uri")
    bodies = _objects(fields.get("bodies"))
    plain = [body for body in bodies if str(body.get(content_type, "text/plain")).startswith("text/plain")]
    marked = [body for body in bodies if "html" in str(body.get(content_type, ""))]
    return {
        "uri": uri,
        "url": uri if isinstance(uri, str) and uri.lower().startswith(("http://", "https://")) else None,
        "title": _value(fields.get("headlines")) or fields.get("title"),
        "body": _value(plain),
        "body_html": _value(marked),
        "description": _value(fields.get("descriptions")),
        "language": _word(fields.get("language")),
        "published_at": fields.get(created),
        "modified_at": fields.get(changed),
        "embargo_until": fields.get("embargoed"),
        "authors": _people(fields.get("by")),
        "source": {"name": _name(_first(fields.get(sources)))},
        "license": _word(fields.get(terms)),
        "pub_status": fields.get(status),
    }


def _zyte(fields: Fields) -> dict[str, Any]:
    metadata = fields.get("metadata")
    return {
        "url": fields.get("url"),
        "canonical_url": _word(fields.get("canonicalUrl")),
        "title": fields.get("headline"),
        "body": fields.get("articleBody"),
        "body_html": fields.get("articleBodyHtml"),
        "description": fields.get("description"),
        "language": _word(fields.get("inLanguage")),
        "published_at": fields.get("datePublished"),
        "modified_at": fields.get("dateModified"),
        "fetched_at": metadata.get("dateDownloaded") if isinstance(metadata, Mapping) else None,
        "authors": _people(fields.get("authors")),
        "image_url": _name(fields.get("mainImage"), "url"),
    }


def _newspaper4k(fields: Fields) -> dict[str, Any]:
    return {
        "url": fields.get("url"),
        "canonical_url": _word(fields.get("canonical_link")),
        "title": fields.get("title"),
        "body": fields.get("text"),
        "description": fields.get("meta_description"),
        "language": _word(fields.get("meta_lang")) or _word(fields.get("language")),
        "published_at": fields.get("publish_date"),
        "authors": _people(fields.get("authors")),
        "source": {"name": _word(fields.get("meta_site_name"))},
        "image_url": _word(fields.get("top_image")),
        "tags": _words(fields.get("tags")),
    }


def _feedparser(fields: Fields) -> dict[str, Any]:
    """One entry. What the feed says for all of them stands in `feed`, where the sender adds it, or in `source`."""
    feed = _first(fields.get("feed")) or _first(fields.get("source"))
    content = _first(fields.get("content"))
    details = [
        d for d in (content, fields.get("summary_detail"), fields.get("title_detail"), feed) if isinstance(d, Mapping)
    ]
    return {
        "url": fields.get("link"),
        "title": fields.get("title"),
        "body": (content.get("value") if isinstance(content, Mapping) else None) or fields.get("summary"),
        "language": next((word for d in details if (word := _word(d.get("language")))), _word(fields.get("language"))),
        "published_at": fields.get("published")
        or _from_struct(fields.get("published_parsed"))
        or fields.get("updated")
        or _from_struct(fields.get("updated_parsed")),
        "modified_at": fields.get("updated"),
        "authors": _people(fields.get("authors")) or _people(fields.get("author")),
        "source": {"name": _name(feed, "title")},
        "tags": [word for tag in _objects(fields.get("tags")) if (word := _word(tag.get("term")))],
    }


Adapter = Callable[[Fields], dict[str, Any]]

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "canonical": dict,
        "news-please": _news_please,
        "trafilatura": _trafilatura,
        "schema.org": _schema_org,
        "ninjs-2": _ninjs_2,
        "ninjs-3": _ninjs_3,
        "zyte": _zyte,
        "newspaper4k": _newspaper4k,
        "feedparser": _feedparser,
    }
)
SHAPES = tuple(ADAPTERS)

_NINJS_COMMON = "uri headlines title bodies descriptions language embargoed by"
_CONSUMED: Mapping[str, frozenset[str]] = {
    "news-please": frozenset(
        "url title maintext description language date_publish date_modify date_download authors source_domain image_url"
        " filename localpath title_page title_rss text".split()
    ),
    "trafilatura": frozenset(
        "source url title text raw_text excerpt description language date filedate author source-hostname sitename"
        " hostname image categories tags license body comments commentsbody".split()
    ),
    "ninjs-2": frozenset(f"{_NINJS_COMMON} firstcreated versioncreated pubstatus infosources usageterms".split()),
    "ninjs-3": frozenset(f"{_NINJS_COMMON} firstCreated versionCreated pubStatus infoSources usageTerms".split()),
    "zyte": frozenset(
        "url canonicalUrl headline articleBody articleBodyHtml description inLanguage datePublished dateModified"
        " metadata authors mainImage".split()
    ),
    "newspaper4k": frozenset(
        "url canonical_link title text meta_description meta_lang language publish_date authors meta_site_name"
        " top_image tags html article_html images".split()
    ),
    "feedparser": frozenset(
        "link feed source content summary summary_detail title title_detail language published published_parsed updated"
        " updated_parsed authors author author_detail tags links".split()
    ),
}
_SCHEMA_ORG_CONSUMED = frozenset(
    "@context @type @id url mainEntityOfPage headline name articleBody description inLanguage datePublished"
    " dateModified author publisher image keywords license".split()
)


def adapt(fields: Fields, shape: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The canonical fields, without empty ones, and what the adapter did not use; raises Refused."""
    adapter = ADAPTERS.get(shape)
    if adapter is None:
        raise refused("unknown_shape")
    if shape == "canonical":
        return {name: value for name, value in fields.items() if value is not None}, {}
    adapted = {name: value for name, value in adapter(fields).items() if not _is_absent(value)}
    if shape == "schema.org":
        fields, consumed = _article_node(fields), _SCHEMA_ORG_CONSUMED
    else:
        consumed = _CONSUMED[shape]
    return adapted, {name: value for name, value in fields.items() if name not in consumed and not _is_absent(value)}


def _is_absent(value: Any) -> bool:
    """Senders write nothing in many ways; news-please writes the word "None"."""
    return value is None or value in ("", "None", "null") or value == [] or value == {}


# ── the forms in which senders give one thing ────────────────────────────────────────────────────────────────────────


def _article_node(fields: Fields) -> Fields:
    """The article in a JSON-LD document: the object itself, or the first *Article of its graph."""
    if "@graph" not in fields:
        return fields
    for node in _objects(fields["@graph"]):
        types = node.get("@type")
        names = types if isinstance(types, list) else [types]
        if any(isinstance(name, str) and name.endswith(("Article", "BlogPosting")) for name in names):
            return node
    raise refused("no_article")


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if value else None
    return value


def _objects(value: Any) -> list[Fields]:
    """The objects of a list; one object counts as a list of one."""
    if isinstance(value, Mapping):
        return [value]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _value(entries: Any) -> Any:
    """The first entry's `value`, as ninjs wraps its texts; a wrong type passes, for the contract to refuse."""
    return next((entry["value"] for entry in _objects(entries) if entry.get("value") is not None), None)


def _word(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _name(value: Any, *names: str) -> str | None:
    """A thing that is written as its name or as an object that holds the name."""
    if isinstance(value, Mapping):
        return next((word for name in names or ("name",) if (word := _word(value.get(name)))), None)
    return _word(value)


def _words(value: Any) -> list[str]:
    """Keywords: a list, or one string with commas or semicolons between."""
    if isinstance(value, str):
        value = value.replace(";", ",").split(",")
    if not isinstance(value, list):
        return []
    return [word for item in value if (word := _name(item))]


def _people(value: Any) -> list[dict[str, str]]:
    """Authors: a string with ";" between, an object with a name, or a list of either."""
    if isinstance(value, str):
        value = value.split(";")
    people = []
    for item in value if isinstance(value, list) else [value]:
        name = _name(item)
        if name and name != "None":
            uri = _name(item, "url", "href", "@id") if isinstance(item, Mapping) else None
            people.append({"name": name, "uri": uri} if uri else {"name": name})
    return people


def _from_struct(value: Any) -> str | None:
    """feedparser's `published_parsed`: year, month, day, hour, minute, second and more, in UTC."""
    if not isinstance(value, list) or len(value) < 6 or not all(type(part) is int for part in value[:6]):
        return None
    year, month, day, hour, minute, second = value[:6]
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"
