### What e-mails and text messages are made of. The e-mails themselves are in mail/*.md.
### Text messages stay under 160 characters of the GSM alphabet, start with the code, and never hold a link.

mail-greeting = Dear { $name }
mail-footer = This message was sent by { $service }. Replies to it are not read.

## How to reach support, to complete "contact …"

support-email-and-phone = { $email } or { $phone }
support-and-place = { $contact } ({ $place })
support-organisation = the service desk of { $organisation }
support-unknown = your organisation's service desk

## Parts of messages

minutes =
    { $minutes ->
        [one] 1 minute
       *[other] { $minutes } minutes
    }

hours =
    { $hours ->
        [one] 1 hour
       *[other] { $hours } hours
    }

seconds =
    { $seconds ->
        [one] 1 second
       *[other] { $seconds } seconds
    }

days =
    { $days ->
        [one] 1 day
       *[other] { $days } days
    }

method-email = Email
method-text-message = Text message
method-authenticator-app = Authenticator app
method-alternative-phone = Alternative phone
method-office-phone = Office phone

## Changes to an account's security: half a sentence, under 60 characters, that a time follows

change-method-added = { $method } was added
change-method-changed = { $method } was changed
change-method-removed = { $method } was removed
change-passkey-added = A passkey was added
change-passkey-removed = A passkey was removed
change-passkey-refused = A passkey was refused, because there may be a copy of it
change-recovery-codes-made = New recovery codes were made
change-recovery-code-used = A recovery code was used
change-password-changed = Your password was changed
change-password-reset = Your password was reset
change-unlocked = Your account was unlocked
change-signed-out-everywhere = You were signed out on all devices
change-passport-sign-in = Your staff passport was used to sign in on a new device
change-access-key-added = An access key was added to a wallet app
change-access-key-replaced = A new access key replaced the one before it
change-access-key-copied = Your access key was moved to a new phone
change-access-key-revoked = Your access key was revoked
change-approvals-paused = Requests to your authenticator app were paused
change-codes-guessed = Many wrong codes of your authenticator app were entered
change-app-left = Your account was removed from the authenticator app
change-account-disabled = Your account was disabled
change-account-enabled = Your account can be used again
change-caller-checked = The service desk checked that it was you who called
change-assisted-reset = The service desk started a password reset with you
change-role-given = A role in the console was given to you
change-role-taken = A role in the console was taken from you
change-smartcard-issued = A smartcard was issued to you
change-smartcard-renewed = The certificates of your smartcard were renewed
change-smartcard-certificates-ready = New smartcard certificates are ready. Go on in the portal
change-smartcard-unblocked = Your smartcard was unlocked with a new passcode
change-passcodes-set = Your smartcard passcodes were changed
change-identity-checked = The Registration Authority checked your identity
change-smartcard-unlocked = Your account was unlocked by the Registration Authority
change-passcodes-forced = You must set new passcodes when you next sign in
change-smartcard-revoked = The certificates of your smartcard were revoked
change-smartcard-cancelled = Your smartcard was cancelled
change-smartcard-cleared = Your smartcard was cleared for somebody else

## What falls due on a smartcard: half a line, under 60 characters, then what to do

smartcard-passcodes = Your smartcard passcodes expire in { $days }
smartcard-passcodes-do = Set new passcodes before then. After that, you have to set them before you can do anything else.
smartcard-passcodes-overdue = Your smartcard passcodes have expired
smartcard-passcodes-overdue-do = You have to set new ones before you can do anything else. If you do not set them, your account is locked in { $days }, and only your Registration Authority can unlock it.
smartcard-certificates = Your smartcard certificates expire in { $days }
smartcard-certificates-today = Your smartcard certificates expire today
smartcard-certificates-do = Renew them before then. When the last day comes closer, you have to renew them before you can do anything else.
smartcard-certificates-forced-do = You have to renew them before you can do anything else. Once they have expired, only your Registration Authority can renew them.
smartcard-locked = Your account is locked, as your passcodes are too old
smartcard-locked-why = You did not set new smartcard passcodes in time, so only your Registration Authority can unlock your account. You set new passcodes the next time you sign in after that.
smartcard-certificates-visit-why = You have renewed them yourself as often as you can. This time your Registration Authority has to check who you are and renew them.
smartcard-expired = Your smartcard certificates have expired
smartcard-expired-why = You cannot use your smartcard until your Registration Authority has renewed them.

