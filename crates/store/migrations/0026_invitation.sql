-- Invitations to a staff passport (guide 000). Words in braces: see src/migrate.rs.

-- Whether an entry came by an invitation, and no list of the employer has named it since: no list marks it as left.
ALTER TABLE roster_entry ADD COLUMN by_invitation {int} NOT NULL DEFAULT 0;

-- A file of people to be invited.
CREATE TABLE invitation_batch (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- Who uploaded it.
    account_id {uuid} NOT NULL REFERENCES account (id),
    uploaded_at {time} NOT NULL,
    -- Sealed; none once everybody in it is invited, or it was given up.
    file {bytes},
    people {int} NOT NULL,
    -- When it was confirmed: nobody is invited before.
    confirmed_at {time},
    -- So many of its people were dealt with, in their order; some of them had been invited otherwise by then.
    done {int} NOT NULL DEFAULT 0,
    passed_over {int} NOT NULL DEFAULT 0,
    finished_at {time}
) {strict};
CREATE INDEX invitation_batch_under_way ON invitation_batch (confirmed_at) WHERE confirmed_at IS NOT NULL AND finished_at IS NULL;
CREATE INDEX invitation_batch_age ON invitation_batch (uploaded_at);

CREATE TABLE invitation (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    roster_entry_id {uuid} NOT NULL UNIQUE REFERENCES roster_entry (id),
    batch_id {uuid},
    -- Who invited.
    invited_by {uuid} NOT NULL,
    invited_at {time} NOT NULL,
    -- Keyed hash: no two people are invited with one mobile number.
    phone_hash {bytes},
    sent_at {time} NOT NULL,
    times_sent {int} NOT NULL,
    -- What became of the check of their identity, and who said so.
    appointment_at {time},
    confirmed_at {time},
    confirmed_how TEXT,
    declined_at {time},
    decline_reason TEXT,
    judged_by {uuid}
) {strict};
CREATE INDEX invitation_organisation ON invitation (organisation_id, id);
CREATE UNIQUE INDEX invitation_phone ON invitation (organisation_id, phone_hash) WHERE phone_hash IS NOT NULL;
