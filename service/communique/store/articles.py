"""Articles: which version counts, which text is known already, and who takes the place of one that is withdrawn.

The same article again, or an older version of it: a duplicate. The same text under another address: a duplicate whose
reports are kept but do not count, until the article that they stand behind changes or is withdrawn; then the earliest
living duplicate is its heir.

Two processes may store the same text at once. Batches of new articles take rows in one order, articles by id and then
texts by hash, so that they wait for each other but never in a circle. A batch that changes or withdraws articles takes
rows here and there; it runs alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from asyncpg import Connection

from communique.model import Article, Decided, Found, Nothing, Record, Withdrawn
from communique.store.codec import packed
from communique.store.connection import Collided, lock_number
from communique.store.queries import sql
from communique.wire import MeetingEvent

_LOCK = lock_number("communique.articles")
_RAW_COLUMNS = (
    "stored_at",
    "topic",
    "partition",
    "offset",
    "article_id",
    "timestamp_ms",
    "key",
    "headers",
    "value",
)


@dataclass(frozen=True, slots=True)
class Version:
    """The version of an article that a batch leaves behind."""

    record: Record
    article: Article
    language: str | None
    reports: tuple[MeetingEvent, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """An article whose earlier reports count no longer."""

    article_id: str
    record: Record
    reason: str


@dataclass(slots=True)
class Settled:
    """What a batch does to the articles."""

    counting: list[Version] = field(default_factory=list)
    """New and changed versions whose reports count."""
    silent: list[Version] = field(default_factory=list)
    """New and changed versions whose text is known from another article."""
    gone: list[Gone] = field(default_factory=list)
    heirs: list[tuple[str, Record]] = field(default_factory=list)
    """Earlier duplicates whose stored reports count from now on, and the record that brought it about."""
    duplicates: int = 0

    @property
    def accepted(self) -> int:
        return len(self.counting)


async def settle(connection: Connection, decided: Sequence[Decided], now: datetime) -> Settled:
    """Store a batch's articles and say whose reports come and go. Raises Collided where another batch came between."""
    settled = Settled()
    versions, withdrawn, named = _last_versions(decided, settled)
    alone = await _lock(connection, versions, withdrawn)
    freed = await _withdraw(connection, withdrawn, named, settled, now)
    accepted = await _write(connection, versions, settled, now)
    freed += [(old, v.article.article_id) for v, old in accepted if old is not None]
    if freed and not alone:
        raise Collided
    if freed:
        await _bequeath(connection, freed, settled)
    await _take_contents(connection, [version for version, _ in accepted], settled)
    return settled


async def _lock(connection: Connection, versions: list[Version], withdrawn: Collection[str]) -> bool:
    """Share the lock of the articles, or take it alone; True if alone."""
    ids, hashes = [v.article.article_id for v in versions], [v.article.content_hash for v in versions]
    alone = bool(withdrawn) or await connection.fetchval(sql("any_article_changes"), ids, hashes)
    await connection.execute(sql("lock_articles_alone" if alone else "lock_articles"), _LOCK)
    return bool(alone)


def _last_versions(decided: Iterable[Decided], settled: Settled) -> tuple[list[Version], dict[str, Gone], list[str]]:
    """The versions that the batch ends with; what it takes back before these; and which of these ids may also be known
    as another address of an article. What is overtaken inside the batch counts as a duplicate.

    A withdrawal is of the article that has its id, whatever this one's address; of those that have one of its other
    ids; but not of those that only share another id with it, for senders may put one URI on all that they send.
    """
    last: dict[str, Version] = {}
    withdrawn: dict[str, Gone] = {}
    named: list[str] = []
    own: dict[str, set[str]] = defaultdict(set)  # another id of an article → its own
    for item in decided:
        match item.outcome:
            case Found(article, language, reports):
                new = Version(item.record, article, language, reports)
            case Nothing(article, language):
                new = Version(item.record, article, language, ())
            case Withdrawn(article_id, _, reason, aliases):
                named.append(article_id)
                for gone in (article_id, *aliases, *own.get(article_id, ())):
                    last.pop(gone, None)
                    withdrawn[gone] = Gone(gone, item.record, reason)
                continue
            case _:
                continue
        known = last.get(new.article.article_id)
        if known is not None:
            settled.duplicates += 1
            if _repeats(known.article, new.article):
                continue
        last[new.article.article_id] = new
        for alias in new.article.aliases:
            own[alias].add(new.article.article_id)
    return list(last.values()), withdrawn, named


def _repeats(known: Article, new: Article) -> bool:
    """Whether `new` adds nothing to `known`: the same text, or an older version."""
    if known.content_hash == new.content_hash:
        return True
    return bool(known.modified_at and new.modified_at and new.modified_at < known.modified_at)


