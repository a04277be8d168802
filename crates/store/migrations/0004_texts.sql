-- Text messages: what they may cost a day, whether their codes come back, and what providers tell of them.
-- Words in braces: see src/migrate.rs.

-- Texts written on one local day, for an organisation or, under the id of zeros, for the whole installation.
CREATE TABLE text_budget (
    day TEXT NOT NULL,
    whose {uuid} NOT NULL,
    used {int} NOT NULL,
    PRIMARY KEY (day, whose)
) {strict};

-- Codes sent by text, and whether they were used. The range of numbers is a keyed hash.
CREATE TABLE text_code (
    message_id {uuid} PRIMARY KEY,
    number_range {bytes} NOT NULL,
    purpose TEXT NOT NULL,
    subject {uuid} NOT NULL,
    sent_at {time} NOT NULL,
    used_at {time}
) {strict};
CREATE INDEX text_code_range ON text_code (number_range, sent_at);
CREATE INDEX text_code_subject ON text_code (subject);
CREATE INDEX text_code_age ON text_code (sent_at);

-- Delivery reports that came before the message that they are about was marked as sent.
CREATE TABLE early_report (
    provider TEXT NOT NULL,
    provider_reference TEXT NOT NULL,
    state TEXT NOT NULL,
    at {time} NOT NULL,
    PRIMARY KEY (provider, provider_reference)
) {strict};

-- Alarms that were raised, so that each is raised once on any number of nodes.
CREATE TABLE alarm (
    key TEXT PRIMARY KEY,
    at {time} NOT NULL
) {strict};
CREATE INDEX alarm_age ON alarm (at);

-- Texts of which nothing was heard since they were handed over.
CREATE INDEX outbox_unheard ON outbox (sent_at) WHERE delivered_at IS NULL AND failed_at IS NULL AND provider IS NOT NULL;
