### What stands beside a field that cannot be taken as it is, and in the error summary above the form.
### Style: say what to do ("Enter your email address"), in the words of the field's label, without "please" or "sorry".

## E-mail address

email-empty = Enter your email address
email-malformed = Enter an email address in the correct format, like name@example.com
email-too-long = The email address is too long. Check it and enter it again

## One-time code from an e-mail or a text message

code-empty = Enter the verification code
code-too-short = You have not entered enough numbers. The code must be 6 numbers
code-too-long = You have entered too many numbers. The code must be 6 numbers
code-not-digits = The code must be 6 numbers, without letters or signs
code-wrong-left =
    { $left ->
        [one] The code is not correct. You can try 1 more time, then you need a new code
       *[other] The code is not correct. You can try { $left } more times, then you need a new code
    }
code-expired = The code has expired. Select Send New Code and enter the new one
code-not-sent = We have not sent a code for this sign-in, because codes were sent just before, or because text messages cannot be sent at the moment. Wait a minute and select Send New Code, or use another way to sign in
code-used-up = You have entered a wrong code too many times. Select Send New Code and enter the new one

## Code from an authenticator app

totp-empty = Enter the code that your authenticator app shows
totp-too-short = You have not entered enough numbers. The code in your authenticator app is 6 numbers
totp-too-long = You have entered too many numbers. The code in your authenticator app is 6 numbers
totp-not-digits = The code in your authenticator app is 6 numbers, without letters or signs
totp-wrong = The code is not correct. Wait until your authenticator app shows a new code and enter that one. If it still does not work, check that your phone sets its time automatically
totp-used-up = You have entered a wrong code too many times. Wait 15 minutes, then enter the code that your app shows
totp-used-up-today = Too many wrong codes were entered for your account today. Choose another way to sign in, sign in where you have signed in before, or wait 24 hours

## Password

password-empty = Enter a password
password-too-short = The password must be { $min } characters or more. Three words that have nothing to do with each other are easy to remember
password-too-long = The password must be { $max } characters or fewer
password-holds-name = The password must not contain your name or email address
password-holds-house = The password must not contain the name of your organisation or of this service
password-breached = This password is known from thefts of data elsewhere, so others can guess it. Choose a different one
password-too-guessable = This password is too easy to guess. Make it longer, or use words that have nothing to do with each other

## Strength of a password while it is typed

strength-too-short =
    { $left ->
        [one] Password strength: too short, 1 more character is needed
       *[other] Password strength: too short, { $left } more characters are needed
    }
strength-too-long = Password strength: too long, { $max } characters are the most
strength-holds-name = Password strength: not good enough, because it contains your name or email address
strength-holds-house = Password strength: not good enough, because it contains the name of your organisation or of this service
strength-breached = Password strength: not good enough, because it is known from thefts of data elsewhere
strength-too-guessable = Password strength: too easy to guess, add another word
strength-strong = Password strength: strong
strength-very-strong = Password strength: very strong

## Name

first-name-empty = Enter your first name
first-name-too-long = The first name is too long. Enter it as your employer has it
first-name-unreadable = Enter your first name in letters
last-name-empty = Enter your last name
last-name-too-long = The last name is too long. Enter it as your employer has it
last-name-unreadable = Enter your last name in letters

## Date of birth

birth-empty = Enter your date of birth
birth-missing-day = Date of birth must include a day
birth-missing-month = Date of birth must include a month
birth-missing-year = Date of birth must include a year, like 1987
birth-not-a-date = Date of birth must be a real date, like 27 3 1987
birth-in-future = Date of birth must be in the past
birth-too-long-ago = Check the year of your date of birth
birth-too-young = Check the year of your date of birth. You must be 16 or over to register

## Mobile phone number

phone-empty = Enter your mobile phone number
phone-not-a-number = Enter a mobile phone number in the correct format, like 07700 900123
phone-not-uk = The mobile phone number must be a UK number, like 07700 900123 or +44 7700 900123
phone-not-mobile = The number must be a mobile phone that receives text messages, like 07700 900123
phone-personal = Numbers that start with 070 are not mobile phones and cost the sender money. Enter a mobile phone number, like 07700 900123
phone-premium = Premium rate numbers cannot be used. Enter a mobile phone number, like 07700 900123

## Choices

staff-group-empty = Select your staff group
staff-group-unknown = Select one of the staff groups in the list
factor-empty = Select how you want to receive your security code
factor-unknown = Select one of the ways in the list
next-empty = Select what you want to do next

## Sign-in

sign-in-password-empty = Enter your password
sign-in-wrong = The email address, staff number or password is not correct. Check them and try again

## Signing in by another way, and confirming who is there

