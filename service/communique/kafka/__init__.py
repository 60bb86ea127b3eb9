"""Everything that speaks to Kafka: the source that ingest reads, the publisher that the relay writes, topics, readers.

connection   settings → client arguments      source      batches of claimed partitions
internals    what aiokafka does not promise   publisher   outbox rows, one transaction at a time
topics       create and check                 reader      read a topic through; produce; replay dead letters
drain        fetched records → batches        lag         how far a partition is behind
"""

from communique.kafka.publisher import KafkaPublisher
from communique.kafka.source import KafkaSource

__all__ = ["KafkaPublisher", "KafkaSource"]
