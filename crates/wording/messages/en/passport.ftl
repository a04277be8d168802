### What a credential of a staff passport is called, what it says, and what becomes of it.

## Kinds of credentials that belong together

credential-family-identity = Identity and new starter
credential-family-employment-checks = Employment checks
credential-family-assignment = Confirmation of assignment
credential-family-core-skills = Core skills

## What an access key says, for wallets

claim-passport = Staff passport

## Job roles

no-job-role = No job role

## What is known of somebody invited

invited-email = Email address
invited-birthdate = Date of birth
invited-staff-group = Staff group
invited-job-role = Job role
invited-esr-number = ESR number

## What stands beside what a credential says

provide-valid-until = Valid until
provide-several = { $kind }: several at once
provide-needed = Needed for the job role
answer-yes = Yes
answer-no = No

## Reasons

reject-duplicate = Duplicate of a credential that I have
reject-incorrect = Incorrect information
reject-not-wanted = I no longer want this credential
reject-other = Other reason
resolve-corrected = A corrected credential was provided
withdraw-issued-in-error = It was issued in error
withdraw-updated = There is updated information
withdraw-no-longer-valid = It is no longer valid
revoke-training-expired = The training has expired
revoke-leaving = You are leaving the organisation
revoke-provided-in-error = It was provided in error
revoke-lost-phone = The phone that held it was lost
revoke-no-longer-valid = It is no longer valid
revoke-suspected-no-longer-valid = It is suspected that it is no longer valid
revoke-deceased = Its holder has died

## What the people of a trust do about a rejection

advice-duplicate = The person has this credential already. There is nothing to issue: check whether two of your systems provide it.
advice-incorrect = Compare the credential with your records, together with the person. Provide a corrected one: that resolves the rejection.
advice-not-wanted = The credential is right, and the person does not want it. If their job needs it, speak to them; they can ask for it again.
advice-other = Read what the person wrote, and get in touch with them. If that leads to a corrected credential, providing it resolves the rejection.

## Why a trust ends a credential, for those who choose

end-withdraw-issued-in-error = It was issued in error
end-withdraw-updated = There is updated information
end-withdraw-no-longer-valid = It is no longer valid
end-revoke-training-expired = The training has expired
end-revoke-leaving = The person is leaving the organisation
end-revoke-provided-in-error = It was provided in error
end-revoke-lost-phone = The phone that held it was lost
end-revoke-no-longer-valid = It is no longer valid
end-revoke-suspected-no-longer-valid = It is suspected that it is no longer valid
end-revoke-deceased = The person has died

## Which invitations are shown

invitations-open = Not decided
invitations-registered = Registered, to be checked
invitations-all = All

## On what terms somebody works for a trust

employment-permanent-or-fixed-term = Permanent or fixed term
employment-temporary-mover = Temporary mover
employment-current-employee = Current employee
employment-new-starter = New starter

## How a trust has checked who somebody is, and why somebody gets no passport

identity-remote = Remotely, in a call with a picture or by documents
identity-in-person = In person
decline-not-a-starter = They are not known as somebody who starts here
decline-unconfirmed = Who they are could not be confirmed
decline-other = Another reason

## Why a trust rejects what was shared with it, for those who choose

share-reject-duplicate = We have it already
share-reject-incorrect = Incorrect information
share-reject-not-wanted = We do not need it
share-reject-other = Other reason

## Why a trust has rejected what was shared with it, for whoever shared it

not-taken-duplicate = The organisation has it already
not-taken-incorrect = Incorrect information
not-taken-not-wanted = The organisation does not need it
not-taken-other = Another reason. Contact the organisation

## What happened to a passport, for the trust

trust-history-provided = Provided, to review
trust-history-accepted = Added to the person’s wallet
trust-history-rejected = Rejected by the person
trust-history-rejection-resolved = Rejection resolved
trust-history-rejection-reopened = Rejection opened again
trust-history-withdrawn = Withdrawn before it was accepted
trust-history-revoked = Revoked
trust-history-archived = Archived by the person
trust-history-restored = Restored by the person
trust-history-archived-by-trust = Archived
trust-history-restored-by-trust = Restored from the archive
trust-history-share-archived = Archived after it was accepted
trust-history-share-restored = Restored after it was archived
trust-history-reissued = New copy added to the person’s wallet
trust-history-shared = Shared
trust-history-share-accepted = Accepted when it was shared
trust-history-share-rejected = Not accepted when it was shared
trust-history-not-kept = Not kept by the person’s wallet: it waits again
trust-history-copy-not-kept = New copy not kept by the person’s wallet
trust-history-requested = Asked for by the person
trust-history-reminded = The person was reminded
trust-history-job-role-given = Job role changed
trust-history-job-role-ended = Job role ended
trust-history-bypassed = What was missing was bypassed
trust-history-bypass-ended = What was bypassed is required again
trust-history-collected = Access key added to the person’s wallet

## History

history-provided = Issued to you, to review
history-accepted = Added to your wallet
history-rejected = Rejected by you
history-rejection-resolved = Your rejection was resolved
history-rejection-reopened = Your rejection was opened again
history-withdrawn = Taken back before you added it
history-revoked = Revoked
history-archived = Archived
history-restored = Restored from the archive
history-archived-by-trust = Archived by the organisation that issued it
history-restored-by-trust = Restored by the organisation that issued it
history-share-archived = Archived by the organisation that you shared it with
history-share-restored = Restored by the organisation that you shared it with
history-reissued = A new copy was added to your wallet
history-shared = Shared
history-share-accepted = Accepted by the organisation that you shared it with
history-share-rejected = Not accepted by the organisation that you shared it with
history-not-kept = Your wallet did not keep it: it waits for you again
history-copy-not-kept = Your wallet did not keep the new copy
history-requested = You asked for a credential
history-reminded = You were reminded of credentials to review
history-job-role-given = The job role that your organisation has for you was changed
history-job-role-ended = Your organisation has ended your job role
history-bypassed = Your organisation bypassed what was missing
history-bypass-ended = Your organisation requires what was missing again
history-collected = Access key added to your wallet
