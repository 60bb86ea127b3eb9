-- Every statement of the store. One block each: its name, one sentence, the statement.

-- ── transactions ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: begin
-- Opens a transaction whose waits all end; set here and not on the session, so that pgbouncer may share sessions.
BEGIN; SET LOCAL statement_timeout = {statement_ms}; SET LOCAL lock_timeout = {lock_ms};
SET LOCAL idle_in_transaction_session_timeout = {idle_ms}

-- ── in: positions ────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: claim
-- Raises the epoch of a partition, which fences every earlier owner, and says where to seek.
INSERT INTO communique.ingest_position AS old (topic, "partition", owner_epoch, owner, claimed_at)
VALUES ($1, $2, 1, $3, $4)
ON CONFLICT (topic, "partition") DO UPDATE
SET owner_epoch = old.owner_epoch + 1, owner = excluded.owner, claimed_at = excluded.claimed_at
RETURNING next_offset, owner_epoch

-- name: advance
-- Moves the position from the start of a batch to its end, if the batch begins there and its owner still holds it, and
-- counts what its records were decided to be.
UPDATE communique.ingest_position SET next_offset = $5, moved_at = $6, found = found + $7, nothing = nothing + $8,
    withdrawn = withdrawn + $9, refused = refused + $10
WHERE topic = $1 AND "partition" = $2 AND owner_epoch = $3 AND (next_offset = $4 OR next_offset IS NULL)
RETURNING next_offset

-- name: position
-- Reads the position of one partition.
SELECT next_offset, owner_epoch FROM communique.ingest_position WHERE topic = $1 AND "partition" = $2

-- name: positions
-- Lists all positions with their owners.
SELECT topic, "partition", next_offset, owner_epoch, owner, claimed_at, moved_at
FROM communique.ingest_position ORDER BY topic, "partition"

-- ── in: articles ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: any_article_changes
-- Says whether an article of a batch is known with another text, or was withdrawn.
SELECT EXISTS (
    SELECT FROM unnest($1::uuid[], $2::bytea[]) AS new (article_id, content_hash)
    JOIN communique.articles old USING (article_id)
    WHERE old.content_hash <> new.content_hash OR old.withdrawn_at IS NOT NULL)

-- name: lock_articles
-- Shares the lock of the articles with other batches that only add some.
SELECT pg_advisory_xact_lock_shared($1)

-- name: lock_articles_alone
-- Takes the lock of the articles: waits for every batch that is under way.
SELECT pg_advisory_xact_lock($1)

-- name: write_articles
-- Stores new and changed articles; a version that is known, or older than the known one, gives no row back.
INSERT INTO communique.articles AS old
    (article_id, uri, url, content_hash, language, publisher, published_at, modified_at, meetings,
     topic, "partition", "offset", stored_at)
SELECT new.*, $13::timestamptz FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
    $9::smallint[], $10::text[], $11::integer[], $12::bigint[]) AS new
ORDER BY 1
ON CONFLICT (article_id) DO UPDATE
SET uri = excluded.uri, url = excluded.url, content_hash = excluded.content_hash, previous_hash = old.content_hash,
    language = excluded.language, publisher = excluded.publisher, published_at = excluded.published_at,
    modified_at = excluded.modified_at, meetings = excluded.meetings, duplicate_of = NULL, withdrawn_at = NULL,
    topic = excluded.topic, "partition" = excluded."partition", "offset" = excluded."offset",
    stored_at = excluded.stored_at
WHERE old.withdrawn_at IS NOT NULL
   OR (old.content_hash <> excluded.content_hash
       AND (excluded.modified_at IS NULL OR old.modified_at IS NULL OR excluded.modified_at >= old.modified_at))
RETURNING article_id, previous_hash

-- name: write_aliases
-- Remembers the other ids under which articles may be taken back.
INSERT INTO communique.article_aliases (alias, article_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[]) ORDER BY 1, 2
ON CONFLICT DO NOTHING

-- name: withdraw_articles
-- Marks articles as withdrawn, by their own ids or by others; one that is unknown or withdrawn already gives no row back.
UPDATE communique.articles a SET withdrawn_at = $3
FROM (
    SELECT given, given AS article_id FROM unnest($1::uuid[]) AS given
    UNION SELECT alias, article_id FROM communique.article_aliases WHERE alias = ANY ($2)
) AS meant
WHERE a.article_id = meant.article_id AND withdrawn_at IS NULL
RETURNING a.article_id, content_hash, given