## Credentials of a staff passport

credentials =
    { $count ->
        [one] 1 credential
       *[other] { $count } credentials
    }
nothing-written = (nothing)

## Text messages

text-code = { $code } is your { $service } security code. It works for { $minutes }. Do not give it to anyone.
text-wallet-code = { $code } adds a credential to your wallet. Only type it in your wallet, for { $host }. It works for { $minutes }. Do not give it to anyone.
text-caller-code = { $code } is your code for { $asker } at the { $organisation } service desk. If they called you, do not read it out. It works for { $minutes }.
text-join-unknown-address = { $service }: we could not find you in the records of { $organisation }. Contact them to check your details.
text-join-already-registered = { $service }: you already have an account with { $organisation }. Sign in to it as usual.
text-join-elsewhere = { $service }: { $organisation } has made an account for you. Use First sign-in to start.
text-first-sign-in-elsewhere = { $service }: { $organisation } has not made an account for you. Use Create an account to start.
text-reset-not-possible = { $service }: you asked to reset your password, but cannot do so yourself. Contact your service desk.
text-account-created = Your { $service } account was created on { $when }. If this was not you, contact your service desk now.
text-smartcard-revoked = { $service }: a smartcard was revoked by its owner, who needs a new one. The email about it says more.
text-alarm = { $service }: an alarm needs somebody to look. The email about it says more.
alarm-all-organisations = all organisations together
alarm-texts-budget = { $percent }% of the { $budget } text messages that { $whose } may send today are used. At 100% no more are sent until tomorrow, and people are asked to choose another way.
alarm-texts-range = { $sent } codes were sent by text message to one range of numbers in an hour and only { $used } of them were used. Somebody may be running up a bill, so no more go to that range for now.
text-security-notice = { $service }: { $change }, { $when }. If this was not you, contact your service desk now.
text-smartcard-due = { $service }: { $headline }. Sign in to the Self Service Portal with your smartcard at hand.
text-smartcard-visit = { $service }: { $headline }. Visit your Registration Authority with your smartcard.
text-passport-provided = { $service }: you have new credentials to review from { $organisation }. Sign in to your staff passport, or see our email.
text-passport-reminder = { $service }: you have { $credentials } to review. Sign in to your staff passport to add them to your wallet or reject them.
text-passport-invitation = { $service }: { $organisation } invites you to a staff passport. The email about it says how to begin.
text-passport-share-reviewed = { $service }: { $organisation } has taken { $accepted } of the { $credentials } that you shared. Your staff passport says more.
text-passport-withdrawn = { $service }: { $organisation } has taken back a credential that you had not added to your wallet. You need not do anything.
text-passport-revoked = { $service }: { $organisation } has revoked a credential in your wallet. Sign in to your staff passport to see which.
text-passport-archived = { $service }: { $organisation } has archived a credential of yours. It is not revoked, and you can restore it in your staff passport.
text-passport-rejected = { $service }: somebody has rejected a credential of { $organisation }. The email about it says more.
text-passport-summary = { $service }: what stands open in staff passports at { $organisation }. The email about it says more.
text-passport-requested = { $service }: somebody asks { $organisation } for a credential. The email about it says more.
text-activity-reported = Your { $service } report number is { $number }. Choose a new password and contact your service desk.

## Dates

moment-date = { $day } { $month } { $year }
moment-date-and-time = { $date } at { $time }
moment-morning = { $clock }am
moment-afternoon = { $clock }pm
moment-midnight = midnight
moment-noon = midday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## What a telephone call says: the service first, then the key and what it does. # is spoken as "hash".

call-sign-in = This is { $service }. Press # only if you are signing in now. If you are not, hang up and tell your service desk.
call-confirm = This is { $service }. Press # only if you are confirming that it is you. If you are not, hang up and tell your service desk.
call-set-up = This is { $service }. Press # only if you are setting up this phone now. If you are not, hang up.
call-reset = This is { $service }. Press # only if you are resetting your password now. If you are not, hang up and tell your service desk.
call-unlock = This is { $service }. Press # only if you are unlocking your account now. If you are not, hang up and tell your service desk.
