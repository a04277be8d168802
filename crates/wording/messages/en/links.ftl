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