-- name: free_contents
-- Gives texts free whose article changed or was withdrawn.
DELETE FROM communique.contents c USING unnest($1::bytea[], $2::uuid[]) AS gone (content_hash, article_id)
WHERE c.content_hash = gone.content_hash AND c.article_id = gone.article_id

-- name: take_contents
-- Makes articles the ones whose reports count for their text; a text that has one already gives no row back.
INSERT INTO communique.contents (content_hash, article_id)
SELECT * FROM unnest($1::bytea[], $2::uuid[]) ORDER BY 1
ON CONFLICT (content_hash) DO NOTHING
RETURNING content_hash

-- name: owners
-- Says whose reports count for texts.
SELECT content_hash, article_id FROM communique.contents WHERE content_hash = ANY ($1)

-- name: mark_duplicates
-- Points articles to the one with the same text.
UPDATE communique.articles a SET duplicate_of = d.original
FROM unnest($1::uuid[], $2::uuid[]) AS d (article_id, original) WHERE a.article_id = d.article_id

-- name: heirs
-- Finds for each article that goes the earliest living article with the same text, which takes its place.
SELECT DISTINCT ON (duplicate_of) duplicate_of, article_id, content_hash
FROM communique.articles WHERE duplicate_of = ANY ($1) AND withdrawn_at IS NULL
ORDER BY duplicate_of, stored_at, topic, "partition", "offset"

-- name: enthrone_heirs
-- Lets heirs stand for themselves and the other duplicates point to them.
UPDATE communique.articles a SET duplicate_of = nullif(h.heir, a.article_id)
FROM unnest($1::uuid[], $2::uuid[]) AS h (gone, heir) WHERE a.duplicate_of = h.gone

-- name: raw_article
-- Reads the stored bytes of an article's last accepted version.
SELECT r.topic, r."partition", r."offset", r.timestamp_ms, r.key, r.headers, r.value
FROM communique.articles a
JOIN communique.raw_articles r USING (stored_at, topic, "partition", "offset")
WHERE a.article_id = $1

-- ── meetings ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: lock_keys
-- Takes the locks of identity keys, in the order given, and shares the lock of all, until the transaction ends.
SELECT count(pg_advisory_xact_lock(k)), pg_advisory_xact_lock_shared($2) FROM unnest($1::bigint[]) AS k

-- name: lock_all_keys
-- Takes the lock of all identity keys: waits for everybody who holds one.
SELECT pg_advisory_xact_lock($1)

-- name: sources_of_articles
-- Reads the reports of articles, those that do not count included.
SELECT article_id, ordinal, meeting_id, report FROM communique.sources WHERE article_id = ANY ($1)
ORDER BY article_id, ordinal

-- name: sources_of_meetings
-- Reads all reports that count for meetings.
SELECT meeting_id, article_id, ordinal, report FROM communique.sources WHERE meeting_id = ANY ($1)
ORDER BY meeting_id, article_id, ordinal

-- name: keys_of_meetings
-- Reads the identity keys of meetings.
SELECT key FROM communique.meeting_keys WHERE meeting_id = ANY ($1)

-- name: candidates
-- Finds the meetings that share an identity key, of each key the last ones that were added.
SELECT k.key, c.meeting_id FROM unnest($1::text[]) AS k (key), LATERAL (
    SELECT meeting_id FROM communique.meeting_keys m WHERE m.key = k.key ORDER BY m.added_at DESC LIMIT $2
) AS c

-- name: lock_meetings
-- Reads meetings and keeps them for this transaction, in one order for all.
SELECT meeting_id, state, standings FROM communique.meetings WHERE meeting_id = ANY ($1) ORDER BY meeting_id FOR UPDATE

-- name: write_meetings
-- Writes the present state of meetings; the columns are read from it.
INSERT INTO communique.meetings AS old
    (meeting_id, revision, kind, status, background, starts, ends, "precision", city, country, countries, confidence,
     state, standings, first_reported_at, updated_at)
SELECT (s->>'meeting_id')::uuid, (s->>'revision')::integer, s->>'kind', s->>'status', (s->>'background')::boolean,
       s->'when'->>'start', s->'when'->>'end', s->'when'->>'precision', s->'where'->>'city', s->'where'->>'country',
       ARRAY(SELECT jsonb_array_elements_text(s->'countries')), (s->>'confidence')::real, s, standings, $3, $3
