"""Articles, reports and batches for tests of the store, as short as a test wants to say them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from communique import identify, store
from communique.model import (
    Article,
    Batch,
    Claim,
    CommitReport,
    Decided,
    Evidence,
    Found,
    Meeting,
    Nothing,
    Outcome,
    Participant,
    Record,
    Refusal,
    Rejected,
    Source,
    Statement,
    Topic,
    When,
    Where,
    Withdrawn,
)
from communique.store import Database, Publication, Store

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
TOPIC = "articles.raw.v1"
PROOF = Evidence(0, 4, "text", "test.rule")
XI, BOLUARTE, MERZ, MACRON = ("Xi Jinping", "CN"), ("Dina Boluarte", "PE"), ("Friedrich Merz", "DE"), ("Macron", "FR")


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Store]:
    """A store whose clock stands still."""
    async with store.connect(database, Publication(), lambda: NOW) as made:
        yield made


def article(
    name: str,
    text: str | None = None,
    modified: datetime | None = None,
    published: str = "2024-06-29",
    also: Iterable[str] = (),
) -> Article:
    """The article at an address; the same text has the same hash wherever it stands. `also` are other names of it."""
    url = f"https://{name}.example.org/news"
    text = f"What {name} wrote." if text is None else text
    return Article(
        article_id=str(uuid.uuid5(uuid.NAMESPACE_URL, url)),
        uri=url,
        url=url,
        text=text,
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
        published_precision="day",
        modified_at=modified,
        aliases=tuple(article(other).article_id for other in also),
        source=Source(name=name),
        content_hash=hashlib.sha256(text.encode()).digest(),
    )


def meeting(
    people: Iterable[tuple[str, str]] = (XI, BOLUARTE),
    day: str | None = "2024-06-28",
    status: str = "held",
    kind: str = "talks",
    place: tuple[str | None, str | None] = ("Beijing", "CN"),
    said: Iterable[str] = (),
) -> Meeting:
    people = tuple(people)
    return Meeting(
        kind=kind,
        status=status,
        background=False,
        when=When(day, day, "day" if day else "unknown", None, PROOF),
        where=Where(*place, None, None, None, None, None, PROOF),
        participants=tuple(
            Participant(name, name, country, None, "president", "President", "participant", None, (PROOF,))
            for name, country in people
        ),
        countries=tuple(country for _, country in people),
        organisations=(),
        initiatives=(),
        relationship=None,
        topics=(Topic("energy", None, (PROOF,)),),
        statements=tuple(Statement(people[0][0], "says", text, ("energy",), PROOF) for text in said),
        confidence=0.9,
        evidence=(PROOF,),
    )


def found(name: str, *meetings: Meeting, language: str = "en", **of_article: object) -> Found:
    """An article that reports meetings; the usual one if none is given."""
    own = article(name, **of_article)  # type: ignore[arg-type]
    reports = (identify.report(own, language, each, number) for number, each in enumerate(meetings or (meeting(),)))
    return Found(own, language, tuple(reports))


def nothing(name: str, **of_article: object) -> Nothing:
    return Nothing(article(name, **of_article), "en")  # type: ignore[arg-type]


def withdrawn(name: str, also: Iterable[str] = ()) -> Withdrawn:
    own = article(name, also=also)
    return Withdrawn(own.article_id, own.uri, "withdrawn by the sender", own.aliases)


def refused(code: str = "not_json") -> Rejected:
    return Rejected(Refusal("decode", code, "The value is not JSON."))


def record(
    offset: int, partition: int = 0, value: bytes = b"{}", headers: tuple[tuple[str, bytes], ...] = ()
) -> Record:
    return Record(value, b"key", headers, TOPIC, partition, offset, 1_719_800_000_000)


def batch(claim: Claim, start: int, *outcomes: Outcome, end: int | None = None) -> Batch:
    """Outcomes of the offsets from `start` on."""
    decided = tuple(Decided(record(start + n, claim.partition), outcome) for n, outcome in enumerate(outcomes))
    return Batch(claim, start, start + len(decided) if end is None else end, decided)


class Feed:
    """One partition, offset by offset."""

    def __init__(self, target: Store, claim: Claim) -> None:
        self.store = target
        self.claim = claim
        self.offset = claim.next_offset or 0

    @classmethod
    async def of(cls, target: Store, partition: int = 0) -> Feed:
        return cls(target, await target.claim(TOPIC, partition, "test"))

    async def __call__(self, *outcomes: Outcome) -> CommitReport:
        """Commit these as one batch."""
        made = batch(self.claim, self.offset, *outcomes)
        report = await self.store.commit(made)
        self.offset = made.end
        return report