async def _write(
    connection: Connection, versions: list[Version], settled: Settled, now: datetime
) -> list[tuple[Version, bytes | None]]:
    """The versions that the database did not know, each with the hash of the version that it replaces."""
    if not versions:
        return []
    by_id = {version.article.article_id: version for version in versions}
    articles = [(article_id, version.article, version.record) for article_id, version in by_id.items()]
    rows = await connection.fetch(
        sql("write_articles"),
        list(by_id),
        [article.uri for _, article, _ in articles],
        [article.canonical_url or article.url for _, article, _ in articles],
        [article.content_hash for _, article, _ in articles],
        [version.language for version in versions],
        [article.source.name or article.source.domain for _, article, _ in articles],
        [article.published_at for _, article, _ in articles],
        [article.modified_at for _, article, _ in articles],
        [len(version.reports) for version in versions],
        [record.topic for _, _, record in articles],
        [record.partition for _, _, record in articles],
        [record.offset for _, _, record in articles],
        now,
    )
    replaced = {str(row["article_id"]): row["previous_hash"] for row in rows}
    settled.duplicates += len(versions) - len(replaced)
    accepted = [(v, replaced[article_id]) for article_id, v in by_id.items() if article_id in replaced]
    settled.gone += [
        Gone(v.article.article_id, v.record, "the article changed") for v, old in accepted if old is not None
    ]
    if accepted:
        await _keep_raw(connection, [version for version, _ in accepted], now)
        await _write_aliases(connection, [version.article for version, _ in accepted])
    return accepted


async def _write_aliases(connection: Connection, articles: list[Article]) -> None:
    pairs = [(alias, article.article_id) for article in articles for alias in article.aliases]
    if pairs:
        await connection.execute(sql("write_aliases"), [alias for alias, _ in pairs], [own for _, own in pairs])


async def _keep_raw(connection: Connection, versions: list[Version], now: datetime) -> None:
    """The bytes as they came, for another run with better rules."""
    await connection.copy_records_to_table(
        "raw_articles",
        schema_name="communique",
        columns=_RAW_COLUMNS,
        records=[
            (
                now,
                v.record.topic,
                v.record.partition,
                v.record.offset,
                v.article.article_id,
                v.record.timestamp_ms,
                v.record.key,
                packed(v.record.headers),
                v.record.value or b"",
            )
            for v in versions
        ],
    )


async def _withdraw(
    connection: Connection, withdrawn: dict[str, Gone], named: list[str], settled: Settled, now: datetime
) -> list[tuple[bytes, str]]:
    """Mark the withdrawn, whichever of its addresses the sender named; gives the texts that they leave. What was never
    here cannot be withdrawn."""
    if not withdrawn:
        return []
    rows = await connection.fetch(sql("withdraw_articles"), list(withdrawn), named, now)
    settled.gone += [replace(withdrawn[str(row["given"])], article_id=str(row["article_id"])) for row in rows]
    return [(row["content_hash"], str(row["article_id"])) for row in rows]


async def _bequeath(connection: Connection, freed: list[tuple[bytes, str]], settled: Settled) -> None:
    """Free the texts of articles that go, and let the earliest living duplicate of each stand for itself."""
    await connection.execute(sql("free_contents"), [text for text, _ in freed], [gone for _, gone in freed])
    records = {gone.article_id: gone.record for gone in settled.gone}
    rows = await connection.fetch(sql("heirs"), list(records))
    if not rows:
        return
    goners, heirs = [str(row["duplicate_of"]) for row in rows], [str(row["article_id"]) for row in rows]
    await connection.execute(sql("enthrone_heirs"), goners, heirs)
    await connection.fetch(sql("take_contents"), [row["content_hash"] for row in rows], heirs)
    settled.heirs += [(heir, records[goner]) for goner, heir in zip(goners, heirs, strict=True)]


async def _take_contents(connection: Connection, versions: list[Version], settled: Settled) -> None:
    """Decide which of the new versions are the first with their text."""
    settled.counting += [version for version in versions if not version.article.content_hash]
    with_text = {v.article.article_id: v for v in versions if v.article.content_hash}
    if not with_text:
        return
    first: dict[bytes, str] = {}
    for article_id, version in with_text.items():
        first.setdefault(version.article.content_hash, article_id)
    rows = await connection.fetch(sql("take_contents"), list(first), list(first.values()))
    settled.counting += [with_text.pop(first[row["content_hash"]]) for row in rows]
    if not with_text:
        return
    hashes = [version.article.content_hash for version in with_text.values()]
    owners = {row["content_hash"]: row["article_id"] for row in await connection.fetch(sql("owners"), hashes)}
    originals = [owners[text] for text in hashes]
    await connection.execute(sql("mark_duplicates"), list(with_text), originals)
    settled.silent += with_text.values()
    settled.duplicates += len(with_text)
