-- Wallets that speak through a service of their maker (guide 000). Words in braces: see src/migrate.rs.

-- What the service was asked, beside the offer or the request to show something that it is for.
CREATE TABLE backend_request (
    -- That of the offer, or of the request to show something.
    id {uuid} PRIMARY KEY,
    -- Which service.
    backend TEXT NOT NULL,
    -- What the service calls it.
    request TEXT NOT NULL,
    -- Sealed: what the QR code holds.
    link {bytes} NOT NULL,
    made_at {time} NOT NULL
) {strict};
CREATE INDEX backend_request_made ON backend_request (made_at);

-- By which service a copy went to the wallet; none where it went there by the open standards.
ALTER TABLE credential_copy ADD COLUMN backend TEXT;

-- What the service still has to be told to revoke: written in the transaction in which it was revoked here.
CREATE TABLE backend_revocation (
    -- The name under which it was handed out.
    id {uuid} PRIMARY KEY,
    backend TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_at {time} NOT NULL,
    next_try_at {time} NOT NULL,
    tries {int} NOT NULL,
    done_at {time},
    gave_up_at {time},
    last_error TEXT
) {strict};
CREATE INDEX backend_revocation_due ON backend_revocation (next_try_at) WHERE done_at IS NULL AND gave_up_at IS NULL;
