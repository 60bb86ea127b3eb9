"""From a document to its meetings. The order of the steps lives only here.

    compile(language, …)     a language file and the knowledge's surfaces → Engine, once a process
    read(article, engine)    Article → Document: matched and segmented; read_promising stops where nothing comes of it
    meetings(document, …)    Document → Meetings, the main one first

Seven pure functions do the reading and do not know each other: mentions, triggers, arguments, dates, places, topics,
statements. `assemble` puts what they found together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from communique import text as texts
from communique.extract import (
    arguments,
    assemble,
    dates,
    encounter,
    encounter_day,
    mentions,
    names,
    occurrence,
    places,
    sides,
    statements,
    topics,
    triage,
    triggers,
)
from communique.languages import Language
from communique.languages.matcher import Lexicon
from communique.model import Article, City, Document, Hit, Meeting, Party, PlaceMention, Surface


@dataclass(frozen=True)
class Engine:
    """One language, compiled."""

    language: Language
    segmentation: texts.Segmentation
    lexicon: Lexicon
    mentions: names.Rules
    triggers: occurrence.Rules
    arguments: sides.Rules
    dates: dates.Rules
    places: places.Rules
    topics: topics.Rules
    statements: statements.Rules
    assemble: encounter.Rules


def compile(
    language: Language,
    surfaces: Iterable[Surface],
    capitals: Mapping[str, City],
    towns: Callable[[str], tuple[Surface, ...]] = lambda name: (),
) -> Engine:
    """Everything that reading one language needs; about a tenth of a second. `towns` finds the small ones by name."""
    segmentation = language.segmentation
    own = (m.surfaces(language) for m in (mentions, triggers, topics, places))
    return Engine(
        language=language,
        segmentation=texts.Segmentation(
            frozenset(segmentation.abbreviations), segmentation.ordinals, frozenset(segmentation.after_ordinal)
        ),
        lexicon=Lexicon(
            (surface for group in (*own, _without_conferences(surfaces, language)) for surface in group),
            language.inflection,
            boundaries=segmentation.boundaries,
        ),
        mentions=names.compile(language),
        triggers=occurrence.compile(language),
        arguments=sides.compile(language),
        dates=dates.compile(language),
        places=places.compile(language, capitals, towns),
        topics=topics.compile(language),
        statements=statements.compile(language),
        assemble=encounter.compile(language),
    )


def _without_conferences(surfaces: Iterable[Surface], language: Language) -> Iterable[Surface]:
    """The knowledge's forms without "G20 Summit": the body is told by "G20", the conference by the frames."""
    modes = ("summit", "multilateral")
    nouns = {texts.fold(noun) for frame in language.frames if frame.mode in modes for noun in frame.noun}
    return (s for s in surfaces if s.kind != "organisation" or texts.fold(s.form).rpartition(" ")[2] not in nouns)


def read_promising(article: Article, engine: Engine) -> Document | None:
    """The document of an article that may report a meeting; None, before anything is segmented, for all others."""
    folded = texts.fold(article.text)
    hits = engine.lexicon.hits(article.text, folded)
    return _segmented(article, engine, folded, hits) if triage.promising(hits) else None


def read(article: Article, engine: Engine) -> Document:
    """The article's text, matched and segmented."""
    folded = texts.fold(article.text)
    return _segmented(article, engine, folded, engine.lexicon.hits(article.text, folded))


def _segmented(article: Article, engine: Engine, folded: str, hits: tuple[Hit, ...]) -> Document:
    text = article.text
    words = texts.tokens(text, folded)
    published: date | None = article.published_at.date() if article.published_at else None
    return Document(
        article_id=article.article_id,
        text=text,
        folded=folded,
        language=engine.language.code,
        published=published,
        tokens=words,
        sentences=texts.sentences(text, words, engine.segmentation),
        hits=hits,
        title_end=len(article.title) if article.title and text.startswith(article.title) else 0,
    )


def complete(meeting: Meeting) -> Meeting | None:
    """A resolved meeting without the participants whom nobody could name; None where two sides are not left.

    The countries of the unnamed stay. Where all are unnamed, they stay too. A conference of leaders or ministers who
    are not named needs no second side.
    """
    named = tuple(person for person in meeting.participants if person.name)
    meeting = replace(meeting, participants=named or meeting.participants)
    sides = {p.country or p.organisation or p.name for p in meeting.participants} | {*meeting.countries}
    if meeting.kind in ("summit", "multilateral"):
        if not named and meeting.countries:
            return meeting
        sides.update(meeting.organisations)
    return meeting if len(sides - {None}) >= 2 else None


def _outside_names(found: Sequence[PlaceMention], parties: Sequence[Party]) -> tuple[PlaceMention, ...]:
    """The places that are no part of a person's name: not the Kunming of "Huang Kunming"."""
    spans = (party.evidence[0] for party in parties if party.name is not None)
    named = {offset for span in spans for offset in range(span.start, span.end)}
    return tuple(place for place in found if place.start not in named)


def _paragraphs(document: Document, bound: Sequence[sides.Bound]) -> set[int]:
    """Where `assemble` looks for the days of encounters: in their paragraphs, in the lead, and for a journey in the
    sentences behind."""
    sentences = document.sentences
    wanted = {*range(len(assemble.lead(document))), *(one.trigger.sentence for one in bound)}
    wanted |= {
        one.trigger.sentence + ahead
        for one in bound
        if one.destination is not None
        for ahead in (1, encounter_day.BEHIND)
    }
    return {sentences[number].paragraph for number in wanted if number < len(sentences)}


def meetings(document: Document, engine: Engine) -> tuple[Meeting, ...]:
    """The meetings that a document reports, the main one first; none where no encounter has two sides."""
    found = triggers.find(document, engine.triggers)
    if not found:
        return ()
    parties = mentions.find(document, engine.mentions)
    where = _outside_names(places.find(document, engine.places), parties)
    bound = arguments.find(document, found, parties, where, engine.arguments)
    if not bound:
        return ()
    when = dates.find(document, engine.dates, _paragraphs(document, bound))
    about = topics.find(document, engine.topics)
    told = assemble.drafts(document, bound, when, where, engine.assemble)
    if not told:
        return ()
    said = statements.find(document, parties, about, engine.statements)
    return assemble.meetings(document, told, said, about, when, where, parties, engine.assemble)
