"""Every reason for which a record is refused: code → stage → one sentence. The README's table is checked against it.

A code is part of the contract: it never changes its meaning, and a new reason gets a new code. The sentences hold no
text of the article; a detail such as a field name or a byte position may follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from communique.errors import Refused
from communique.model import Refusal

Stage = Literal["decode", "adapt", "validate", "enrich", "store"]

DETAIL_LIMIT = 200
"""Characters of the detail behind a sentence; keeps dlq-error-message far below its 1 kB."""


@dataclass(frozen=True, slots=True)
class Reason:
    stage: Stage
    sentence: str


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        # ── from bytes to one JSON object ──
        "null_without_key": Reason("decode", "A null value withdraws the article its key names, but there is no key."),
        "empty_value": Reason("decode", "The value has no bytes."),
        "too_large": Reason("decode", "The value is larger than 2 MB."),
        "unknown_codec": Reason("decode", "The content-encoding is neither gzip, deflate nor identity."),
        "bad_compression": Reason("decode", "The value is not what its content-encoding says."),
        "decompression_bomb": Reason("decode", "The value is larger than 2 MB once decompressed."),
        "batch_unreadable": Reason(
            "decode", "The broker's batch that held the record cannot be decompressed or parsed."
        ),
        "not_utf8": Reason("decode", "The value is not UTF-8."),
        "not_json": Reason("decode", "The value is not JSON."),
        "not_an_object": Reason("decode", "The value is JSON, but not one object."),
        "too_deep": Reason("decode", "The JSON is nested deeper than 64 levels."),
        "duplicate_key": Reason("decode", "An object names a key twice, so that readers would disagree on its value."),
        "not_a_number": Reason("decode", "NaN and Infinity are not JSON."),
        "number_too_large": Reason("decode", "A number has more than 60 digits before the point."),
        "lone_surrogate": Reason("decode", "A string holds half of a surrogate pair, which no UTF-8 can carry."),
        "bad_cloudevent": Reason("decode", "The CloudEvents envelope holds no readable data."),
        "cloudevents_batch": Reason("decode", "The record is a batch of CloudEvents; one record carries one article."),
        # ── from a sender's shape to the canonical one ──
        "unknown_shape": Reason("adapt", "The configured shape is none of the accepted ones."),
        "no_article": Reason("adapt", "The JSON-LD graph holds no article."),
        # ── from the canonical shape to an article ──
        "no_address": Reason("validate", "Neither url nor uri is given."),
        "bad_address": Reason("validate", "The address is not an http(s) URL or a URI."),
        "empty_body": Reason("validate", "There is no text: no body, no body_html, no title with a description."),
        "too_much_markup": Reason("validate", "A text field holds more than 10 000 tags."),
        "title_too_long": Reason("validate", "The title is longer than 1 000 characters."),
        "body_too_long": Reason("validate", "The body is longer than 1 000 000 characters."),
        "field_too_long": Reason("validate", "A field is longer than the contract allows."),
        "wrong_type": Reason("validate", "A field has another type than the contract says."),
        "bad_date": Reason("validate", "A date is neither ISO 8601 nor RFC 822."),
        "far_future_date": Reason(
            "validate", "The article claims to be published more than seven days after it arrived."
        ),
        # ── behind the contract ──
        "enrich_failed": Reason("enrich", "The extraction failed on this article; that is a bug in communique."),
        "enrich_timeout": Reason("enrich", "The extraction did not end within its time limit."),
        "store_refused": Reason("store", "The database refuses this one record's data."),
    }
)


def refusal(code: str, detail: str = "") -> Refusal:
    """The refusal of a record for a documented reason; an undocumented code is a KeyError."""
    reason = REASONS[code]
    message = f"{reason.sentence} ({detail[:DETAIL_LIMIT]})" if detail else reason.sentence
    return Refusal(stage=reason.stage, code=code, message=message)


def as_refusal(error: Refused) -> Refusal:
    return Refusal(stage=REASONS[error.code].stage, code=error.code, message=error.message)


def refused(code: str, detail: str = "") -> Refused:
    """The same as an exception, for a check that stands deep inside a reader."""
    made = refusal(code, detail)
    return Refused(made.stage, made.code, made.message)
