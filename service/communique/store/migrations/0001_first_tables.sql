-- Input positions, articles, meetings, outbox, and the views that readers may use.
-- Old code: there is none yet; this is the first migration.

CREATE SCHEMA api;

COMMENT ON SCHEMA communique IS 'Tables of communique. Readers use the views of schema api, which keep their promises.';
COMMENT ON SCHEMA api IS 'What readers may rely on: views with a version in their name.';

-- ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE communique.ingest_position (
    topic        text        NOT NULL,
    "partition"  integer     NOT NULL,
    next_offset  bigint,                 -- null until the first batch of the very first start
    owner_epoch  bigint      NOT NULL,   -- raised by every claim; a batch of an older epoch is refused
    owner        text        NOT NULL,
    claimed_at   timestamptz NOT NULL,
    moved_at     timestamptz,
    -- What the records before next_offset were decided to be, each counted in the transaction that decided it: the sum
    -- is the number of records that the partition has held, or one was lost or counted twice.
    found        bigint      NOT NULL DEFAULT 0,
    nothing      bigint      NOT NULL DEFAULT 0,
    withdrawn    bigint      NOT NULL DEFAULT 0,
    refused      bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, "partition")
) WITH (fillfactor = 20);                -- one hot row a partition: room for HOT updates on its page

CREATE TABLE communique.articles (
    article_id     uuid        NOT NULL PRIMARY KEY,   -- from the canonical address
    uri            text        NOT NULL,
    url            text,
    content_hash   bytea       NOT NULL,               -- sha256 of the folded text; empty where there is none
    previous_hash  bytea,                              -- of the version before; null for a first version
    language       text,
    publisher      text,
    published_at   timestamptz,
    modified_at    timestamptz,
    meetings       smallint    NOT NULL,               -- how many the article reports
    duplicate_of   uuid,                               -- the article with the same text whose reports count
    withdrawn_at   timestamptz,
    topic          text        NOT NULL,
    "partition"    integer     NOT NULL,
    "offset"       bigint      NOT NULL,
    stored_at      timestamptz NOT NULL                -- with topic, partition and offset: the row of raw_articles
);
CREATE INDEX articles_duplicate_of ON communique.articles (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE TABLE communique.contents (
    content_hash  bytea NOT NULL PRIMARY KEY,
    article_id    uuid  NOT NULL                       -- the one article whose reports count for this text
);

CREATE TABLE communique.raw_articles (
    stored_at     timestamptz NOT NULL,
    topic         text        NOT NULL,
    "partition"   integer     NOT NULL,
    "offset"      bigint      NOT NULL,
    article_id    uuid        NOT NULL,
    timestamp_ms  bigint      NOT NULL,
    key           bytea,
    headers       bytea       NOT NULL,                -- JSON pairs [name, value]; bytes of the value as Latin-1
    value         bytea       NOT NULL
) PARTITION BY RANGE (stored_at);
CREATE INDEX raw_articles_stored_at ON communique.raw_articles (stored_at);

-- Catches what arrives in a month that `communique maintain` has not made yet, so that the feed never stops for it.
CREATE TABLE communique.raw_articles_other PARTITION OF communique.raw_articles DEFAULT WITH (toast_tuple_target = 8160);

-- ── meetings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE communique.meetings (
    meeting_id         uuid        NOT NULL PRIMARY KEY,
    revision           integer     NOT NULL CHECK (revision >= 1),
    kind               text        NOT NULL,
    status             text        NOT NULL,
    background         boolean     NOT NULL,
    starts             text,                           -- ISO 8601 of the precision that is known
    ends               text,
    "precision"        text        NOT NULL,
    city               text,
    country            text,
    countries          text[]      NOT NULL,
    confidence         real        NOT NULL,
    state              jsonb       NOT NULL,           -- the whole event as last published
    standings          jsonb       NOT NULL,           -- what the merge remembers of each report; see identify.py
    first_reported_at  timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL
);
CREATE INDEX meetings_starts ON communique.meetings (starts);
CREATE INDEX meetings_updated_at ON communique.meetings (updated_at);
CREATE INDEX meetings_countries ON communique.meetings USING gin (countries);

CREATE TABLE communique.meeting_keys (
    key         text        NOT NULL,
    meeting_id  uuid        NOT NULL REFERENCES communique.meetings ON DELETE CASCADE,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (key, meeting_id)
);
CREATE INDEX meeting_keys_latest ON communique.meeting_keys (key, added_at DESC);
CREATE INDEX meeting_keys_meeting ON communique.meeting_keys (meeting_id);

CREATE TABLE communique.revisions (
    meeting_id   uuid        NOT NULL REFERENCES communique.meetings ON DELETE CASCADE,
    revision     integer     NOT NULL,
    change       text        NOT NULL CHECK (change IN ('reported', 'updated', 'retracted')),
    state        jsonb       NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (meeting_id, revision)
);

CREATE TABLE communique.participants (
    meeting_id    uuid     NOT NULL REFERENCES communique.meetings ON DELETE CASCADE,
    position      smallint NOT NULL,
    name          text,
    surface       text     NOT NULL,
    country       text,
    organisation  text,
    office        text,
    office_text   text,
    role          text     NOT NULL,
    wikidata      text,
    PRIMARY KEY (meeting_id, position)
);
CREATE INDEX participants_name ON communique.participants (name);
CREATE INDEX participants_wikidata ON communique.participants (wikidata) WHERE wikidata IS NOT NULL;

CREATE TABLE communique.statements (
    meeting_id  uuid     NOT NULL REFERENCES communique.meetings ON DELETE CASCADE,
    position    smallint NOT NULL,
    speaker     text     NOT NULL,
    act         text     NOT NULL,
    text        text     NOT NULL,
    topics      text[]   NOT NULL,
    article_id  text,
    PRIMARY KEY (meeting_id, position)
);

CREATE TABLE communique.sources (
    article_id    uuid     NOT NULL REFERENCES communique.articles ON DELETE CASCADE,
    ordinal       smallint NOT NULL,
    meeting_id    uuid     REFERENCES communique.meetings ON DELETE CASCADE,   -- null while the report does not count
    url           text,
    publisher     text,
    language      text,
    published_at  text,                                -- as in the report: a day or a moment
    report        jsonb    NOT NULL,                   -- what this article alone says of the meeting
    PRIMARY KEY (article_id, ordinal)
);
CREATE INDEX sources_meeting ON communique.sources (meeting_id);

-- ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE communique.outbox_head (
    one_row   boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one_row),
    next_seq  bigint  NOT NULL
) WITH (fillfactor = 20);
INSERT INTO communique.outbox_head (next_seq) VALUES (1);

