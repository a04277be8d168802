-- Wallets that ask their person to sign in (OpenID4VCI 1.0, section 5). Words in braces: see src/migrate.rs.

-- An authorisation request that a wallet pushed, and what became of it: opened in a browser, granted or refused there once, and traded
-- in for a token once.
CREATE TABLE passport_authorisation (
    id {uuid} PRIMARY KEY,
    -- Whose credentials are asked for.
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- Keyed hashes: of the address that the wallet was told, and of the cookie of the browser that opened it.
    reference {bytes} NOT NULL UNIQUE,
    bound_to {bytes} NOT NULL UNIQUE,
    client TEXT NOT NULL,
    -- What was asked, JSON.
    request TEXT NOT NULL,
    -- The offer by which the wallet was invited; none where it came by itself.
    offer_id {uuid},
    -- The thumbprint of the key that the token must be bound to, where the wallet named one, or is.
    dpop_thumbprint TEXT,
    made_at {time} NOT NULL,
    -- When the person said yes or no, who they were, and in which session.
    decided_at {time},
    account_id {uuid},
    session_id {uuid},
    -- Keyed hash of the code for the wallet; none where the person said no.
    code {bytes} UNIQUE,
    redeemed_at {time},
    -- Keyed hash of the access token.
    access_token {bytes} UNIQUE,
    -- The code came a second time: somebody else has it.
    revoked_at {time}
) {strict};
CREATE INDEX passport_authorisation_made ON passport_authorisation (made_at);

-- The authorisation by which its person granted an offer to a wallet: its token is then that of the authorisation.
ALTER TABLE credential_offer ADD COLUMN authorisation_id {uuid};
CREATE INDEX credential_offer_authorisation ON credential_offer (authorisation_id);

-- A key for which wallets encrypt what they ask for (OpenID4VCI 1.0, section 10). It is told to wallets, then only taken, then erased.
CREATE TABLE passport_request_key (
    id {uuid} PRIMARY KEY,
    -- Sealed: the secret number of a key on P-256.
    key {bytes} NOT NULL,
    made_at {time} NOT NULL,
    told_until {time} NOT NULL,
    taken_until {time} NOT NULL
) {strict};

-- Credentials that a wallet was told to ask for again (OpenID4VCI 1.0, section 9).
CREATE TABLE passport_deferred (
    id {uuid} PRIMARY KEY,
    -- Keyed hash of what the wallet asks by.
    transaction_id {bytes} NOT NULL UNIQUE,
    offer_id {uuid} NOT NULL,
    -- The public keys that it showed it has, JSON.
    holders TEXT NOT NULL,
    made_at {time} NOT NULL,
    -- It was given, once.
    given_at {time}
) {strict};
CREATE INDEX passport_deferred_made ON passport_deferred (made_at);
