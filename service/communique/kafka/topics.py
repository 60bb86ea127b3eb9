"""The four topics and their policies: create what is missing, say what differs. The service itself never creates any.

Policies are stated here once, `communique topics create` applies them and `communique topics check` compares.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from communique.errors import UserError
from communique.kafka.connection import arguments
from communique.settings import Settings

_DAY_MS = 24 * 3600 * 1000
_MEGABYTE = 1_000_000
_VISIBLE_TRIES = 300


@dataclass(frozen=True, slots=True)
class Policy:
    """What a topic should be."""

    topic: str
    partitions: int
    replication: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a topic is not what its policy says. `found` is None for a topic that does not exist."""

    topic: str
    what: str
    wanted: str
    found: str | None
    fatal: bool
    """True where promises break (a compacted input loses articles); False where it is a matter of taste or size."""


def policies(settings: Settings) -> tuple[Policy, ...]:
    partitions, replication = settings.topic_partitions, settings.topic_replication
    room = settings.article_bytes + _MEGABYTE // 4
    return (
        Policy(
            settings.topic_articles,
            partitions,
            replication,
            {"cleanup.policy": "delete", "retention.ms": str(7 * _DAY_MS), "max.message.bytes": str(room)},
        ),
        Policy(settings.topic_events, partitions, replication, {"cleanup.policy": "compact"}),
        Policy(
            settings.topic_dead_letters,
            partitions,
            replication,
            # A larger value than fits the broker's default is kept by its beginning only, so no limit is set here.
            {"cleanup.policy": "delete", "retention.ms": str(30 * _DAY_MS)},
        ),
        # One partition: its last record is the relay's position. Small segments keep the look-back of a start short.
        Policy(settings.topic_progress, 1, replication, {"cleanup.policy": "compact", "segment.ms": str(_DAY_MS)}),
    )


async def create(settings: Settings) -> tuple[str, ...]:
    """Create the topics that are missing; existing ones are left as they are. The names of the created ones."""
    created = []
    async with _admin(settings) as admin:
        cluster = await admin.describe_cluster()
        if cluster["controller_id"] not in {broker["node_id"] for broker in cluster["brokers"]}:
            raise UserError("The brokers name no controller that makes topics; the embedded broker needs none made.")
        answer = await admin.create_topics(
            [
                NewTopic(policy.topic, policy.partitions, policy.replication, topic_configs=dict(policy.configs))
                for policy in policies(settings)
            ]
        )
        for topic, code, *detail in answer.topic_errors:
            error = for_code(code)
            if error is TopicAlreadyExistsError:
                continue
            if code:
                raise error(f"{topic}: {detail[0] if detail and detail[0] else error.description}")
            created.append(topic)
        await _visible(admin, created)
    return tuple(created)


async def check(settings: Settings) -> tuple[Difference, ...]:
    """What differs from the policies; empty when all is well."""
    differences: list[Difference] = []
    async with _admin(settings) as admin:
        existing = set(await admin.list_topics())
        wanted = policies(settings)
        for policy in wanted:
            if policy.topic not in existing:
                differences.append(Difference(policy.topic, "topic", "exists", None, fatal=True))
        present = [policy for policy in wanted if policy.topic in existing]
        if not present:
            return tuple(differences)
        described = {found["topic"]: found for found in await admin.describe_topics([p.topic for p in present])}
        configs = await _configs(admin, [policy.topic for policy in present])
        for policy in present:
            differences += _partition_differences(policy, described[policy.topic])
            differences += _config_differences(policy, configs.get(policy.topic, {}))
    return tuple(differences)


async def _visible(admin: AIOKafkaAdminClient, topics: Collection[str]) -> None:
    """The controller has made them; a moment later the brokers know it too, and whoever comes next finds them."""
    for _ in range(_VISIBLE_TRIES):
        if set(topics) <= set(await admin.list_topics()):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"The brokers do not show {', '.join(sorted(topics))}.")


def _partition_differences(policy: Policy, found: Mapping[str, list[Mapping[str, list[int]]]]) -> list[Difference]:
    differences = []
    partitions = len(found["partitions"])
    replicas = min(len(partition["replicas"]) for partition in found["partitions"])
    if partitions != policy.partitions:
        one = policy.partitions == 1
        differences.append(Difference(policy.topic, "partitions", str(policy.partitions), str(partitions), fatal=one))
    if replicas < policy.replication:
        differences.append(Difference(policy.topic, "replicas", str(policy.replication), str(replicas), fatal=False))
    return differences


def _config_differences(policy: Policy, found: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(policy.topic, name, wanted, found.get(name), fatal=name == "cleanup.policy")
        for name, wanted in policy.configs.items()
        if found.get(name) != wanted
    ]


async def _configs(admin: AIOKafkaAdminClient, topics: list[str]) -> dict[str, dict[str, str]]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics])
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for answer in answers
        for _, _, _, name, entries in answer.resources
    }


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**arguments(settings))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
