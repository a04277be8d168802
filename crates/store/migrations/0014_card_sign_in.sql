-- Signing in with a smartcard. Words in braces: see src/migrate.rs.

-- The serial number of the certificate that began a session, without leading zeros; none where no card did.
ALTER TABLE session ADD COLUMN card_serial {bytes};
CREATE INDEX session_card ON session (card_serial);

-- A question to a card; each is answered once, within five minutes, and in the browser in which it was asked.
CREATE TABLE card_question (
    -- Keyed hash of the nonce.
    nonce {bytes} PRIMARY KEY,
    -- Keyed hash of the cookie of the browser in which it was asked.
    bound_to {bytes} NOT NULL,
    made_at {time} NOT NULL,
    used_at {time}
) {strict};
CREATE INDEX card_question_age ON card_question (made_at);

-- Codes by which the host for certificates said who is there, once they were used.
CREATE TABLE card_code (
    -- Keyed hash of the code.
    code {bytes} PRIMARY KEY,
    used_at {time} NOT NULL
) {strict};
CREATE INDEX card_code_age ON card_code (used_at);
