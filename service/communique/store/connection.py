"""Connections and transactions: every wait ends, and every error is one of three: refused data, a passing state, a bug.

Nothing here needs a session to stay ours between transactions, so pgbouncer in transaction mode may stand in between;
it cannot keep prepared statements for us, which `statement_cache=0` says.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from communique.errors import DatabaseUnavailable
from communique.store.queries import sql

LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.DatabaseDroppedError,
)
"""The connection is gone; whether a COMMIT that was on its way took effect is unknown."""


class Collided(Exception):
    """Two batches wanted the same at once, and this one must begin anew. Never leaves the store."""


PASSING = (
    Collided,
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,  # a failover is under way
    asyncpg.InvalidCachedStatementError,  # a migration took place; the next try prepares anew
)
"""The transaction did not take place, and the same one may later."""

REFUSED = (
    asyncpg.DataError,
    asyncpg.exceptions._base.DataError,  # the client's own: a value that does not fit its parameter
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.CardinalityViolationError,
    asyncpg.ProgramLimitExceededError,
)
"""The database refuses what a record holds."""


READ = "BEGIN READ ONLY"
"""Opens a transaction that only looks; a pooler keeps it on one connection."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Longest waits, in seconds."""

    connect: float = 10.0
    statement: float = 30.0
    lock: float = 10.0
    idle_in_transaction: float = 15.0
    leader: float = 30.0
    """A leading relay that is not heard of for so long is none any more."""


@dataclass(frozen=True, slots=True)
class Database:
    """How to reach it. `direct_url` leads past a pooler, for locks and notifications that belong to a session."""

    url: str
    direct_url: str | None = None
    pool_min: int = 1
    pool_max: int = 6
    statement_cache: int = 200
    waits: Waits = Waits()

    async def pool(self) -> asyncpg.Pool:
        """Connections for transactions."""
        with translated():
            return await asyncpg.create_pool(
                self.url,
                min_size=min(self.pool_min, self.pool_max),
                max_size=self.pool_max,
                max_inactive_connection_lifetime=300.0,
                reset=_nothing_to_reset,
                **self._options(),
            )

    async def dedicated(self, *, patient: bool = False) -> asyncpg.Connection:
        """One connection of one's own, with a session that stays; a patient one lets statements take their time."""
        with translated():
            options = {**self._options(), "command_timeout": None} if patient else self._options()
            return await asyncpg.connect(self.direct_url or self.url, **options)

    def _options(self) -> dict[str, Any]:
        return {
            "timeout": self.waits.connect,
            "command_timeout": self.waits.statement + self.waits.lock,
            "statement_cache_size": self.statement_cache,
        }

    def begin(self) -> str:
        """The statement that opens a transaction with all its deadlines, in one round trip."""
        return sql("begin").format(
            statement_ms=_milliseconds(self.waits.statement),
            lock_ms=_milliseconds(self.waits.lock),
            idle_ms=_milliseconds(self.waits.idle_in_transaction),
        )


class CommitUnanswered(Exception):
    """The connection was lost while the COMMIT was on its way. Never leaves the store."""


@asynccontextmanager
async def transaction(pool: asyncpg.Pool, begin: str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction on a connection of the pool. Raises CommitUnanswered where its end is unknown."""
    async with pool.acquire() as connection:
        await connection.execute(begin)
        try:
            yield connection
        except BaseException:
            try:
                await connection.execute("ROLLBACK")
            except LOST:
                _abandon(connection)
            raise
        try:
            await connection.execute("COMMIT")
        except LOST as lost:
            _abandon(connection)
            raise CommitUnanswered from lost
        except BaseException:
            _abandon(connection)
            raise


def _abandon(connection: asyncpg.Connection) -> None:
    """Close at once. The pool may have noticed the loss first and taken the connection back."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the state of the database causes into the error that the loops know."""
    try:
        yield
    except REFUSED:
        raise
    except CommitUnanswered as unanswered:
        raise DatabaseUnavailable("The database did not answer a COMMIT.") from unanswered
    except PASSING as passing:
        raise DatabaseUnavailable(f"The database is busy: {_words(passing)}") from passing
    except LOST as lost:
        raise DatabaseUnavailable(f"The database cannot be reached: {_words(lost)}") from lost
    except asyncpg.InvalidAuthorizationSpecificationError as stranger:
        raise DatabaseUnavailable(f"The database does not let us in: {_words(stranger)}") from stranger
    except asyncpg.InvalidCatalogNameError as missing:
        raise DatabaseUnavailable(f"The database is not there: {_words(missing)}") from missing


def _words(error: BaseException) -> str:
    text = str(error).rstrip(".")
    return f"{text}." if text else f"{type(error).__name__}."


async def _nothing_to_reset(connection: object) -> None:
    """Spares a round trip each time: no transaction of ours leaves anything on the session."""


def lock_number(name: str) -> int:
    """The number of an advisory lock, from its name: 64 bits, signed."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
