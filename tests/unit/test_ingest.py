"""The ingest loop over fakes, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from communique import ingest
from communique.errors import Fenced
from communique.ingest import Limits
from communique.model import (
    Article,
    Batch,
    CommitReport,
    Decided,
    Drained,
    Nothing,
    Outcome,
    Record,
    Rejected,
)
from communique.refusals import refusal
from communique.telemetry import Metrics
from tests.fakes.source import FakeLog, FakeSource
from tests.fakes.store import FakeStore
from tests.simulation.clock import run

TOPIC = "articles.raw.v1"
LIMITS = Limits()


@dataclass
class Enricher:
    """Takes `seconds` a batch, refuses records that say "bad", and keeps a diary."""

    seconds: float = 0.01
    diary: list[str] = field(default_factory=list)

    async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        self.diary.append(f"enrich {records[0].offset}")
        await asyncio.sleep(self.seconds)
        self.diary.append(f"enriched {records[0].offset}")
        return [
            Rejected(refusal("not_json"))
            if record.value == b"bad"
            else Nothing(Article(article_id="", uri="", url=None, text=""), "de")
            for record in records
        ]


@dataclass
class Store(FakeStore):
    """Takes `seconds` a commit; `before` may raise, or change the world."""

    seconds: float = 0.01
    before: Callable[[Batch], None] = lambda batch: None
    diary: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def commit(self, batch: Batch) -> CommitReport:
        self.diary.append(f"commit {batch.start}")
        await asyncio.sleep(self.seconds)
        self.before(batch)
        report = await super().commit(batch)
        self.diary.append(f"committed {batch.start}")
        return report


def ingested(
    log: FakeLog,
    store: Store,
    enricher: Enricher | None = None,
    *,
    source: FakeSource | None = None,
    limits: Limits = LIMITS,
    seconds: float = 60,
) -> tuple[FakeSource, Metrics]:
    """Ingest for so many seconds of virtual time, then stop in good order."""
    metrics, reader = Metrics(), source or FakeSource(log, store)

    async def main() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, stop.set)
        clock = asyncio.get_running_loop().time
        await ingest.run(reader, enricher or Enricher(), store, metrics=metrics, stop=stop, clock=clock, limits=limits)

    run(main())
    return reader, metrics


def offsets(store: FakeStore, partition: int = 0) -> list[int]:
    return [offset for _, number, offset in store.outcomes if number == partition]


def test_the_next_batch_is_enriched_while_one_commits() -> None:
    """The diary of one partition: no commit is waited for before the next enrichment begins."""
    diary: list[str] = []
    store = Store(seconds=1.0, diary=diary)
    ingested(FakeLog.of(TOPIC, [b"x"] * 8), store, Enricher(seconds=0.5, diary=diary))
    assert diary.index("enriched 4") < diary.index("committed 0") < diary.index("commit 4")


def test_batches_of_a_partition_commit_in_order() -> None:
    """Although a later one may be enriched earlier."""
    store = Store()

    class Uneven(Enricher):
        async def enrich(self, records: Sequence[Record]) -> list[Outcome]:
            self.seconds = 5.0 if records[0].offset == 0 else 0.01
            return await super().enrich(records)

    ingested(FakeLog.of(TOPIC, [b"x"] * 12), store, Uneven())
    assert offsets(store) == list(range(12))


def test_a_slow_partition_does_not_hold_up_another() -> None:
    """Partition 1 is through although partition 0 cannot commit."""
    store = Store(before=lambda batch: _raise(ConnectionError()) if batch.claim.partition == 0 else None)
    ingested(FakeLog.of(TOPIC, [b"x"] * 8, [b"x"] * 8), store, limits=Limits(shutdown_seconds=1))
    assert (offsets(store, 0), offsets(store, 1)) == ([], list(range(8)))


def test_what_the_source_decided_keeps_its_place() -> None:
    """A batch that could not be read is refused between its readable neighbours, and is not enriched."""

    class Source(FakeSource):
        def _drain(self, opened: Any) -> Drained | None:
            drained = super()._drain(opened)
            if drained is None:
                return None
            first, second, third = drained.records
            assert isinstance(second, Record)
            refused = Decided(second, Rejected(refusal("batch_unreadable")))
            changed = Drained(drained.claim, drained.start, drained.end, (first, refused, third))
            self._held[id(changed)] = self._held.pop(id(drained))
            return changed

    store, log = Store(), FakeLog.of(TOPIC, [b"a", b"b", b"c"])
    ingested(log, store, source=Source(log, store))
    assert [type(outcome).__name__ for [outcome] in store.outcomes.values()] == ["Nothing", "Rejected", "Nothing"]


def test_a_database_that_is_away_is_waited_for() -> None:
    """The batch stays in hand; nothing is read twice, and the member stays in its group."""
    tries: list[int] = []

    def away(batch: Batch) -> None:
        tries.append(batch.start)
        if len(tries) < 9:
            raise ConnectionError("no database")

    store, log = Store(before=away), FakeLog.of(TOPIC, [b"x"] * 4)
    _, metrics = ingested(log, store, seconds=300)
    assert offsets(store) == [0, 1, 2, 3]
    assert metrics.registry.get_sample_value("communique_consumer_restarts_total") == 0


def test_a_fenced_batch_and_its_followers_are_dropped_and_read_again() -> None:
    """Someone else claimed the partition once; after claiming again every record still has one outcome."""
    store, log = Store(), FakeLog.of(TOPIC, [b"x"] * 20)
    fences: list[Batch] = []

    def zombie(batch: Batch) -> None:
        if batch.start == 4 and not fences:
            fences.append(batch)
            position, epoch = store.positions[TOPIC, 0]
            store.positions[TOPIC, 0] = position, epoch + 1

    store.before = zombie
    _, metrics = ingested(log, store)
    assert offsets(store) == list(range(20))
    assert all(len(outcomes) == 1 for outcomes in store.outcomes.values())
    assert metrics.registry.get_sample_value("communique_fenced_batches_total") == 1


def test_a_run_of_refusals_stops_its_partition_only() -> None:
    """The batch that trips the breaker is not committed, so that the feed is not drained into the dead letters."""
    store, log = Store(), FakeLog.of(TOPIC, [b"x"] * 4 + [b"bad"] * 40, [b"x"] * 12)
    source, _ = ingested(log, store, limits=Limits(breaker_in_row=6))
    assert source.halted == {0: "RefusalBreaker"}
    assert offsets(store, 0) == list(range(8))
    assert offsets(store, 1) == list(range(12))


def test_refusals_that_are_read_again_do_not_count_twice() -> None:
    """Four refused, fenced, read again: still four in a row, not eight."""
    store, log = Store(), FakeLog.of(TOPIC, [b"bad"] * 4)
    fences: list[Batch] = []

    def fence(batch: Batch) -> None:
        if not fences:
            fences.append(batch)
            raise Fenced("once")

    store.before = fence
    source, _ = ingested(log, store, limits=Limits(breaker_in_row=5, breaker_ratio=1))
    assert not source.halted
    assert offsets(store) == [0, 1, 2, 3]


def test_a_source_that_fails_is_started_again() -> None:
    """After a pause that grows while nothing is committed."""
    starts: list[float] = []

    class Source(FakeSource):
        async def start(self) -> None:
            starts.append(asyncio.get_running_loop().time())
            if len(starts) < 5:
                raise ConnectionError("no broker")
            await super().start()

    store, log = Store(), FakeLog.of(TOPIC, [b"x"] * 4)
    _, metrics = ingested(log, store, source=Source(log, store))
    assert offsets(store) == [0, 1, 2, 3]
    pauses = [later - sooner for sooner, later in pairwise(starts)]
    assert [round(pause, 1) for pause in pauses] == [0.2, 0.4, 0.8, 1.6]
    assert metrics.registry.get_sample_value("communique_consumer_restarts_total") == 4


def test_what_is_in_hand_at_the_end_is_committed() -> None:
    """The stop comes while batches are being enriched."""
    store = Store(seconds=2.0)
    source, _ = ingested(FakeLog.of(TOPIC, [b"x"] * 400), store, Enricher(seconds=2.0), seconds=11)
    done = offsets(store)
    assert done == list(range(len(done)))
    assert store.diary[-1] == f"committed {len(done) - 4}"
    assert not source.started


def test_shutdown_ends_at_its_deadline() -> None:
    """A commit that does not come to an end is dropped; its batch will be read again."""
    store = Store(seconds=10_000.0)
    ended: list[float] = []

    async def main(coroutine: Coroutine[Any, Any, None]) -> None:
        await coroutine
        ended.append(asyncio.get_running_loop().time())

    async def stopped() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(5, stop.set)
        source = FakeSource(FakeLog.of(TOPIC, [b"x"] * 8), store)
        await ingest.run(
            source,
            Enricher(),
            store,
            metrics=Metrics(),
            stop=stop,
            clock=asyncio.get_running_loop().time,
            limits=Limits(shutdown_seconds=25),
        )

    run(main(stopped()))
    assert offsets(store) == []
    assert 29.9 < ended[0] < 31


def _raise(error: Exception) -> None:
    raise error