FROM unnest($1::jsonb[], $2::jsonb[]) AS w (s, standings)
ORDER BY 1
ON CONFLICT (meeting_id) DO UPDATE
SET revision = excluded.revision, kind = excluded.kind, status = excluded.status, background = excluded.background,
    starts = excluded.starts, ends = excluded.ends, "precision" = excluded."precision", city = excluded.city,
    country = excluded.country, countries = excluded.countries, confidence = excluded.confidence,
    state = excluded.state, standings = excluded.standings,
    updated_at = CASE WHEN old.revision = excluded.revision THEN old.updated_at ELSE excluded.updated_at END

-- name: write_revisions
-- Adds one row for each revision, which is never changed again.
INSERT INTO communique.revisions (meeting_id, revision, change, state, recorded_at)
SELECT (s->>'meeting_id')::uuid, (s->>'revision')::integer, change, s, $3
FROM unnest($1::text[], $2::jsonb[]) AS w (change, s)

-- name: drop_participants
-- Removes the participants of meetings that are about to be written anew.
DELETE FROM communique.participants WHERE meeting_id = ANY ($1)

-- name: write_participants
-- Lays the participants out of the states that were just written.
INSERT INTO communique.participants
    (meeting_id, position, name, surface, country, organisation, office, office_text, role, wikidata)
SELECT m.meeting_id, p.position, p.who->>'name', p.who->>'surface', p.who->>'country', p.who->>'organisation',
       p.who->>'office', p.who->>'office_text', p.who->>'role', p.who->>'wikidata'
FROM communique.meetings m, jsonb_array_elements(m.state->'participants') WITH ORDINALITY AS p (who, position)
WHERE m.meeting_id = ANY ($1)

-- name: drop_statements
-- Removes the statements of meetings that are about to be written anew.
DELETE FROM communique.statements WHERE meeting_id = ANY ($1)

-- name: write_statements
-- Lays the statements out of the states that were just written.
INSERT INTO communique.statements (meeting_id, position, speaker, act, text, topics, article_id)
SELECT m.meeting_id, t.position, t.said->>'speaker', t.said->>'act', t.said->>'text',
       ARRAY(SELECT jsonb_array_elements_text(t.said->'topics')), t.said->'evidence'->>'article_id'
FROM communique.meetings m, jsonb_array_elements(m.state->'statements') WITH ORDINALITY AS t (said, position)
WHERE m.meeting_id = ANY ($1)

-- name: drop_sources
-- Removes the reports of articles that changed or were withdrawn, and says which meetings they leave.
DELETE FROM communique.sources WHERE article_id = ANY ($1) RETURNING article_id, meeting_id

-- name: write_sources
-- Stores which article reports which meeting, with the report itself.
INSERT INTO communique.sources (article_id, ordinal, meeting_id, url, publisher, language, published_at, report)
SELECT w.article_id, w.ordinal, w.meeting_id, r->'sources'->0->>'url', r->'sources'->0->>'publisher',
       r->'sources'->0->>'language', r->'sources'->0->>'published_at', r
FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::jsonb[]) AS w (article_id, ordinal, meeting_id, r)
ON CONFLICT (article_id, ordinal) DO UPDATE SET meeting_id = excluded.meeting_id

-- name: write_keys
-- Adds the identity keys under which a meeting is found.
INSERT INTO communique.meeting_keys (key, meeting_id, added_at)
SELECT w.*, $3 FROM unnest($1::text[], $2::uuid[]) AS w ORDER BY 1, 2
ON CONFLICT DO NOTHING

-- ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: take_sequence
-- Takes n sequence numbers and keeps the head until the transaction ends, so that their order is the commit order.
UPDATE communique.outbox_head SET next_seq = next_seq + $1 RETURNING next_seq - $1

-- name: write_outbox
-- Adds outgoing messages and wakes the relay once.
WITH written AS (
    INSERT INTO communique.outbox (seq, topic, key, headers, value, created_at)
    SELECT w.*, $6 FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[]) AS w
)
SELECT pg_notify('communique_outbox', '')

-- name: next_sequence
-- Reads the number that the next message will get.
SELECT next_seq FROM communique.outbox_head

