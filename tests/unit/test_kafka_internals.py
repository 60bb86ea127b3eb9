"""The contract with the pinned aiokafka: every private name that internals.py uses is there and does what it says."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from communique import embedded
from communique.errors import ClientDied
from communique.kafka import internals


def test_the_version_is_the_one_that_was_read() -> None:
    """Whoever raises the pin reads the names below in the new version first."""
    assert version("aiokafka") == "0.14.0"


async def test_a_started_consumer_shows_its_tasks() -> None:
    """Fetcher, coordinator, heartbeat and metadata run; when one ends, the consumer counts as dead."""
    with embedded.broker() as address:
        consumer = AIOKafkaConsumer("t", bootstrap_servers=address, group_id="g", auto_offset_reset="none")
        await consumer.start()
        tasks = internals.consumer_tasks(consumer)
        assert all(isinstance(task, asyncio.Task) and not task.done() for task in tasks.values()), tasks
        internals.check_alive(tasks)
        for name in ("fetcher", "metadata"):
            task = tasks[name]
            assert task is not None
            task.cancel()
            await asyncio.wait((task,))
            with pytest.raises(ClientDied, match=name):
                internals.check_alive({name: task})
        await internals.close(consumer, seconds=3)


async def test_a_started_producer_shows_its_tasks() -> None:
    """Sender and metadata."""
    with embedded.broker() as address:
        producer = AIOKafkaProducer(bootstrap_servers=address, enable_idempotence=True)
        await producer.start()
        tasks = internals.producer_tasks(producer)
        assert all(isinstance(task, asyncio.Task) and not task.done() for task in tasks.values()), tasks
        await internals.close(producer, seconds=3)
        assert all(task is None or task.done() for task in tasks.values())


@pytest.mark.parametrize(("name", "alive"), [("heartbeat", True), ("coordinator", False)])
async def test_only_a_heartbeat_may_end_quietly(name: str, alive: bool) -> None:
    """It does when the group has moved on; any other end is a death."""

    async def ends() -> None:
        return

    task = asyncio.create_task(ends())
    await task
    if alive:
        internals.check_alive({name: task})
    else:
        with pytest.raises(ClientDied):
            internals.check_alive({name: task})


async def test_data_is_announced_without_being_taken() -> None:
    """The waiter ends when a record has come, and the record is still there to be drained."""
    with embedded.broker() as address:
        producer = AIOKafkaProducer(bootstrap_servers=address)
        await producer.start()
        sent = await producer.send_and_wait("t", b"v", partition=0)
        consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="none", check_crcs=False)
        await consumer.start()
        tp = TopicPartition("t", 0)
        consumer.assign([tp])
        waiter = internals.data_waiter(consumer)
        consumer.seek(tp, sent.offset)
        await asyncio.wait_for(waiter, 10)
        assert [record.value for record in (await consumer.getmany(tp))[tp]] == [b"v"]
        await producer.stop()
        await consumer.stop()


async def test_a_client_whose_broker_is_gone_is_closed_in_bounded_time() -> None:
    """aiokafka's own stop would go on asking."""
    with embedded.broker() as address:
        consumer = AIOKafkaConsumer("t", bootstrap_servers=address, group_id="g")
        await consumer.start()
    async with asyncio.timeout(8):
        await internals.close(consumer, seconds=2)
