"""One article's view of one meeting, as an event of its own: id from content, evidence with its article, codes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import communique
from communique import model, wire
from communique.identify.merge import canonical

_NAMESPACE = uuid.UUID("5f1c9a52-6b0e-5f3e-9d59-0f6d1f6f4b5a")


def report(
    article: model.Article, language: str, meeting: model.Meeting, ordinal: int, edition: str | None = None
) -> wire.MeetingEvent:
    """Revision 1 of a meeting that only this article reports. `edition` is the version of the language's file."""
    event = wire.MeetingEvent(
        meeting_id=_meeting_id(article, meeting, ordinal),
        revision=1,
        kind=meeting.kind,
        status=meeting.status,
        background=meeting.background,
        when=wire.When(
            start=meeting.when.start,
            end=meeting.when.end,
            precision=meeting.when.precision,
            text=meeting.when.text,
            evidence=_optional(article, meeting.when.evidence),
        ),
        where=wire.Where(
            city=meeting.where.city,
            country=meeting.where.country,
            venue=meeting.where.venue,
            latitude=meeting.where.latitude,
            longitude=meeting.where.longitude,
            geonames_id=meeting.where.geonames_id,
            text=meeting.where.text,
            evidence=_optional(article, meeting.where.evidence),
        ),
        participants=tuple(
            wire.Participant(
                name=person.name,
                surface=person.surface,
                country=person.country,
                organisation=person.organisation,
                office=person.office,
                office_text=person.office_text,
                role=person.role,
                wikidata=person.wikidata,
                evidence=_all(article, person.evidence),
            )
            for person in meeting.participants
        ),
        countries=meeting.countries,
        organisations=meeting.organisations,
        initiatives=meeting.initiatives,
        relationship=meeting.relationship,
        topics=tuple(
            wire.Topic(id=topic.id, medtop=topic.medtop, evidence=_all(article, topic.evidence))
            for topic in meeting.topics
        ),
        statements=tuple(
            wire.Statement(
                speaker=said.speaker,
                act=said.act,
                text=said.text,
                topics=said.topics,
                evidence=_evidence(article, said.evidence),
            )
            for said in meeting.statements
        ),
        sources=(_source(article, language),),
        confidence=meeting.confidence,
        extractor=wire.Extractor(name="communique", version=communique.__version__, languages=edition or language),
    )
    return canonical(event)


def renamed(event: wire.MeetingEvent, article_id: str) -> wire.MeetingEvent:
    """The event under another id, for when its own stands for a meeting that has moved on."""
    return event.model_copy(update={"meeting_id": str(uuid.uuid5(_NAMESPACE, f"{event.meeting_id} {article_id}"))})


def _meeting_id(article: model.Article, meeting: model.Meeting, ordinal: int) -> str:
    people = sorted(person.name or person.surface for person in meeting.participants)
    facts = (article.article_id, ordinal, meeting.kind, meeting.when.start, meeting.countries, people)
    return str(uuid.uuid5(_NAMESPACE, repr(facts)))


def _source(article: model.Article, language: str) -> wire.SourceReport:
    when = article.published_at
    published = None if when is None else when.isoformat() if article.published_precision == "second" else None
    if when is not None and published is None:
        published = when.date().isoformat()
    return wire.SourceReport(
        article_id=article.article_id,
        url=article.url,
        publisher=article.source.name or article.source.domain,
        language=language,
        published_at=published,
    )


def _all(article: model.Article, evidence: Iterable[model.Evidence]) -> tuple[wire.Evidence, ...]:
    return tuple(_evidence(article, item) for item in evidence)


def _optional(article: model.Article, evidence: model.Evidence | None) -> wire.Evidence | None:
    return None if evidence is None else _evidence(article, evidence)


def _evidence(article: model.Article, evidence: model.Evidence) -> wire.Evidence:
    return wire.Evidence(
        article_id=article.article_id,
        start=evidence.start,
        end=evidence.end,
        text=evidence.text,
        rule=evidence.rule,
    )
