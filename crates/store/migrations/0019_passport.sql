-- The staff passport (guide 000). Words in braces: see src/migrate.rs.

-- The root below which an organisation's keys for credentials stand: what others trust. It is never sent to a wallet.
CREATE TABLE passport_root (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL UNIQUE REFERENCES organisation (id),
    -- Sealed: PKCS#8.
    key {bytes} NOT NULL,
    -- DER.
    certificate {bytes} NOT NULL,
    made_at {time} NOT NULL
) {strict};

-- A key for what an organisation issues and asks. The newest signs; what an older one signed stays good as long as its certificate.
CREATE TABLE passport_key (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- Sealed: PKCS#8.
    key {bytes} NOT NULL,
    -- DER, signed by the root.
    certificate {bytes} NOT NULL,
    made_at {time} NOT NULL,
    -- Its certificate holds for much longer, so that what it signed on its last day is good, too.
    signs_until {time} NOT NULL
) {strict};
CREATE INDEX passport_key_organisation ON passport_key (organisation_id, made_at);

-- A credential from when it was provided. How it stands follows from the moments here and the day.
CREATE TABLE credential (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- Who issues it.
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL,
    -- What tells two of a kind apart: the subject of a core skill; else empty.
    variant TEXT NOT NULL,
    -- Sealed: what it says and how that was assured, JSON.
    content {bytes} NOT NULL,
    provided_at {time} NOT NULL,
    -- The last day on which it holds; none where it holds until it is revoked.
    valid_until TEXT,
    accepted_at {time},
    rejected_at {time},
    reject_reason TEXT,
    -- Sealed: the person's own words.
    reject_details {bytes},
    -- When the trust marked the rejection as resolved.
    resolved_at {time},
    withdrawn_at {time},
    withdraw_reason TEXT,
    revoked_at {time},
    revoke_reason TEXT,
    archived_at {time},
    -- The newer one that took its place.
    replaced_by {uuid}
) {strict};
CREATE INDEX credential_account ON credential (account_id, provided_at);
CREATE INDEX credential_to_review ON credential (account_id)
    WHERE accepted_at IS NULL AND rejected_at IS NULL AND withdrawn_at IS NULL;

-- A list of which credentials are revoked, as it is published. Its places are drawn at random and never used twice.
CREATE TABLE status_list (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    size {int} NOT NULL,
    taken {int} NOT NULL,
    opened_at {time} NOT NULL,
    -- Counts what changed in it, so that a list that was signed before is known to be old, whatever the clock says.
    revision {int} NOT NULL,
    changed_at {time} NOT NULL
) {strict};
CREATE INDEX status_list_organisation ON status_list (organisation_id, opened_at);

-- A copy of a credential in a wallet, bound to a key there.
CREATE TABLE credential_copy (
    id {uuid} PRIMARY KEY,
    credential_id {uuid} NOT NULL REFERENCES credential (id),
    -- The offer by which it came to the wallet. Offers are erased, copies are not.
    offer_id {uuid} NOT NULL,
    status_list_id {uuid} NOT NULL REFERENCES status_list (id),
    place {int} NOT NULL,
    -- RFC 7638 thumbprint of the wallet's key.
    thumbprint TEXT NOT NULL,
    issued_at {time} NOT NULL,
    revoked_at {time},
    UNIQUE (status_list_id, place)
) {strict};
CREATE INDEX credential_copy_credential ON credential_copy (credential_id);
CREATE INDEX credential_copy_offer ON credential_copy (offer_id);

