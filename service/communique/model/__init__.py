"""The values that flow through the core: frozen, without behaviour beyond reading themselves.

    Record ──decode, adapt, validate──▶ Article ──language──▶ Document ──extract──▶ Meeting ──identify──▶ MeetingEvent
                                                                                                └─▶ Outcome

Offsets are Unicode code points of `Article.text`, end exclusive. Dates inside the core are ISO 8601 strings of the
precision that the text gives: "2024", "2024-06" or "2024-06-28".
"""

from communique.model.articles import Article, Record, Source
from communique.model.exchange import Batch, Claim, CommitReport, Decided, Drained, Message, OutboxRow
from communique.model.facts import City, Person, Surface, Term, Venue
from communique.model.findings import (
    DateMention,
    Days,
    Evidence,
    Meeting,
    Participant,
    Party,
    PlaceMention,
    Statement,
    Topic,
    TopicMention,
    Trigger,
    When,
    Where,
)
from communique.model.outcomes import Found, Nothing, Outcome, Refusal, Rejected, Withdrawn
from communique.model.texts import Document, Entry, Hit, Sentence, Span, Token

__all__ = [
    "Article",
    "Batch",
    "City",
    "Claim",
    "CommitReport",
    "DateMention",
    "Days",
    "Decided",
    "Document",
    "Drained",
    "Entry",
    "Evidence",
    "Found",
    "Hit",
    "Meeting",
    "Message",
    "Nothing",
    "OutboxRow",
    "Outcome",
    "Participant",
    "Party",
    "Person",
    "PlaceMention",
    "Record",
    "Refusal",
    "Rejected",
    "Sentence",
    "Source",
    "Span",
    "Statement",
    "Surface",
    "Term",
    "Token",
    "Topic",
    "TopicMention",
    "Trigger",
    "Venue",
    "When",
    "Where",
    "Withdrawn",
]