CREATE TABLE communique.outbox (
    seq         bigint      NOT NULL PRIMARY KEY,
    topic       text        NOT NULL,
    key         bytea,
    headers     bytea       NOT NULL,                  -- JSON pairs [name, value]; bytes of the value as Latin-1
    value       bytea,
    created_at  timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);   -- a queue: rows come and go

-- ── for readers ──────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE VIEW api.meetings_v1 AS
SELECT meeting_id, revision, kind, status, background, starts, ends, "precision", city, country, countries, confidence,
       first_reported_at, updated_at, state
FROM communique.meetings;

CREATE VIEW api.participants_v1 AS
SELECT meeting_id, position, name, surface, country, organisation, office, office_text, role, wikidata
FROM communique.participants;

CREATE VIEW api.statements_v1 AS
SELECT meeting_id, position, speaker, act, text, topics, article_id
FROM communique.statements;

CREATE VIEW api.sources_v1 AS
SELECT meeting_id, article_id, min(url) AS url, min(publisher) AS publisher, min(language) AS language,
       min(published_at) AS published_at
FROM communique.sources
WHERE meeting_id IS NOT NULL
GROUP BY meeting_id, article_id;

COMMENT ON VIEW api.meetings_v1 IS 'One row a meeting: its present state. Days are ISO 8601 of the known precision.';
COMMENT ON VIEW api.participants_v1 IS 'Who takes part, in the order of the event.';
COMMENT ON VIEW api.statements_v1 IS 'Who said what, in the order of the event.';
COMMENT ON VIEW api.sources_v1 IS 'Which articles report a meeting; one row for each article and meeting.';
