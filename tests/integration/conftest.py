"""The servers that these tests share."""

from tests.servers.kafka import kafka
from tests.servers.postgres import database_url, postgres

__all__ = ["database_url", "kafka", "postgres"]
