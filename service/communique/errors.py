"""Every error that communique raises itself, and what the loops do with it.

    CommuniqueError
    ├── UserError               a person's mistake: the command line prints the sentence and exits with 2
    │   └── SettingsError       a setting is missing or wrong
    ├── Fenced                  another process owns the partition: drop the batch, claim again
    ├── PositionLost            the broker no longer has the records at the position: stop the partition, alert
    ├── PostgresWentBack        the outbox is behind what was published: the relay refuses to start, an operator decides
    ├── DatabaseUnavailable     no connection, or the database fails over: keep the batch, wait, try again
    ├── SchemaOutdated          the database lacks a migration: refuse to start
    ├── RefusalBreaker          a run of refusals: stop the partition, alert
    ├── ClientDied              a Kafka client stopped working: throw it away, start again with a capped pause
    ├── OutboxBroken            the outbox skips a number that was never published: the relay stops, an operator decides
    ├── WorkersUnusable         enrichment processes die before they read a record: the process ends
    └── Refused                 a record cannot be used: becomes a dead letter with its code (never leaves the pipeline)

Exceptions are for what interrupts; "no meeting in this article" and "this article is malformed" are results, that is
model.Outcome.
"""


class CommuniqueError(Exception):
    """Something in communique failed."""


class UserError(CommuniqueError):
    """The command cannot be carried out as given."""


class SettingsError(UserError):
    """A setting is missing or wrong."""


class Fenced(CommuniqueError):
    """Another process owns this partition now."""


class PositionLost(CommuniqueError):
    """The broker no longer holds the records at the stored position."""


class PostgresWentBack(CommuniqueError):
    """The outbox is behind what was already published."""


class DatabaseUnavailable(CommuniqueError):
    """The database cannot be reached, or takes no writes now."""


class SchemaOutdated(CommuniqueError):
    """The database lacks a migration that this version needs; run `communique migrate`."""


class RefusalBreaker(CommuniqueError):
    """Too many records in a row were refused."""


class ClientDied(CommuniqueError):
    """A Kafka client stopped working."""


class OutboxBroken(CommuniqueError):
    """The outbox skips a sequence number."""


class WorkersUnusable(CommuniqueError):
    """The enrichment processes cannot be started."""


class Refused(CommuniqueError):
    """A record cannot be used. Carries the stage, a stable code and a message without article text."""

    def __init__(self, stage: str, code: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage
        self.code = code
        self.message = message
