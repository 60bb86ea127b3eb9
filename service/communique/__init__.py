"""communique: raw news articles in, one versioned event per diplomatic meeting out, exactly once.

The flow, from the outside in:

    Kafka articles.raw.v1
      → ingest     takes bounded batches of one partition
      → pipeline   bytes → Found | Nothing | Withdrawn | Rejected, pure and without I/O
      → store      one Postgres transaction: input position, articles, meetings, outbox
      → relay      outbox rows in order → Kafka meetings.events.v1 and articles.dead-letter.v1

Read pipeline.py first.
"""

__version__ = "0.1.0"
