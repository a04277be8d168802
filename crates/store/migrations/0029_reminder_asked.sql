-- Reminders of credentials to review that a trust asks for (guide 000). Words in braces: see src/migrate.rs.

-- That a trust has all of its people reminded who have something to review: each day once.
CREATE TABLE passport_reminder_asked (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    day TEXT NOT NULL,
    asked_by {uuid} NOT NULL,
    asked_at {time} NOT NULL,
    -- The account up to which reminders are in the outbox.
    done_to {uuid} NOT NULL,
    finished_at {time}
) {strict};
CREATE UNIQUE INDEX passport_reminder_asked_day ON passport_reminder_asked (organisation_id, day);
CREATE INDEX passport_reminder_asked_open ON passport_reminder_asked (day) WHERE finished_at IS NULL;

-- All that is asked about what waits for a review, so that the credentials themselves are not read.
CREATE INDEX credential_organisation_to_review ON credential (organisation_id, account_id, kind, archived_at, valid_until)
    WHERE accepted_at IS NULL AND rejected_at IS NULL AND withdrawn_at IS NULL;
