-- Showing credentials (guide 000): what is known of who asks and who answers, and what was shared with a trust. Words in braces: see
-- src/migrate.rs.

-- Browser and system of the page, for whoever is asked on their phone whether that is theirs.
ALTER TABLE presentation ADD COLUMN browser TEXT;
-- The range of the network of the first wallet that fetched the request, and how often it was fetched from another one: a request
-- that goes from hand to hand is one to look at.
ALTER TABLE presentation ADD COLUMN fetched_network TEXT;
ALTER TABLE presentation ADD COLUMN fetched_elsewhere {int} NOT NULL DEFAULT 0;
CREATE INDEX presentation_bound ON presentation (bound_to);
CREATE INDEX presentation_response ON presentation (response_code);

-- Somebody's credentials, shared with a trust in one presentation.
CREATE TABLE share (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- With whom.
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    presentation_id {uuid} NOT NULL UNIQUE,
    shared_at {time} NOT NULL
) {strict};
CREATE INDEX share_account ON share (account_id, shared_at);
CREATE INDEX share_organisation ON share (organisation_id, shared_at);

-- One of them, as it was shown.
CREATE TABLE shared_credential (
    id {uuid} PRIMARY KEY,
    share_id {uuid} NOT NULL REFERENCES share (id),
    kind TEXT NOT NULL,
    -- Who issued it: an organisation of this installation, or an issuer that the trust believes.
    issuer_organisation_id {uuid},
    trusted_issuer_id {uuid},
    -- The credential itself, where it is one of this installation.
    credential_id {uuid},
    -- Sealed: its claims, JSON.
    content {bytes} NOT NULL,
    -- Where its status stands, and whether it held when it was shared.
    status_uri TEXT,
    status_place {int},
    held_at {time},
    -- What the trust said of it.
    accepted_at {time},
    rejected_at {time},
    reject_reason TEXT,
    -- Sealed: in the reviewer's words.
    reject_details {bytes},
    reviewed_by {uuid}
) {strict};
CREATE INDEX shared_credential_share ON shared_credential (share_id);
