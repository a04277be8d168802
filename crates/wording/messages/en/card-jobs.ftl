# Jobs on a smartcard: on the page, and in the window of the program on the computer.

## What is done, in one sentence

card-job-read = Read how your smartcard stands
card-job-set-passcodes = Update your passcodes
card-job-unblock = Set a new passcode on a locked smartcard
card-job-renew = Renew the certificates of your smartcard
card-job-wipe = Take the certificates off a smartcard
card-job-issue = Put certificates on a new smartcard

## How it stands

card-job-waiting = Put your smartcard in the reader, then open the card program.
card-job-running = The card program is working. Leave the card in the reader.
card-job-silent = The card program stopped before it was done. Put your smartcard in the reader and go on.

## Done

card-job-read-done = Your smartcard has been read.
card-job-set-passcodes-done = Your passcodes have been updated successfully.
card-job-unblock-done = Your smartcard has been unlocked and has its new passcode.
card-job-renew-done = Your certificates have been renewed and your smartcard has been updated successfully. Sign in again with your smartcard.
card-job-wipe-done = The certificates have been taken off the smartcard.
card-job-issue-done = The smartcard has its certificates and can be used.

## Not done

card-trouble-no-reader = No card reader was found. Connect it, then go on.
card-trouble-no-card = No smartcard was found in a reader. Put it in, then go on.
card-trouble-wrong-card = Another smartcard is in the reader. Put in the right one, then go on.
card-trouble-card-gone = The smartcard was taken out. Put it in again and leave it in, then go on.
card-trouble-passcode-wrong = The passcode was not the one of this smartcard. Go on and enter it in the window of the card program.
card-trouble-last-try-kept = One more wrong passcode blocks the smartcard, so it was not tried. Go on when you are sure of your passcode.
card-trouble-blocked = The smartcard is blocked, because a wrong passcode was entered too many times. Unlock it first.
card-trouble-passcode-refused = The smartcard does not take the new passcode. Choose another one. Nothing was changed.
card-trouble-passcode-used = The new passcode is one of the last five of this smartcard. Choose another one. Nothing was changed.
card-trouble-unblocking-key = The smartcard cannot be unlocked here. The Registration Authority replaces it.
card-trouble-declined = It was stopped in the window of the card program. Go on when you are ready.
card-trouble-not-proved = The smartcard did not prove that it is the right one. Put it in again, then go on. If it happens again, contact your service desk.
card-trouble-unexpected = The smartcard answered in an unexpected way. Put it in again, then go on. If it happens again, contact your service desk.
card-trouble-not-allowed = The card program on this computer does not do this. Ask your service desk whether it is up to date.
card-trouble-no-authority = No certificates can be made just now. Go on in a few minutes: your smartcard stays as it is until then.
card-trouble-authority-decides = The certificate authority is deciding about your new certificates, which can take days. Take your smartcard with you. You will be told when you can go on. Until then, sign in another way if your smartcard does not sign you in.
card-trouble-authority-decided = Your new certificates are ready. Put your smartcard in the reader, then go on.
card-trouble-too-many = This was tried too often within an hour. Wait, then go on.
card-trouble-card-taken = The smartcard in the reader is not a blank one of your organisation. Nothing was changed.
card-trouble-card-changed = Something about this smartcard or its passcodes was changed meanwhile. Begin again.
card-trouble-cancelled = It was stopped.
card-trouble-abandoned = Nobody went on with it for a day, so it was stopped. Begin again.