user-name-empty = Enter your email address or staff number
confirm-wrong = The password is not correct
method-empty = Select how you want to sign in
recovery-code-empty = Enter one of your recovery codes
recovery-code-malformed = A recovery code is 10 letters and numbers, like abcde-23456
recovery-code-wrong = This is not one of your recovery codes, or it has been used before
recovery-code-used-up = You have entered a wrong recovery code too many times. Wait 15 minutes, then try again

## Security info: sign-in methods and recovery codes

add-method-empty = Select the method you want to add
add-method-too-many = You have 5 methods of this kind, which is as many as there can be. Delete one first
method-already = You have this one already. Enter another one
method-name-too-long = The name must be 40 characters or fewer
default-method-empty = Select the method that we offer first
backup-method-unknown = Select one of the methods in the list
backup-method-same = Select another method than the default, or none
delete-method-not-confirmed = Tick the box to say that you know what you can no longer do
recovery-codes-not-confirmed = Tick the box to say that your old codes may stop working
phone-not-connected = Scan the QR code with the app first. When the app says that it is connected, select Next
office-phone-empty = Enter your office phone number
office-phone-not-a-number = Enter a phone number in the correct format, like 020 7946 0123
office-phone-not-uk = The office phone number must be a UK number, like 020 7946 0123 or +44 20 7946 0123
office-phone-not-reached = Enter the number of a landline or a mobile phone, like 020 7946 0123
office-phone-personal = Numbers that start with 070 cost the caller money. Enter a landline or a mobile phone, like 020 7946 0123
office-phone-premium = Numbers that cost the caller extra cannot be used. Enter a landline or a mobile phone, like 020 7946 0123

## The console

search-empty = Enter a name, an email address or a staff number
search-too-short = Enter at least 2 letters or numbers
search-too-long = Enter the beginning of a name, an email address or a staff number
reason-empty = Enter the reason
reason-too-short = The reason must be 10 characters or more. Say what happened, so that others understand it later
reason-too-long = The reason must be 500 characters or fewer
role-empty = Select a role
caller-channel-empty = Select where the code is to be sent
caller-code-not-sent = No code has been sent for this person. Send one first
documents-empty = Select the documents that you have seen
number-no-texts = Text messages cannot be sent from here, so that no code can prove the number
audit-day-malformed = Enter a day like 2026-11-22
since-day-malformed = Enter a day like 2026-11-22
since-time-malformed = Enter a time like 14:30
since-in-future = The day and time must be in the past
audit-person-unknown = Nobody of your organisation signs in with this email address

## Passkeys

passkey-name-empty = Enter a name for this passkey
passkey-name-too-long = The name must be 60 characters or fewer
passkey-too-many = You have { $most } passkeys. Remove one that you no longer use, then add this one
passkey-known = You have added this passkey before

## A Verification Passcode that a caller says

verification-empty = Enter the Verification Passcode that the caller says
verification-too-long = The Verification Passcode has 20 characters or fewer
verification-used-up = Too many Verification Passcodes were wrong. Wait 15 minutes, then ask the caller again

## The organisation's rules, and the delivery log

setting-empty = Enter a value
setting-not-a-duration = Enter a length of time, like 10 min, 30 s or 2 h
setting-not-a-number = Enter a whole number
setting-not-yes-or-no = Select yes or no
setting-not-a-choice = Select one of these
setting-looser = This must be as strict as the default, { $now }, or stricter
setting-unworkable = This cannot be stricter than { $limit }, or nobody could work with it
setting-takes-two = One person cannot take away what two people must agree on. Whoever runs this service does it at the command line: fobwatch organisation set --code { $code } --strict { $rule }={ $value }
delivery-day-malformed = Enter a date, like 2026-11-22
delivery-days-crossed = The last day must be the same as or after the first day

## Resetting a password and unlocking an account

password-same = This is the password that you have now. Choose a different one
reset-purpose-empty = Select what you want to do
reset-method-empty = Select how you want to prove that it is you
reset-code-wrong =
    { $left ->
        [one] The code is not correct. You can try 1 more time, then you need to start again
       *[other] The code is not correct. You can try { $left } more times, then you need to start again
    }
reset-too-soon =
    { $seconds ->
        [one] You selected Continue too soon. Wait 1 more second, then select Continue
       *[other] You selected Continue too soon. Wait { $seconds } more seconds, then select Continue
    }
start-code-empty = Enter the start code that the service desk gave you
start-code-malformed = A start code is 10 letters and numbers, like abcde-23456
start-code-wrong = The start code does not belong to this email address or staff number, or it has expired. Check both, or ask the service desk for a new start code
start-code-used-up = A wrong start code was entered too many times from your network. Wait 15 minutes, then try again

## Passcodes of a smartcard. The name of the passcode stands in the text: Smartcard Passcode, Account Recovery Passcode

