### What happened around an account, in the words of *Recent activity* and of the console: good for either reader.

activity-signed-in = Signed in
activity-signed-out = Signed out
activity-password-wrong = Wrong password
activity-factor-wrong = Wrong code
activity-proved-again = Confirmed again who is there
activity-signed-out-everywhere = Signed out everywhere
activity-session-ended = Another device was signed out
activity-method-added = Sign-in method added
activity-method-changed = Sign-in method changed
activity-method-removed = Sign-in method removed
activity-passkey-added = Passkey added
activity-passkey-changed = Passkey renamed
activity-passkey-removed = Passkey removed
activity-passkey-refused = Passkey not accepted
activity-recovery-codes-made = New recovery codes made
activity-recovery-code-used = Recovery code used
activity-device-remembered = No code needed on this device for a while
activity-device-forgotten = Code needed again on a device
activity-password-changed = Password changed
activity-password-reset = Password reset
activity-approval-refused = Request in the authenticator app refused
activity-approvals-paused = Requests to the authenticator app paused
activity-reset-started = Password reset or unlock started
activity-reset-failed = Password reset or unlock failed
activity-unlocked = Account unlocked
activity-account-disabled = Account disabled
activity-account-enabled = Account can be used again
activity-caller-checked = Service desk checked who was calling
activity-assisted-reset-started = Service desk started a password reset
activity-role-given = Role in the console given
activity-role-taken = Role in the console taken
activity-reported = Activity reported

## By which means

means-email = Email
means-text = Text message
means-call = Phone call
means-approval = Approved in the authenticator app
means-app = Authenticator app
means-alternative-phone = Alternative phone
means-office-phone = Office phone
means-passkey = Passkey
means-recovery-code = Recovery code
means-remembered-device = Remembered device
means-recovery = Account Recovery Passcode
means-lost = Lost
means-stolen = Stolen
means-damaged = Damaged
