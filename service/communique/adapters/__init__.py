"""Record → Article: decode the envelope, recognise the sender's shape, adapt it, validate it. Pure, and never raises.

bytes ──decode.py──▶ one JSON object ──shapes.py──▶ canonical fields ──article.py──▶ Article | Withdrawn
             └───────────────── anything wrong: Refusal, with a code of refusals.py ─────────────────┘
"""

from __future__ import annotations

import uuid

from communique.adapters import addresses
from communique.adapters.article import build_article
from communique.adapters.decode import unpack
from communique.adapters.shapes import ADAPTERS, SHAPES, adapt, recognise
from communique.errors import Refused
from communique.model import Article, Record, Refusal, Withdrawn
from communique.refusals import as_refusal, refused
from communique.wire import MAX_ADDRESS

__all__ = ["ADAPTERS", "SHAPES", "read"]


def read(record: Record, shape: str | None = None) -> Article | Withdrawn | Refusal:
    """Read one record. `shape` is the topic's configured shape and wins over every mark of recognition."""
    try:
        payload = unpack(record)
        if payload.fields is None:
            return _withdraw(record.key, payload.subject)
        shape = shape or recognise(payload.fields, payload.dataschema)
        fields, extra = adapt(payload.fields, shape)
        return build_article(
            fields, extra, shape=shape, arrived_ms=record.timestamp_ms, nul_characters=payload.nul_characters
        )
    except Refused as error:
        return as_refusal(error)


def _withdraw(key: bytes | None, subject: str | None) -> Withdrawn:
    """A null value takes back the article that the key names, by URL, by URI or by its article id."""
    try:
        address = key.decode("utf-8").replace("\x00", "").strip() if key else ""
    except UnicodeDecodeError:
        raise refused("bad_address", "key") from None
    address = address or subject or ""
    if not address:
        raise refused("null_without_key")
    if len(address) > MAX_ADDRESS:
        raise refused("bad_address", "key")
    try:
        article_id = str(uuid.UUID(address))
    except ValueError:
        article_id = addresses.article_id(addresses.normalise_url(address) or address)
    return Withdrawn(article_id=article_id, uri=address, reason="null value")
