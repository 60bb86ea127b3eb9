"""KafkaSource: bounded batches of claimed partitions, each beginning where the database says.

    assigned ──claim──▶ seek to the stored position ──▶ drained batch by batch ──▶ revoked: drain first, fence second
                              ▲                                │
                              └──── fenced: claim again ◀──────┘ out of range, breaker: it halts, others go on

Kafka's group says which partitions are ours; the database says where they begin and whether they still are.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from communique.errors import ClientDied, CommuniqueError, PositionLost
from communique.kafka import drain, internals, lag
from communique.kafka.connection import arguments, milliseconds
from communique.model import Claim, Drained
from communique.settings import Settings
from communique.telemetry import Metrics

_LOG = structlog.get_logger(__name__)

DEPTH = 2
"""Batches of one partition in hand: one is being enriched while the one before commits."""
_OFFSETS_EVERY_SECONDS = 1.0
_DAY_MS = 24 * 3600 * 1000


class Positions(Protocol):
    """Where a partition begins and whose it is: the claim side of the store."""

    async def claim(self, topic: str, partition: int, owner: str) -> Claim: ...


@dataclass
class _Partition:
    """A partition that the group gave us, from assignment to revocation."""

    tp: TopicPartition
    claim: Claim | None = None
    position: int = 0
    """Where the next batch begins."""
    in_hand: int = 0
    halted: str = ""
    leaving: bool = False
    claiming: asyncio.Task[None] | None = None
    stash: deque[Drained] = field(default_factory=deque)
    moved_at: float = 0.0
    """When the last batch was taken, or when there was nothing to take."""


class KafkaSource:
    """One member of the consumer group. `start` after `stop` is allowed and makes a new consumer."""

    def __init__(
        self,
        settings: Settings,
        positions: Positions,
        metrics: Metrics,
        *,
        owner: str,
        clock: Callable[[], float],
        committed_only: bool = True,
    ) -> None:
        """`owner` names this process in the database; `clock` gives seconds since 1970. `committed_only` is off only
        for the embedded broker, which knows no transactions."""
        self._settings = settings
        self._positions = positions
        self._metrics = metrics
        self._owner = owner
        self._clock = clock
        self._bounds = drain.Bounds(
            records=settings.batch_records,
            bytes=settings.batch_bytes,
            article_bytes=settings.article_bytes,
            check_crcs=settings.check_crcs,
            committed_only=committed_only,
        )
        self._consumer: AIOKafkaConsumer | None = None
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._held: dict[int, _Partition] = {}
        """Which assignment each batch in hand came from, by the batch's identity."""
        self._changed = asyncio.Event()
        self._offsets: dict[TopicPartition, int] = {}
        self._offsets_task: asyncio.Task[None] | None = None
        self._turn = 0

    # ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        settings = self._settings
        self._consumer = consumer = AIOKafkaConsumer(
            group_id=settings.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed" if self._bounds.committed_only else "read_uncommitted",
            session_timeout_ms=milliseconds(settings.session_timeout_seconds),
            heartbeat_interval_ms=milliseconds(settings.heartbeat_seconds),
            rebalance_timeout_ms=milliseconds(settings.rebalance_timeout_seconds),
            # Leaving the group because Postgres is down for long would help nobody; the watchdog has its own measure.
            max_poll_interval_ms=_DAY_MS,
            max_partition_fetch_bytes=drain.FETCH_BYTES,
            fetch_max_bytes=4 * drain.FETCH_BYTES,
            # While a fetch waits at a broker for partitions without data, aiokafka asks it for no others.
            fetch_max_wait_ms=100,
            check_crcs=settings.check_crcs,
            **arguments(settings),
        )
        consumer.subscribe([settings.topic_articles], listener=_Listener(self))
        await consumer.start()
        self._offsets_task = asyncio.create_task(self._report_offsets(), name="report-offsets")

    async def stop(self) -> None:
        """Tell Kafka the last positions and leave the group. Bounded in time; what is in hand is dropped."""
        consumer, self._consumer = self._consumer, None
        await _end(self._offsets_task, *(partition.claiming for partition in self._partitions.values()))
        self._offsets_task = None
        for partition in self._partitions.values():
            partition.in_hand = 0  # nobody settles any more; a revocation must not wait for it
        self._changed.set()
        if consumer is not None:
            await self._commit_offsets(consumer)
            await internals.close(consumer, seconds=10)
        await _end(*(partition.claiming for partition in self._partitions.values()))
        for partition in list(self._partitions.values()):
            self._forget(partition)
        self._held.clear()
        self._offsets.clear()

    @property
    def claimed(self) -> frozenset[int]:
        """Partitions that are ours in the database too."""
        return frozenset(p.tp.partition for p in self._partitions.values() if p.claim is not None)

    @property
    def halted(self) -> dict[int, str]:
        """Partitions that stopped, and why. They are tried again when they are assigned anew."""
        return {p.tp.partition: p.halted for p in self._partitions.values() if p.halted}

    # ── what the loop calls ──────────────────────────────────────────────────────────────────────────────────────────

    async def take(self) -> Drained | None:
        """The next batch of any claimed partition; None when there is none within `batch_wait_seconds`.

        Raises ClientDied when the consumer has to be thrown away. Every batch must be given back with `settle`.
        """
        consumer = self._running()
        internals.check_alive(internals.consumer_tasks(consumer))
        waiter = internals.data_waiter(consumer)
        self._changed.clear()
        try:
            drained = await self._drain_in_turn(consumer)
            if drained is not None:
                return drained
            changed = asyncio.ensure_future(self._changed.wait())
            await asyncio.wait(
                (waiter, changed),
                timeout=self._settings.batch_wait_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            changed.cancel()
            if waiter.done():
                waiter.result()
            self._check_moving(consumer)
            return None
        finally:
            waiter.cancel()

    def settle(self, drained: Drained, *, committed: bool) -> None:
        """The batch is through: committed, or dropped."""
        partition = self._held.pop(id(drained), None)
        if partition is None:
            return  # of a consumer that was thrown away
        partition.in_hand -= 1
        if committed and self._partitions.get(partition.tp) is partition:
            self._offsets[partition.tp] = drained.end
        self._changed.set()

    def reclaim(self, claim: Claim) -> None:
        """The claim was fenced: claim again, if Kafka still says that the partition is ours."""
        partition = self._partition_of(claim)
        if partition is not None and not partition.leaving:
            self._forget_claim(partition)
            partition.claiming = asyncio.create_task(self._claim(partition, after_fence=True))

    def halt(self, claim: Claim, error: CommuniqueError) -> None:
        """Stop one partition with an alert; the others go on."""
        partition = self._partition_of(claim)
        if partition is not None and not partition.halted:
            self._halt(partition, error)

    # ── draining ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _drain_in_turn(self, consumer: AIOKafkaConsumer) -> Drained | None:
        partitions = list(self._partitions.values())
        self._turn += 1
        for i in range(len(partitions)):
            partition = partitions[(self._turn + i) % len(partitions)]
            if partition.claim is None or partition.halted or partition.leaving or partition.in_hand >= DEPTH:
                continue
            if not partition.stash:
                await self._drain(consumer, partition, partition.claim)
            if partition.stash:
                drained = partition.stash.popleft()
                partition.in_hand += 1
                self._held[id(drained)] = partition
                partition.moved_at = self._clock()
                self._metrics.records_consumed.inc(len(drained.records))
                lag.measure(self._metrics, consumer, drained, self._clock())
                return drained
        return None

    async def _drain(self, consumer: AIOKafkaConsumer, partition: _Partition, claim: Claim) -> None:
        """Fill the stash with what was fetched, cut to the bounds of a batch.

        Every await may last for a whole rebalance, after which the partition is another's, or ours under a new claim:
        then nothing that was read here counts, and the consumer is not touched.
        """
        tp, start = partition.tp, partition.position
        try:
            stands = await consumer.position(tp)
            if not self._holds(partition, claim):
                return
            if stands != start:
                # After a batch that could not be read, or with records that came before the seek.
                consumer.seek(tp, start)
                return
            records, end = await drain.read(consumer, tp, start, self._bounds, self._clock)
        except IllegalStateError:
            return  # revoked; the listener has more to say
        except PositionLost as lost:
            if self._holds(partition, claim):
                self._halt(partition, lost)
            return
        if end > start and self._holds(partition, claim):
            partition.stash.extend(drain.cut(claim, start, end, records, self._bounds))
            partition.position = end

    def _holds(self, partition: _Partition, claim: Claim) -> bool:
        """Whether the partition is still ours, under this claim."""
        return partition.claim is claim and not partition.leaving and self._partitions.get(partition.tp) is partition

    # ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _claim(self, partition: _Partition, *, after_fence: bool = False) -> None:
        tp, pause = partition.tp, self._settings.retry_first_seconds
        while True:
            try:
                if after_fence:
                    await self._prove_membership(partition)
                claim = await self._positions.claim(tp.topic, tp.partition, self._owner)
                start = claim.next_offset
                if start is None:
                    start = (await self._running().beginning_offsets([tp]))[tp]
                self._running().seek(tp, start)
                break
            except Exception as error:  # the database or the broker may be down for long; the partition waits
                _LOG.warning("cannot claim", topic=tp.topic, partition=tp.partition, error=repr(error), retry_in=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._settings.retry_most_seconds)
        partition.claim, partition.position, partition.moved_at = claim, start, self._clock()
        _LOG.info("claimed", topic=tp.topic, partition=tp.partition, offset=start, epoch=claim.epoch)
        self._changed.set()

    async def _prove_membership(self, partition: _Partition) -> None:
        """Who claims again without being a member any more would only fence the rightful owner. A commit of the old
        position with our generation is refused then, and the next assignment claims."""
        await asyncio.sleep(self._settings.heartbeat_seconds)
        await self._running().commit({partition.tp: partition.position})

    def _forget_claim(self, partition: _Partition) -> None:
        partition.claim = None
        partition.stash.clear()

    async def on_assigned(self, assigned: set[TopicPartition]) -> None:
        self._metrics.rebalances.inc()
        for tp in assigned:
            partition = self._partitions[tp] = _Partition(tp)
            # In a task: a database that is down must not keep the listener, and with it the heartbeat, waiting.
            partition.claiming = asyncio.create_task(self._claim(partition))

    async def on_revoked(self, revoked: set[TopicPartition]) -> None:
        """Drain first, fence second: let what is in hand commit, for most of the rebalance's time; what is later than
        that finds another owner's epoch and is dropped."""
        leaving = [self._partitions[tp] for tp in revoked if tp in self._partitions]
        for partition in leaving:
            partition.leaving = True
            partition.stash.clear()
        await _end(*(partition.claiming for partition in leaving))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.rebalance_timeout_seconds * 0.7):
                while any(partition.in_hand for partition in leaving):
                    self._changed.clear()
                    await self._changed.wait()
        if self._consumer is not None:
            await self._commit_offsets(self._consumer)
        for partition in leaving:
            self._forget(partition)

    def _forget(self, partition: _Partition) -> None:
        tp = partition.tp
        if self._partitions.get(tp) is partition:
            del self._partitions[tp]
        lag.forget(self._metrics, tp)
        if partition.halted:
            self._metrics.partitions_halted.remove(tp.topic, str(tp.partition), partition.halted)

    # ── watching ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _running(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise ClientDied("The source is not started.")
        return self._consumer

    def _partition_of(self, claim: Claim) -> _Partition | None:
        partition = self._partitions.get(TopicPartition(claim.topic, claim.partition))
        return partition if partition is not None and partition.claim == claim else None

    def _halt(self, partition: _Partition, error: CommuniqueError) -> None:
        tp, partition.halted = partition.tp, type(error).__name__
        partition.stash.clear()
        if self._consumer is not None and tp in self._consumer.assignment():
            self._consumer.pause(tp)
        self._metrics.partitions_halted.labels(tp.topic, tp.partition, partition.halted).set(1)
        _LOG.critical(
            "partition halted", topic=tp.topic, partition=tp.partition, offset=partition.position, error=str(error)
        )

    def _check_moving(self, consumer: AIOKafkaConsumer) -> None:
        """Nothing was there to take. Raise ClientDied when a partition was not asked for, or lies behind, too long."""
        now = self._clock()
        for partition in self._partitions.values():
            if partition.claim is None or partition.halted or partition.in_hand:
                partition.moved_at = now
                continue
            try:
                asked_at = (consumer.last_poll_timestamp(partition.tp) or 0) / 1000
                stable = consumer.last_stable_offset(partition.tp) or 0
            except IllegalStateError:
                continue
            if stable <= partition.position and asked_at > partition.moved_at:
                partition.moved_at = asked_at
                lag.caught_up(self._metrics, partition.tp)
            if now - partition.moved_at > self._settings.stalled_seconds:
                raise ClientDied(
                    f"Nothing came from {partition.tp.topic}/{partition.tp.partition}"
                    f" for {now - partition.moved_at:.0f} s at offset {partition.position} of {stable}."
                )

    async def _report_offsets(self) -> None:
        """Positions for Kafka's own lag displays and autoscalers. Best effort: nothing here reads them again."""
        while True:
            await asyncio.sleep(_OFFSETS_EVERY_SECONDS)
            if self._consumer is not None:
                await self._commit_offsets(self._consumer)

    async def _commit_offsets(self, consumer: AIOKafkaConsumer) -> None:
        assigned = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._offsets.items() if tp in assigned}
        self._offsets.clear()
        if not offsets:
            return
        try:
            async with asyncio.timeout(5):
                await consumer.commit(offsets)
        except (KafkaError, TimeoutError) as error:
            _LOG.debug("Kafka did not take the offsets", error=repr(error))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, source: KafkaSource) -> None:
        self._source = source

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._source.on_assigned(assigned)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._source.on_revoked(revoked)


async def _end(*tasks: asyncio.Task[None] | None) -> None:
    for task in tasks:
        if task is not None and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
