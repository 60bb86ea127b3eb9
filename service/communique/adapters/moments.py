"""Points in time as senders write them: ISO 8601, a day, or the RFC 822 form of feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from communique.model.values import value

DAY_CHARACTERS = len("2024-06-28")
_SPACED_OFFSET = re.compile(r"\s+(?=(?:[+-]\d\d:?\d\d|Z|UTC|GMT)$)")
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?(?:\s+(?:[A-Za-z]{1,5}|[+-]\d{4}))?",
    re.ASCII,
)


@value
class Moment:
    at: datetime
    """Aware, with the offset that the sender gave: the sender's own day can be read off it."""
    precision: Literal["second", "day"]
    zone_assumed: bool
    """True where the time was naive and no zone was known, so UTC was taken."""


def read_moment(text: str, zone: str | None = None) -> Moment | None:
    """Read a point in time; a naive one in the IANA `zone`. None for the year 1, which senders write for "no date".

    Raises ValueError for what is no date.
    """
    text = text.strip()
    at = _parse(text)
    if at.year == 1:
        return None
    if at.year < 1000:
        raise ValueError(text)
    precision: Literal["second", "day"] = "day" if len(text) <= DAY_CHARACTERS else "second"
    if at.tzinfo is not None:
        return Moment(at, precision, False)
    known = find_zone(zone) if zone else None
    if known is None:
        return Moment(at.replace(tzinfo=UTC), precision, precision == "second")
    offset = at.replace(tzinfo=known).utcoffset()
    return Moment(at.replace(tzinfo=timezone(offset) if offset is not None else UTC), precision, False)


def _parse(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if _RFC_822.fullmatch(text):
            return parsedate_to_datetime(text)
        spelled = _SPACED_OFFSET.sub("", text).replace("UTC", "Z").replace("GMT", "Z")
        return datetime.fromisoformat(spelled)


@lru_cache(maxsize=512)
def find_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name, None where the name is unknown; a name with tricks in it is a ValueError inside."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