passcode-nothing = Enter a new passcode for each that you want to change, or select Blank Passcode
passcode-new-empty = Enter a new { $passcode }
passcode-new-missing = Enter the new { $passcode } in the first box, too
passcode-again-empty = Enter the new { $passcode } again to confirm it
passcode-again-differs = The two new { $passcode }s are not the same. Enter them again
passcode-too-short = Your organisation asks for { $min } characters or more in the { $passcode }
passcode-too-short-card = Your smartcard takes no { $passcode } of fewer than { $min } characters
passcode-too-long = Your organisation asks for { $max } characters or fewer in the { $passcode }
passcode-too-long-card = Your smartcard takes no { $passcode } of more than { $max } characters
passcode-not-digits = Your organisation asks for numbers only in the { $passcode }
passcode-not-digits-card = Your smartcard takes only numbers in the { $passcode }
passcode-odd-character = The { $passcode } must not contain spaces or characters that are not on every keyboard
passcode-odd-character-card = Your smartcard takes only letters, numbers and signs without accents in the { $passcode }
passcode-remembered = You have used this { $passcode } before. Choose one that is not among your last { $remembered }
passcode-blank-and-new = Enter a new { $passcode } or select Blank Passcode, not both
passcode-blank-none = You have no { $passcode } that could be removed
passcode-current-empty = Enter your current Smartcard Passcode
renew-passcode-empty = Enter your Smartcard Passcode
strength-passcode-weak = Weak. It is among the first that somebody would try
strength-passcode-fair = Fair
strength-passcode-good = Good

## Unlocking a smartcard

unlock-recovery-empty = Enter your Account Recovery Passcode
unlock-recovery-wrong =
    { $left ->
        [one] This is not your Account Recovery Passcode. You can try 1 more time
       *[other] This is not your Account Recovery Passcode. You can try { $left } more times
    }
unlock-way-empty = Select where you want the code

## Revoking the certificates of a smartcard

revoke-card-empty = Select which smartcard
revoke-reason-empty = Select what has happened to your smartcard
revoke-not-confirmed = Tick the box to say that you know that the card can never be used again

## The Registration Authority

ra-search-empty = Enter a name, an email address, a staff number, or what a card is known by
ra-why-empty = Select what has happened
ra-handed-over-empty = Select how the card is handed over
ra-card-empty = Enter what is printed on the card, or its GUID
ra-card-unknown = No card of your organisation is known by this. Register it first
ra-card-not-blank = This card is not blank. Clear it for reuse first, or take another one
ra-card-ambiguous = There are several cards that begin with this. Enter all that is printed on the card, or its GUID
ra-current-empty = The person must enter the Smartcard Passcode
ra-passcode-empty = The person must enter a new Smartcard Passcode
ra-passcode-used = This was one of the last five Smartcard Passcodes of this card. The person must choose another one
ra-passcode-differs = The two new Smartcard Passcodes are not the same. The person must enter them again
ra-passcode-short = Your organisation asks for { $min } characters or more in the Smartcard Passcode
ra-passcode-short-card = This card takes no Smartcard Passcode of fewer than { $min } characters
ra-passcode-long = Your organisation asks for { $max } characters or fewer in the Smartcard Passcode
ra-passcode-long-card = This card takes no Smartcard Passcode of more than { $max } characters
ra-passcode-digits = Your organisation asks for numbers only in the Smartcard Passcode
ra-passcode-digits-card = This card takes only numbers in the Smartcard Passcode
ra-passcode-odd = The Smartcard Passcode must not contain spaces or characters that are not on every keyboard
ra-passcode-odd-card = This card takes only letters, numbers and signs without accents in the Smartcard Passcode
ra-guid-malformed = A GUID is 32 hexadecimal digits
ra-guid-known = A card with this GUID is registered already
ra-profile-empty = Select the kind of card
ra-label-too-long = What is printed on the card must be 60 characters or fewer
ra-file-empty = Choose a file with cards in it
ra-file-heading = The first line of the file must be guid,profile,label
ra-file-too-long = A file can hold 10,000 cards. Divide it
identity-passcode-empty = The person must enter the Account Recovery Passcode
identity-passcode-none = This person has no Account Recovery Passcode. Look at documents
identity-passcode-wrong = This is not the person’s Account Recovery Passcode
identity-passcode-used-up = A wrong Account Recovery Passcode was entered too many times in the last hour. Look at documents

## The staff passport