-- A credential offered to whichever wallet scans it, from one browser's page.
CREATE TABLE credential_offer (
    id {uuid} PRIMARY KEY,
    credential_id {uuid} NOT NULL REFERENCES credential (id),
    -- The session in whose page it is shown.
    session_id {uuid} NOT NULL,
    -- Whether it is a new copy for a new phone: the copies before it are revoked.
    reissue {int} NOT NULL,
    -- Keyed hashes: of the address of the offer, and of the pre-authorised code in it.
    reference {bytes} NOT NULL UNIQUE,
    code {bytes} NOT NULL UNIQUE,
    -- Keyed hash of the transaction code that went to the person's phone; none where there is none.
    transaction_code {bytes},
    tries {int} NOT NULL,
    made_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    -- A wallet has looked at the offer.
    fetched_at {time},
    -- The code was traded in for a token.
    redeemed_at {time},
    -- Keyed hash of the access token, and the thumbprint of the key that it is bound to, if it is.
    access_token {bytes} UNIQUE,
    dpop_thumbprint TEXT,
    -- The credential went to the wallet.
    issued_at {time},
    -- What the wallet told of it afterwards: credential_accepted, credential_failure or credential_deleted.
    told TEXT,
    told_at {time},
    cancelled_at {time},
    -- Why it came to nothing.
    failed_at {time},
    failure TEXT
) {strict};
CREATE INDEX credential_offer_credential ON credential_offer (credential_id, made_at);
CREATE INDEX credential_offer_made ON credential_offer (made_at);

-- A request to a wallet to show something, from one browser's page.
CREATE TABLE presentation (
    id {uuid} PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- Who asks.
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- In whose session, where somebody is signed in.
    session_id {uuid},
    -- Keyed hash of the cookie of the browser whose page shows it.
    bound_to {bytes} NOT NULL,
    -- Keyed hash of the address of the request, and of its state.
    reference {bytes} NOT NULL UNIQUE,
    state {bytes} NOT NULL UNIQUE,
    -- Sealed: the request with its nonce and the key to which the answer is encrypted, JSON.
    request {bytes} NOT NULL,
    -- The range of the network of the page, for whoever looks into it afterwards.
    network TEXT,
    made_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    fetched_at {time},
    -- The one answer that was taken, and how it was: presented, declined or refused.
    answered_at {time},
    answer TEXT,
    answer_network TEXT,
    -- Sealed: what was presented, JSON; erased once it is used.
    presented {bytes},
    -- Whose access key was presented.
    account_id {uuid},
    credential_copy_id {uuid},
    -- Keyed hashes: of the code that leads the browser of the same device back, and of the code that is typed on another.
    response_code {bytes},
    confirm_code {bytes},
    confirm_tries {int} NOT NULL,
    used_at {time},
    cancelled_at {time}
) {strict};
CREATE INDEX presentation_made ON presentation (made_at);

-- What was used once and must not be used again: nonces, numbers of proofs. Erased after a while.
CREATE TABLE passport_used (
    -- Keyed hash.
    value {bytes} PRIMARY KEY,
    used_at {time} NOT NULL
) {strict};
CREATE INDEX passport_used_age ON passport_used (used_at);

-- A session that a wallet began can do less until a second factor is proved in it.
ALTER TABLE session ADD COLUMN began_by TEXT;
-- The copy of the access key by which a session began: a revoked one ends it.
ALTER TABLE session ADD COLUMN credential_copy_id {uuid};
CREATE INDEX session_credential_copy ON session (credential_copy_id);

-- Whose credentials an organisation believes, beside its own and those of the organisations in this installation.
CREATE TABLE trusted_issuer (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The kind of credential; none: each.
    kind TEXT,
    -- The root certificate, DER.
    root {bytes} NOT NULL,
    added_at {time} NOT NULL,
    ended_at {time}
) {strict};
CREATE INDEX trusted_issuer_organisation ON trusted_issuer (organisation_id);

-- What happened to somebody's passport, for them and for the trust.
CREATE TABLE passport_event (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    at {time} NOT NULL,
    what TEXT NOT NULL,
    credential_id {uuid},
    organisation_id {uuid},
    -- Who did it, where it was not the person: a member of staff.
    by_account {uuid},
    detail TEXT
) {strict};
CREATE INDEX passport_event_account ON passport_event (account_id, at);

-- Channels by which somebody does not want to be told of credentials and reminded of them.
CREATE TABLE passport_opt_out (
    account_id {uuid} NOT NULL REFERENCES account (id),
    channel TEXT NOT NULL,
    since {time} NOT NULL,
    PRIMARY KEY (account_id, channel)
) {strict};

-- The Mondays on which reminders were written, each once.
CREATE TABLE passport_reminder_day (
    day TEXT PRIMARY KEY,
    begun_at {time} NOT NULL,
    -- The account up to which reminders are in the outbox.
    done_to {uuid} NOT NULL,
    finished_at {time}
) {strict};
