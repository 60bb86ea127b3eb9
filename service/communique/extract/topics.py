"""What is talked about: topics, relationship labels, and the organisations and initiatives that a text names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from communique.languages import Language, taxonomy
from communique.languages.patterns import expand_all
from communique.model import Document, Entry, Hit, Surface, TopicMention

_NAMED: dict[str, Literal["organisation", "initiative"]] = {"organisation": "organisation", "initiative": "initiative"}
"""Kinds of the knowledge base whose items are topics of a kind of their own."""


@dataclass(frozen=True, slots=True)
class Rules:
    medtops: dict[str, str | None]


def surfaces(language: Language) -> Iterator[Surface]:
    """The forms of topics, relationship labels and initiatives; data is the id, the label or the published name."""
    section = language.topics
    for topic, patterns in section.forms.items():
        for form in expand_all(patterns, section.endings):
            yield Surface(form, "topic", f"{language.code}.topic.{topic}", topic)
    for kind, named in (("relationship", section.relationships), ("initiative", section.initiatives)):
        for name, patterns in named.items():
            slug = name.lower().replace(" ", "-")
            for form in expand_all(patterns, section.endings):
                yield Surface(form, kind, f"{language.code}.{kind}.{slug}", name)


def compile(language: Language) -> Rules:
    return Rules({topic: medtop or None for topic, medtop in taxonomy.load().topics.items()})


def find(document: Document, rules: Rules) -> tuple[TopicMention, ...]:
    """Every mention, by start; the same topic as often as it is named."""
    certain = {entry.id for hit in document.hits for entry in hit.entries if not entry.ambiguous}
    mentions = (_mention(hit, entry, certain, rules) for hit in document.hits for entry in hit.entries)
    return tuple(dict.fromkeys(mention for mention in mentions if mention is not None))


def _mention(hit: Hit, entry: Entry, certain: set[str], rules: Rules) -> TopicMention | None:
    if entry.kind == "topic":
        return TopicMention(hit.start, hit.full_end, entry.data, rules.medtops.get(entry.data), entry.id)
    if entry.kind == "relationship":
        return TopicMention(hit.start, hit.full_end, entry.data, None, entry.id, "relationship")
    kind = _NAMED.get(entry.kind)
    # An abbreviation that is also a word counts only beside another name of the same body.
    if kind is not None and entry.id in certain:
        return TopicMention(hit.start, hit.full_end, entry.data, None, entry.id, kind)
    return None
