"""Articles: which version counts, which text is known already, and who takes the place of one that is withdrawn.

The same article again, or an older version of it: a duplicate. The same text under another address: a duplicate whose
reports are kept but do not count, until the article that they stand behind changes or is withdrawn; then the earliest
living duplicate is its heir.

Two processes may store the same text at once. All take rows in one order, articles by id and then texts by hash, so
that they wait for each other and never in a circle; only changes and withdrawals may, and there the database breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asyncpg import Connection

from communique.model import Article, Decided, Found, Nothing, Record, Withdrawn
from communique.store.codec import packed
from communique.store.queries import sql
from communique.wire import MeetingEvent

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
    """Store a batch's articles and say whose reports come and go."""
    settled = Settled()
    last = _last_versions(decided, settled)
    versions = [item for item in last.values() if isinstance(item, Version)]
    withdrawn = {item.article_id: item for item in last.values() if isinstance(item, Gone)}
    accepted = await _write(connection, versions, settled, now)
    freed = await _withdraw(connection, withdrawn, settled, now)
    freed += [(old, v.article.article_id) for v, old in accepted if old is not None]
    if freed:
        await _bequeath(connection, freed, settled)
    await _take_contents(connection, [version for version, _ in accepted], settled)
    return settled


def _last_versions(decided: Iterable[Decided], settled: Settled) -> dict[str, Version | Gone]:
    """Article id → what the batch ends with for it. What is overtaken inside the batch counts as a duplicate."""
    last: dict[str, Version | Gone] = {}
    for item in decided:
        match item.outcome:
            case Found(article, language, reports):
                new: Version | Gone = Version(item.record, article, language, reports)
            case Nothing(article, language):
                new = Version(item.record, article, language, ())
            case Withdrawn(article_id, _, reason):
                new = Gone(article_id, item.record, reason)
            case _:
                continue
        key = new.article_id if isinstance(new, Gone) else new.article.article_id
        known = last.get(key)
        if isinstance(known, Version) and isinstance(new, Version):
            settled.duplicates += 1
            if _repeats(known.article, new.article):
                continue
        last[key] = new
    return last


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
    return accepted


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
    connection: Connection, withdrawn: dict[str, Gone], settled: Settled, now: datetime
) -> list[tuple[bytes, str]]:
    """Mark the withdrawn; gives the texts that they leave. What was never here cannot be withdrawn."""
    if not withdrawn:
        return []
    rows = await connection.fetch(sql("withdraw_articles"), list(withdrawn), now)
    settled.gone += [withdrawn[str(row["article_id"])] for row in rows]
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
    waiting = {version.article.article_id: version for version in versions}
    settled.counting += [version for version in versions if not version.article.content_hash]
    waiting = {key: version for key, version in waiting.items() if version.article.content_hash}
    while waiting:
        firsts: dict[bytes, str] = {}
        for article_id, version in waiting.items():
            firsts.setdefault(version.article.content_hash, article_id)
        rows = await connection.fetch(sql("take_contents"), list(firsts), list(firsts.values()))
        for row in rows:
            settled.counting.append(waiting.pop(firsts[row["content_hash"]]))
        if not waiting:
            return
        # Whoever is left has a twin. A twin that is freed at this very moment is gone when we look; then try again.
        hashes = [version.article.content_hash for version in waiting.values()]
        owners = {row["content_hash"]: str(row["article_id"]) for row in await connection.fetch(sql("owners"), hashes)}
        twins = {key: owners[v.article.content_hash] for key, v in waiting.items() if v.article.content_hash in owners}
        await connection.execute(sql("mark_duplicates"), list(twins), list(twins.values()))
        for article_id in twins:
            settled.silent.append(waiting.pop(article_id))
        settled.duplicates += len(twins)
