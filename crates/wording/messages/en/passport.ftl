### What a credential of a staff passport is called, what it says, and what becomes of it.

## Kinds of credentials

credential-kind-access-key = Access key
credential-kind-identity = Identity
credential-kind-new-starter = New starter information
credential-kind-right-to-work = Right to work
credential-kind-dbs = Disclosure and Barring Service (DBS)
credential-kind-dbs-supporting = DBS supporting information
credential-kind-occupational-health = Occupational health
credential-kind-professional-registration = Professional registration
credential-kind-tuberculosis = Tuberculosis
credential-kind-varicella = Varicella
credential-kind-employment-assignment = Employment assignment
credential-kind-temporary-placement = Temporary placement
credential-kind-core-skill = Core skill

## Kinds that belong together

credential-family-identity = Identity and new starter
credential-family-employment-checks = Employment checks
credential-family-assignment = Confirmation of assignment
credential-family-core-skills = Core skills

## What a credential of each kind is, for wallets

credential-about-access-key = Signs you in to your staff passport
credential-about-identity = Who you are: names, date of birth, photo
credential-about-new-starter = What an organisation wants to know of somebody new
credential-about-right-to-work = That you may work in the United Kingdom, and how that was checked
credential-about-dbs = The certificate of the Disclosure and Barring Service
credential-about-dbs-supporting = What belongs to your DBS certificate
credential-about-occupational-health = That you are fit for your role
credential-about-professional-registration = That a professional body has registered you
credential-about-tuberculosis = Your protection against tuberculosis
credential-about-varicella = Your protection against varicella
credential-about-employment-assignment = Where you are employed, and as what
credential-about-temporary-placement = Where you work for a while
credential-about-core-skill = A training of the Core Skills Training Framework

## What a credential says

claim-passport = Staff passport

claim-given-name = First name
claim-family-name = Last name
claim-middle-name = Middle name
claim-birthdate = Date of birth
claim-legal-gender = Legal gender
claim-nationality = Nationality
claim-address = Address
claim-picture = Photo
claim-preferred-name = Preferred name
claim-email = Email address
claim-phone-number = Phone number
claim-emergency-contact-name = Emergency contact name
claim-emergency-contact-phone = Emergency contact phone
claim-national-insurance-number = National Insurance number
claim-basis = Basis
claim-document-type = Document type
claim-share-code = Share code
claim-checked-on = Checked
claim-restrictions = Restrictions
claim-leave-until = Leave to remain until
claim-dbs-level = Level of check
claim-certificate-number = Certificate reference
claim-issued-on = Issued
claim-dbs-outcome = Outcome
claim-update-service = Registered with the update service
claim-adults-barred-list-checked = Adults’ barred list checked
claim-children-barred-list-checked = Children’s barred list checked
claim-update-service-checked-on = Update service checked
claim-workforce = Workforce
claim-update-service-consent = Agreed to checks by the update service
claim-fitness = Fitness for work
claim-assessed-on = Assessed
claim-exposure-prone-procedures = Cleared for exposure prone procedures
claim-adjustments = Adjustments
claim-body = Professional body
claim-registration-number = Registration number
claim-registration-status = Status
claim-registered-on = Registered
claim-expires-on = Expires
claim-profession = Profession
claim-tuberculosis-status = Status
claim-test-type = Test type
claim-varicella-status = Status
claim-evidence = Evidence
claim-employer = Employer
claim-ods-code = ODS code of the employer
claim-department = Department
claim-area-of-work = Area of work
claim-staff-group = Staff group
claim-job-role = Job role
claim-job-title = Job title
claim-assignment-category = Category
claim-assignment-status = Status
claim-starts-on = Starts
claim-fixed-term-ends-on = Fixed term ends
claim-occupation-code = Occupation code
claim-pay-band = Pay band
claim-esr-number = ESR number
claim-position = Position
claim-working-pattern = Working pattern
claim-ends-on = Ends
claim-permanent-employer = Permanent employer
claim-host = Host
claim-department-contact = Department contact
claim-approved-by = Approved by
claim-licence-to-attend = Licence to attend
claim-subject = Subject
claim-level = Level
claim-attained-on = Attained
claim-last-awarded-on = Last awarded
claim-proficiency = Proficiency

## How that was assured

provide-valid-until = Valid until
assurance-origin = Origin
assurance-policy = Assurance policy
assurance-outcome = Assurance outcome
assurance-provider = Provider
assurance-verifier = Verifier
assurance-method = Verification method
assurance-pedigree = Pedigree
assurance-last-refresh = Last refresh
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
trust-history-reissued = New copy added to the person’s wallet
trust-history-shared = Shared
trust-history-share-accepted = Accepted when it was shared
trust-history-share-rejected = Not accepted when it was shared
trust-history-not-kept = Not kept by the person’s wallet: it waits again
trust-history-copy-not-kept = New copy not kept by the person’s wallet
trust-history-requested = Asked for by the person
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
history-reissued = A new copy was added to your wallet
history-shared = Shared
history-share-accepted = Accepted by the organisation that you shared it with
history-share-rejected = Not accepted by the organisation that you shared it with
history-not-kept = Your wallet did not keep it: it waits for you again
history-copy-not-kept = Your wallet did not keep the new copy
history-requested = You asked for a credential
history-collected = Access key added to your wallet
