"""What comes out of the pipeline: each record ends in exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from communique.model.articles import Article

if TYPE_CHECKING:
    from communique.wire import MeetingEvent


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was refused. `code` is stable and documented in README; `message` holds no article text."""

    stage: Literal["decode", "adapt", "validate", "enrich", "store"]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """The article reports at least one meeting; the main one first."""

    article: Article
    language: str
    meetings: tuple[MeetingEvent, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """A readable article without a meeting."""

    article: Article
    language: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The sender takes the article back: a null value, or `pub_status` withheld or canceled."""

    article_id: str
    uri: str
    reason: str
    aliases: tuple[str, ...] = ()
    """As those of an article."""


@dataclass(frozen=True, slots=True)
class Rejected:
    refusal: Refusal


Outcome = Found | Nothing | Withdrawn | Rejected