reject-reason-empty = Choose why you reject this credential
reject-details-empty = Enter more detail about why you reject this credential
reject-details-too-long = Details must be { $max } characters or fewer
end-no-reason = Choose why the credential ends
end-not-now = The credential stands otherwise by now. Look at it again
archive-not-now = Only a credential that was accepted, and has not been revoked, can be archived
provide-nothing = Enter the day of at least one
provide-missing = Enter “{ $label }”
provide-choose = Choose an answer to “{ $label }”
provide-not-text = Write “{ $label }” on one line, in { $most } characters or fewer
provide-not-a-day = “{ $label }” must be a real day, like 27 3 2026
provide-in-future = “{ $label }” must be today or in the past
provide-not-a-photo = “{ $label }” must be a photo: choose a JPEG or PNG file
provide-photo-too-large = “{ $label }” is too large a picture: choose one of at most 12 MB and 25 million pixels, or make it smaller
provide-photo-too-small = “{ $label }” is too small a picture: choose one of at least { $fewest } by { $fewest } pixels
form-sent-before = This form was sent before with other answers, and those were taken. Go back, look at what is there, and begin again
provide-over = “{ $label }” is over already: the credential would be of no use. Check the days
provide-after-its-end = “{ $label }” must be the same day as “{ $stated }” or an earlier one
row-first-name = Enter the first name, without signs that names do not have
row-last-name = Enter the last name, without signs that names do not have
row-date-of-birth = Enter a real date of birth, like 29 3 1985
row-email = Enter an email address in the correct format, like name@example.com
row-phone = Enter a UK mobile number, like 07700 900123, or leave it empty
row-staff-group = Choose one of the staff groups of the template
row-job-role = Write the job role in 200 characters or fewer
row-employment-type = Choose whether the person is permanent or fixed term, or a temporary mover
row-employment-status = Choose whether the person is a current employee, a new starter or a leaver
row-esr-number = Enter the first 8 digits of the employee number, or leave it empty
row-user-type = Leave the user type empty, or enter one of the template
row-whole = The row does not have as many cells as there are headings
row-twice = The same stands in line { $line } already
invite-email-invited = Somebody has been invited with this email address already
invite-phone-invited = Somebody has been invited with this mobile number already
invite-number-taken = Somebody else on your list has this staff number
invite-another-person = Your staff list has somebody else with this email address
invite-left = This person has left: a leaver is not invited
invite-not-staff = Leave the user type empty: only members of staff are invited. Your staff list says who is another user
invite-not-now = The invitation stands otherwise by now. Look at it again
invite-sent-too-often = Invitations were sent to this address 3 times in 24 hours. Wait until tomorrow, or speak to the person
invite-no-how = Choose how you have checked who the person is
invite-no-reason = Choose why the person gets no staff passport
invite-file-empty = Choose a file with at least one person in it
invite-file-too-large = The file is larger than 2 MB. Split it
invite-file-too-many = The file has more than { $most } people. Split it
invite-file-not-utf8 = Line { $line } cannot be read. Save the file as “CSV UTF-8”
invite-file-headings = The first line must be the headings of the template. Download it and fill it in
invite-file-gone = The file is no longer kept. Upload it again
share-standing-unknown = Whether this credential still holds cannot be found out at the moment. Try again later
share-holds-no-more = This credential does not hold any more, so it cannot be accepted. Reject it, and tell the person why
share-nothing-holds = Nothing that waits can be accepted. Look at the credentials one by one
team-name-empty = Enter the name of the team
team-name-malformed = Enter a name of at most { $most } characters on one line
team-name-taken = There is a team of this name already. Enter another name
team-email-malformed = Enter an email address in the correct format, like name@example.com
team-families-empty = Choose at least one area that the team looks after
team-too-many = There are { $most } teams already. Delete one first
remind-nothing = There is nothing to review any more
remind-not-written = Nobody was reminded: this person has been reminded today, or has switched reminders off
job-role-name-empty = Enter the name of the job role
job-role-name-malformed = Enter a name of at most { $most } characters on one line
job-role-name-taken = There is a job role of this name already. Enter another name
job-role-requires-empty = Choose at least one credential that the job role requires
job-role-too-many = There are { $most } job roles already. Delete one that nobody has
job-role-in-use = Somebody has this job role. Give them another one first
job-role-unknown = This job role is gone. Choose another one
bypass-reason-empty = Enter why it need not be there
bypass-reason-too-long = Enter at most { $most } characters
bypass-not-now = Somebody has changed this meanwhile. Look at the passport again
share-reviewed-before = Somebody has reviewed this meanwhile. Look at it again
request-kind-empty = Choose which credential you need
request-note-too-long = What you write must be { $max } characters or fewer
request-too-many = You have asked for 10 credentials today. Ask again tomorrow, or contact your organisation
share-trust-empty = Select who you want to share with
share-credentials-empty = Select the credentials that you want to share
share-elsewhere-not-taken = The organisation that you chose does not take these credentials from that issuer. Select others
