# What the smartcard agent says at the workstation. Shown in small windows: short sentences, one thing each.

window-title = Smartcard
button-continue = Continue
button-cancel = Cancel
button-close = Close

# Before anything is done. $sentence comes from the portal: "Renew the certificates of your smartcard".
agree =
    { $sentence }

    Smartcard of: { $card-of }
    Asked for by: { $asked-by }
    { $service }, { $organisation }
    Address: { $portal }

    Continue only if you expect this.

# Stands over every later question.
about =
    { $sentence }
    Smartcard of: { $card-of }

missing-reader = No smartcard reader was found. Connect the reader, then choose Continue.
missing-card = Put the smartcard of { $card-of } into the reader, then choose Continue.
missing-right-card = The smartcard in the reader is another one. Put in the smartcard of { $card-of }, then choose Continue.
missing-free-card = Another program is using the smartcard. Close it, or take the smartcard out and put it in again, then choose Continue.

passcode = Type the passcode of the smartcard.
passcode-prompt = Passcode:
passcode-wrong = That is not the passcode of this smartcard.
passcode-empty = Type the passcode.
tries-left = { $left ->
    [one] There is { $left } try left before the smartcard locks.
   *[other] There are { $left } tries left before the smartcard locks.
}
last-try =
    Only one try is left. If the passcode is wrong again, the smartcard locks and must be unlocked.

    Choose Cancel if you are not sure.

new-passcode-digits = Choose a new passcode of { $min } to { $max } digits.
new-passcode-letters = Choose a new passcode of { $min } to { $max } letters, digits or signs, without spaces.
new-passcode-prompt = New passcode:
again-prompt = Same again:
new-passcode-again = Type the new passcode once more.
new-passcode-differs = The two passcodes were not the same. Type the new passcode again.
new-passcode-unfit-digits = That passcode does not fit: use { $min } to { $max } digits.
new-passcode-unfit-letters = That passcode does not fit: use { $min } to { $max } letters, digits or signs, without spaces.

trouble = { $words } (Code { $code })
trouble-not-a-link = This link does not start anything on a smartcard. Go back to the page and use its button.
trouble-foreign-portal = This computer does not let { $portal } work with smartcards. If you expected this, tell your service desk.
trouble-unreachable = The connection was lost. Nothing on your smartcard is damaged. When the network is back, go to the page and choose Continue.
trouble-nonsense = The answer from the service could not be understood. Nothing more was done to your smartcard. Tell your service desk.
trouble-no-window = No window could be opened to ask you. Tell your service desk.
trouble-settings = The smartcard program on this computer is not set up. Tell your service desk.
