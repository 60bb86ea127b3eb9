"""One article's report of a meeting: identity, evidence, source and codes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from communique import identify, model
from communique.wire import Plover
from tests.unit.identify.reports import ALVA, BRAND

PROOF, LATER = model.Evidence(3, 7, "text", "xx.rule"), model.Evidence(9, 13, "text", "xx.rule")


def article(**others: Any) -> model.Article:
    fields = {
        "article_id": str(uuid.uuid5(uuid.NAMESPACE_URL, "https://news.example.org/1")),
        "uri": "https://news.example.org/1",
        "url": "https://news.example.org/1",
        "text": "A text.",
        "published_at": datetime(2024, 6, 29, 6, 30, tzinfo=UTC),
        "source": model.Source(domain="news.example.org"),
    }
    return model.Article(**{**fields, **others})


def meeting(**others: Any) -> model.Meeting:
    fields = {
        "kind": "talks",
        "status": "held",
        "background": False,
        "when": model.When("2024-06-28", "2024-06-28", "day", "Friday", PROOF),
        "where": model.Where("Berlin", "DE", None, None, None, None, "Berlin", PROOF),
        "participants": (
            model.Participant(BRAND, "Brand", "DE", None, "president", "President", "host", None, (PROOF,)),
            model.Participant(ALVA, "Alva", "PE", None, "president", "President", "guest", None, (LATER,)),
        ),
        "countries": ("DE", "PE"),
        "organisations": (),
        "initiatives": (),
        "relationship": None,
        "topics": (),
        "statements": (),
        "confidence": 0.9,
        "evidence": (PROOF,),
    }
    return model.Meeting(**{**fields, **others})


def test_the_same_bytes_give_the_same_event() -> None:
    one, two = (identify.report(article(), "en", meeting(), 0) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()


def test_every_fact_names_its_article() -> None:
    event = identify.report(article(), "en", meeting(), 0)
    proofs = [event.when.evidence, event.where.evidence, *(p.evidence[0] for p in event.participants)]
    assert {proof.article_id for proof in proofs if proof} == {article().article_id}


def test_two_meetings_of_one_article_have_two_ids() -> None:
    assert len({identify.report(article(), "en", meeting(), n).meeting_id for n in range(2)}) == 2


def test_a_day_of_publication_is_published_as_a_day() -> None:
    source = identify.report(article(published_precision="day"), "en", meeting(), 0).sources[0]
    assert (source.published_at, source.publisher, source.language) == ("2024-06-29", "news.example.org", "en")


@pytest.mark.parametrize(
    ("changes", "cameo", "plover"),
    [
        ({}, "043", Plover(event="CONSULT", mode="visit")),
        ({"kind": "phone_call"}, "041", Plover(event="CONSULT", mode="phone")),
        ({"kind": "video_call"}, "040", Plover(event="CONSULT")),
        ({"kind": "signing"}, "057", Plover(event="AGREE")),
        ({"status": "announced"}, "036", None),
        ({"status": "refused"}, "125", None),
        ({"status": "cancelled"}, None, None),
        ({"where": model.Where(None, "FR", None, None, None, None, None, None)}, "044",
         Plover(event="CONSULT", mode="third-party")),
        ({"participants": ()}, "040", Plover(event="CONSULT")),
        ({"kind": "other"}, None, None),
    ],
)  # fmt: skip
def test_event_codes_follow_kind_status_and_place(
    changes: dict[str, Any], cameo: str | None, plover: Plover | None
) -> None:
    event = identify.report(article(), "en", meeting(**changes), 0)
    assert (event.cameo, event.plover) == (cameo, plover)