-- name: outbox_after
-- Reads messages in order, after a sequence number: so many, or as many as so many bytes hold, and one at least.
SELECT seq, topic, key, headers, value, created_at FROM (
    SELECT *, sum(coalesce(octet_length(value), 0)) OVER (ORDER BY seq) - coalesce(octet_length(value), 0) AS before
    FROM (SELECT * FROM communique.outbox WHERE seq > $1 ORDER BY seq LIMIT $2) AS next
) AS weighed
WHERE before < $3 ORDER BY seq

-- name: forget_published
-- Removes the first so many messages up to a sequence number.
DELETE FROM communique.outbox
WHERE seq IN (SELECT seq FROM communique.outbox WHERE seq <= $1 ORDER BY seq LIMIT $2)

-- name: leader_deadlines
-- Lets the database give the leader's lock away when its process hangs or its machine is gone.
SET idle_session_timeout = {leader_ms};
SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3

-- name: beat
-- Shows that the leader lives.
SELECT 1

-- name: try_lead
-- Makes this session the one whose relay publishes, if there is none.
SELECT pg_try_advisory_lock($1)

-- name: outbox_pending
-- Counts the messages after a sequence number and finds the oldest.
SELECT count(*) AS pending, min(created_at) AS oldest FROM communique.outbox WHERE seq > $1

-- ── health ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: writable
-- Says whether this is a primary that takes writes.
SELECT NOT pg_is_in_recovery() AND NOT current_setting('default_transaction_read_only')::boolean

-- ── upkeep ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- name: raw_partitions
-- Lists the monthly partitions of the raw articles.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'communique.raw_articles'::regclass AND c.relname ~ '^raw_articles_[0-9]{4}_[0-9]{2}$'
ORDER BY 1

-- name: table_exists
-- Says whether a table of that name exists.
SELECT to_regclass($1) IS NOT NULL

-- name: make_partition
-- Makes the partition of one month and moves into it what the catch-all has of that month.
CREATE TABLE communique.{name} (LIKE communique.raw_articles INCLUDING ALL) WITH (toast_tuple_target = 8160);
WITH early AS (
    DELETE FROM communique.raw_articles_other WHERE stored_at >= '{since}' AND stored_at < '{until}' RETURNING *
)
INSERT INTO communique.{name} SELECT * FROM early;
ALTER TABLE communique.raw_articles ATTACH PARTITION communique.{name} FOR VALUES FROM ('{since}') TO ('{until}')

-- name: drop_partition
-- Drops the partition of one month.
DROP TABLE communique.{name}

-- name: drop_old_rows
-- Removes what the catch-all holds from before a moment.
DELETE FROM communique.raw_articles_other WHERE stored_at < $1

-- ── migrations and roles ─────────────────────────────────────────────────────────────────────────────────────────────

-- name: wait_for_lock
-- Lets a migration wait for another one as long as that takes.
SET LOCAL lock_timeout = 0

-- name: migration_lock
-- Lets one migration or upkeep run at a time.
SELECT pg_advisory_xact_lock($1)

-- name: migration_deadlines
-- Ends a migration that waits for a table, before everybody else waits behind it.
SET LOCAL lock_timeout = {lock_ms}

-- name: migrations_create
-- Makes the schema and the list of what was applied.
CREATE SCHEMA IF NOT EXISTS communique;
CREATE TABLE IF NOT EXISTS communique.migrations (
    number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)

-- name: migrations_table
-- Says whether anything was ever applied here.
SELECT to_regclass('communique.migrations') IS NOT NULL

-- name: migrations
-- Lists what was applied.
SELECT number, name, checksum FROM communique.migrations ORDER BY number

-- name: migration_applied
-- Says whether a migration was applied.
SELECT EXISTS (SELECT FROM communique.migrations WHERE number = $1)

-- name: migration_record
-- Remembers that a migration was applied.
INSERT INTO communique.migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)

-- name: role_exists
-- Says whether a role exists.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)

-- name: database_name
-- Reads the name of this database.
SELECT current_database()

-- name: grant_writer
-- Lets a role write rows and change nothing else.
GRANT USAGE ON SCHEMA communique, api TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA communique TO {role};
REVOKE INSERT, UPDATE, DELETE ON communique.migrations FROM {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA communique GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA api TO {role}

-- name: grant_reader
-- Lets a role read the views and nothing behind them.
GRANT USAGE ON SCHEMA api TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA api TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA api GRANT SELECT ON TABLES TO {role}
