### Small texts that pages are given from outside.

link-start = Go to the start page
link-start-again = Start again
link-continue = Continue
link-sign-in = Sign in
link-security-info = Go to Security info
link-caller = Make sure who is calling
link-identity = Check identity
ra-did-unlock = Account unlocked
ra-did-unblock = Unblocking begun with the person
ra-did-force-passcodes = New passcodes asked for
ra-did-renew = Renewal begun with the person
ra-did-issue = Issuing begun
ra-did-replace = Cancelled, to be replaced
ra-did-cancel = Cancelled
ra-did-revoke = Certificates revoked
ra-did-wipe = Wiping begun
ra-did-clear = Cleared for reuse
ra-did-cancel-all = Cancelled, because the person leaves
ra-did-certificates = New certificates in use
hint-number = ending in { $digits }
passkey-name = Passkey
passcode-smartcard = Smartcard Passcode
passcode-recovery = Account Recovery Passcode
passcode-verification = Verification Passcode
card-label = Smartcard { $label }
link-passport = Go to your staff passport
wallet-code-description = We sent a code of 6 digits in a text message to your mobile phone. Only type it here to add a credential of { $organisation } that you asked for.

## What credentials are called

credential-access-key = Access key
credential-identity = Identity
credential-new-starter = New starter information
credential-right-to-work = Right to work
credential-dbs = Disclosure and Barring Service (DBS)
credential-dbs-supporting = DBS supporting information
credential-occupational-health = Occupational health
credential-professional-registration = Professional registration
credential-tuberculosis = Tuberculosis
credential-varicella = Varicella
credential-employment-assignment = Employment assignment
credential-temporary-placement = Temporary placement
credential-core-skill = Core skill
