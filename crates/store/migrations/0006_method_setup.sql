-- A sign-in method that is being set up (guide 002). Nothing is a method before it has been proved. Words in braces: see
-- src/migrate.rs.
CREATE TABLE method_setup (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- It is set up in one session, and by nobody else.
    session_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    -- Sealed: an address, a number in E.164, or the seed of an app; none before it is entered and after it became a method.
    secret {bytes},
    -- The method in whose place it comes.
    replaces_id {uuid},
    started_at {time} NOT NULL,
    finished_at {time}
) {strict};
CREATE INDEX method_setup_started ON method_setup (started_at);
CREATE INDEX method_setup_session ON method_setup (session_id);

-- Whether its owner has still to be asked to set up a method for resets.
ALTER TABLE session ADD COLUMN set_up_due {int} NOT NULL DEFAULT 0;
