-- Rows of people, messages and jobs are found without reading those of everybody else. Words in braces: see src/migrate.rs.

CREATE INDEX registration_roster_entry ON registration (roster_entry_id);
CREATE INDEX code_set_subject ON code_set (subject);
CREATE INDEX sign_in_open ON sign_in (account_id) WHERE finished_at IS NULL;
CREATE INDEX sign_in_method_used ON sign_in (method_id) WHERE method_id IS NOT NULL;
CREATE INDEX session_started ON session (started_at);
CREATE INDEX outbox_written ON outbox (written_at, id);
CREATE INDEX outbox_gave_up ON outbox (gave_up_at) WHERE gave_up_at IS NOT NULL;
CREATE INDEX card_job_account ON card_job (account_id, started_at);
CREATE INDEX card_job_ended ON card_job (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX credential_replaced_by ON credential (replaced_by) WHERE replaced_by IS NOT NULL;
-- What a trust has dealt with is not read again.
CREATE INDEX invitation_open ON invitation (organisation_id, id) WHERE confirmed_at IS NULL AND declined_at IS NULL;
CREATE INDEX share_of_organisation ON share (organisation_id, id);
-- What one person shared with one organisation: without it, SQLite may look through all that was shared with that organisation.
CREATE INDEX share_of_account ON share (account_id, organisation_id);
CREATE INDEX smartcard_blocked ON smartcard (organisation_id)
    WHERE tries_left = 0 AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL;
