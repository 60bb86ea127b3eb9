"""The whole story of one record: bytes in, a decision out. Pure: no clock, no randomness, no network, no database.

    Record → adapters.read     decode, adapt, validate       → Article | Withdrawn | Refusal
           → detect.language   what language is the text in? → one we read, or Nothing
           → extract           mentions … statements         → Meetings, the main one first
           → resolve           who was that, on that day?
           → identify.report   an event of its own per meeting

The same bytes give the same outcome, byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from communique import adapters, detect, extract, identify, knowledge, languages
from communique.extract import Engine
from communique.knowledge import Knowledge, resolve
from communique.model import Article, Found, Meeting, Nothing, Outcome, Record, Refusal, Rejected, Withdrawn
from communique.wire import MeetingEvent


@dataclass(frozen=True)
class Pipeline:
    """The compiled languages and the knowledge base; built once a process."""

    engines: Mapping[str, Engine]
    knowledge: Knowledge

    def process(self, record: Record, shape: str | None = None) -> Outcome:
        """Decides one record. Raises nothing for bad input: that is Rejected."""
        article = adapters.read(record, shape)
        if isinstance(article, Refusal):
            return Rejected(article)
        if isinstance(article, Withdrawn):
            return article
        language = detect.language(article.text, self.engines.keys(), article.language_hint)
        if language is None:
            return Nothing(article, None)
        events = self.events(article, language)
        return Found(article, language, events) if events else Nothing(article, language)

    def events(self, article: Article, language: str) -> tuple[MeetingEvent, ...]:
        """One event for each meeting of an article, the main one first."""
        edition = self.engines[language].language.version
        return tuple(
            identify.report(article, language, meeting, ordinal, edition)
            for ordinal, meeting in enumerate(self.meetings(article, language))
        )

    def meetings(self, article: Article, language: str) -> tuple[Meeting, ...]:
        """The meetings of an article with everybody resolved, the main one first."""
        document = extract.read_promising(article, self.engines[language])
        if document is None:
            return ()
        found = extract.meetings(document, self.engines[language])
        resolved = (resolve.meeting(meeting, self.knowledge, document.published) for meeting in found)
        return tuple(whole for meeting in resolved if (whole := extract.complete(meeting)) is not None)


def load(codes: Collection[str] | None = None, *, persons: bool = True) -> Pipeline:
    """Compiles languages and knowledge: about a second. `codes` limits the languages; `persons=False` leaves out whom
    the knowledge base knows by name."""
    facts = knowledge.load(persons=persons)
    detect.load()
    return Pipeline(
        engines={
            code: extract.compile(languages.load(code), facts.surfaces(code), facts.capitals, facts.towns.named)
            for code in languages.codes()
            if codes is None or code in codes
        },
        knowledge=facts,
    )
