-- Jobs on cards: what the portal asks of the agent on a workstation, order by order, and what became of each. Words in braces:
-- see src/migrate.rs.

-- A job that has not ended holds its card: there is one at a time.
CREATE TABLE card_job (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- None until a blank card was read.
    smartcard_id {uuid} REFERENCES smartcard (id),
    -- 'read', 'set-passcodes', 'unblock', 'renew', 'wipe' or 'issue'.
    kind TEXT NOT NULL,
    started_by {uuid} NOT NULL REFERENCES account (id),
    -- Whose card it is, or becomes.
    account_id {uuid} REFERENCES account (id),
    -- What the Registration Authority does by it.
    act_id {uuid},
    -- What is asked, as JSON without secrets.
    request TEXT NOT NULL,
    -- Sealed: passcodes that were typed on the page; they live for minutes.
    typed {bytes},
    typed_until {time},
    -- Sealed: hashes of passcodes that take effect when the job is done.
    held {bytes},
    -- What is known of the card and of what was done to it, as JSON; public.
    facts TEXT NOT NULL,
    -- Counts up with each claim: another agent, or the same one anew.
    run {int} NOT NULL,
    -- The number of the last order before this run.
    run_from {int} NOT NULL,
    -- The number of the last order.
    seq {int} NOT NULL,
    -- What that order was about, as JSON.
    step TEXT,
    -- Sealed: the order itself, to be given again in the same words.
    last_order {bytes},
    progress TEXT NOT NULL,
    ticket_number {int} NOT NULL,
    ticket_expires_at {time} NOT NULL,
    ticket_used_at {time},
    -- Keyed hash of what the agent shows.
    token_hash {bytes},
    heard_at {time},
    started_at {time} NOT NULL,
    -- Why this run goes no further; the next one clears it.
    trouble TEXT,
    tries_left {int},
    ended_at {time},
    -- 'done' or 'refused'.
    verdict TEXT
) {strict};
CREATE UNIQUE INDEX card_job_open ON card_job (smartcard_id) WHERE ended_at IS NULL;
CREATE INDEX card_job_card ON card_job (smartcard_id, started_at);
CREATE INDEX card_job_starter ON card_job (started_by, started_at);
CREATE INDEX card_job_started ON card_job (started_at) WHERE ended_at IS NULL;
CREATE INDEX card_job_typed ON card_job (typed_until) WHERE typed IS NOT NULL;

-- The journal: an order is written here before it is given, and what became of it before the next.
CREATE TABLE card_job_step (
    job_id {uuid} NOT NULL REFERENCES card_job (id),
    seq {int} NOT NULL,
    run {int} NOT NULL,
    -- What it was about, in one word.
    step TEXT NOT NULL,
    given_at {time} NOT NULL,
    -- What became of it, in one word.
    outcome TEXT,
    answered_at {time},
    PRIMARY KEY (job_id, seq)
) {strict};
