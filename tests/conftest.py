"""Servers that any test may ask for."""

# Its pytest plugin imports it when a run ends, at the latest. By then CPython 3.11 may collect a client in the middle
# of parsing and fail on it ("AST constructor recursion depth mismatch"); now there is none to collect.
import hypothesis  # noqa: F401

from tests.servers.kafka import kafka
from tests.servers.postgres import database_url, postgres

__all__ = ["database_url", "kafka", "postgres"]
