-- Messages that somebody waits for on a page go out before those that go to many. Words in braces: see src/migrate.rs.
CREATE INDEX outbox_awaited ON outbox (next_try_at) WHERE sent_at IS NULL AND gave_up_at IS NULL AND subject IS NOT NULL;
