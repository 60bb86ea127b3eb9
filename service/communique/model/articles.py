"""What comes in: a record, and the article that is read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from communique.model.values import value


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, or one line of `communique extract`, before anything has been understood."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = ""
    partition: int = 0
    offset: int = 0
    timestamp_ms: int = 0
    """Broker or arrival time in milliseconds since 1970; the only "now" that the core knows."""


@value
class Source:
    name: str | None = None
    domain: str | None = None
    country: str | None = None
    timezone: str | None = None


@value
class Article:
    """An accepted raw article. `text` is the canonical body, NFC, behind the title and a blank line if there is one."""

    article_id: str
    """uuid5 of the canonical URL or URI: the same address is the same article."""
    uri: str
    url: str | None
    text: str
    title: str | None = None
    language_hint: str | None = None
    published_at: datetime | None = None
    """Aware; None when the sender gave no date."""
    published_precision: Literal["second", "day"] = "second"
    zone_assumed: bool = False
    """True where the sender's time was naive and no zone of the source was known, so UTC was taken."""
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    embargo_until: datetime | None = None
    canonical_url: str | None = None
    aliases: tuple[str, ...] = ()
    """The ids that its other addresses would give: who takes it back may know it under any of them."""
    source: Source = Source()
    content_hash: bytes = b""
    """sha256 of the folded text: equal for the same report under two addresses."""
    shape: str = "canonical"
    extra: Mapping[str, Any] = field(default_factory=dict)
