### Small texts that pages are given from outside.

link-start = Go to the start page
link-start-again = Start again
link-continue = Continue
link-sign-in = Sign in
link-security-info = Go to Security info
link-caller = Make sure who is calling
hint-number = ending in { $digits }
passkey-name = Passkey
passcode-smartcard = Smartcard Passcode
passcode-recovery = Account Recovery Passcode
passcode-verification = Verification Passcode
card-label = Smartcard { $label }
