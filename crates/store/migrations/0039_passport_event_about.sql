-- What happened says by itself what it was about where that is in no record of ours: the kind and variant of a credential from elsewhere,
-- and a job role, whose name may change. Words in braces: see src/migrate.rs.

ALTER TABLE passport_event ADD COLUMN kind TEXT;
ALTER TABLE passport_event ADD COLUMN variant TEXT;
ALTER TABLE passport_event ADD COLUMN job_role TEXT;
-- People look at what their job roles require.
CREATE INDEX passport_job_role_person ON passport_job_role (account_id);
