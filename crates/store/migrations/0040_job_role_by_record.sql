-- Job roles are given to whom the employer's list names. Words in braces: see src/migrate.rs.

-- The job role on the list as it is compared with those of the organisation.
ALTER TABLE roster_entry ADD COLUMN job_role_folded TEXT;
-- As near as both databases come to it. A spelling that this does not bring together, such as one with two spaces or with capitals that
-- are not English ones, is compared rightly once the list changes it.
UPDATE roster_entry SET job_role_folded = lower(job_role) WHERE job_role IS NOT NULL;
CREATE INDEX roster_entry_job_role ON roster_entry (organisation_id, job_role_folded, id);
