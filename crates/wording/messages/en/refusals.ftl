### What a person reads when a journey cannot go on: a heading and what to do next.
### The page adds the code (FW-1103) and a reference number below. docs/src/reference/refusals.md explains each to the service desk.
### FW-11xx joining, FW-12xx signing in, FW-13xx resetting a password, FW-19xx anything.

## Joining

refusal-fw-1101-title = The code is not correct
refusal-fw-1101-text = Check the newest message from us and enter its 6 numbers again. If you asked for several codes, any of the last { $lifetime } works. You can also ask for a new code.

refusal-fw-1102-title = The code has expired
refusal-fw-1102-text = A code works for { $lifetime }. Ask for a new code, then enter it as soon as it arrives.

refusal-fw-1103-title = Ask for a new code
refusal-fw-1103-text = A wrong code was entered too many times, so the codes we sent no longer work. Ask for a new code and enter it as soon as it arrives. Nothing else you have entered is lost.

refusal-fw-1104-title = Wait a moment before you ask for a new code
refusal-fw-1104-text =
    { $seconds ->
        [one] You can ask for a new code in 1 second from now. The last one may still be on its way: check your inbox and your junk folder.
       *[other] You can ask for a new code in { $seconds } seconds from now. The last one may still be on its way: check your inbox and your junk folder.
    }

refusal-fw-1105-title = Too many codes in the last hour
refusal-fw-1105-text = We have sent as many codes as we can for now. Check your inbox and your junk folder: a code of the last { $lifetime } still works. If none has arrived, check that the address or number is right, and ask again in an hour.

refusal-fw-1106-title = Start creating your account again
refusal-fw-1106-text = We keep what you enter for { $kept }, and only in the browser you started with. Either that time is over, or you have changed browser or deleted its cookies. Start again: it takes about 5 minutes.

refusal-fw-1107-title = Your details do not match
refusal-fw-1107-text =
    { $left ->
        [one] The last name and date of birth you entered are not the ones your organisation holds for this email address. Check them, and enter your name as your employer has it. You can try 1 more time.
       *[other] The last name and date of birth you entered are not the ones your organisation holds for this email address. Check them, and enter your name as your employer has it. You can try { $left } more times.
    }

refusal-fw-1108-title = Your organisation needs to check your details
refusal-fw-1108-text = The details you entered did not match what your organisation holds, three times. Contact { $support } and say that you see code FW-1108. They can tell you which details they hold, or correct them. Then start again.

refusal-fw-1109-title = There is already an account
refusal-fw-1109-text = An account has already been created with these details. If it is yours, sign in to it. If you did not create it, contact { $support } at once and say that you see code FW-1109.

refusal-fw-1110-title = Go back to the step you had reached
refusal-fw-1110-text = This page belongs to another step. You may have used the back button, or have the page open in two tabs. Nothing you have entered is lost: go on from the step you had reached.


refusal-fw-1112-title = Too many people are joining from your network
refusal-fw-1112-text = We have stopped new registrations from the network you use for up to an hour. Try again later, or use another network such as your mobile phone. Nothing you have entered is lost.

refusal-fw-1113-title = You can no longer register with this organisation
refusal-fw-1113-text = Your organisation has told us that you no longer work there, so the account cannot be created. If that is wrong, contact { $support } and say that you see code FW-1113.

refusal-fw-1114-title = Choose another way to get your code
refusal-fw-1114-text = We cannot send text messages at the moment. This is nothing that you did. Choose another way, such as email or an authenticator app, or try again tomorrow. A code of the last { $lifetime } still works.

## Signing in

refusal-fw-1201-title = We could not sign you in
refusal-fw-1201-text = The email address or the password is not correct. Check both and try again. If you do not have an account yet, create one first.

refusal-fw-1202-title = Signing in is paused
refusal-fw-1202-text =
    { $minutes ->
        [one] A wrong password was entered too many times. To protect your account you can try again in 1 minute. Trying earlier does not help. If it was not you, contact { $support }.
       *[other] A wrong password was entered too many times. To protect your account you can try again in { $minutes } minutes. Trying earlier does not help. If it was not you, contact { $support }.
    }

refusal-fw-1203-title = Start signing in again
refusal-fw-1203-text = You took longer than we can wait between your password and your security code, or you changed browser. Sign in again with your password.

refusal-fw-1204-title = You have been signed out
refusal-fw-1204-text = To protect your account we sign you out after { $idle } in which you do nothing, after { $longest } in any case, and at once when the smartcard that you signed in with is revoked. Sign in again to go on.

## The staff passport

refusal-fw-3301-title = This credential is no longer waiting for your review
refusal-fw-3301-text = You or somebody with your phone have already accepted or rejected it, your organisation has taken it back, or it has run out. Open your staff passport to see how it stands.

## Anything

refusal-fw-1205-title = Confirm that it is you
refusal-fw-1205-text = This page needs a sign-in of the last few minutes. Confirm that it is you, then do it again.

refusal-fw-1206-title = Your account cannot be used
refusal-fw-1206-text = Your organisation has stopped this account for now, as a rule because a phone number on it is not a UK mobile number. Your password is right and nothing is lost. Contact { $support } and say that you see code FW-1206.

refusal-fw-1221-title = Use your passkey again
refusal-fw-1221-text = You took longer than 5 minutes, or the page was open in another tab as well. Nothing is wrong with your passkey: use it again.

refusal-fw-1222-title = We could not use this passkey
refusal-fw-1222-text = The passkey has been removed from your account, or your device did not make sure that it is you. Try again, or sign in with your password. If it happens again, contact { $support } and say that you see code FW-1222.

refusal-fw-1231-title = Start adding your sign-in method again
refusal-fw-1231-text = You took longer than 30 minutes, or you signed in again or changed browser since you started. Nothing was added or changed. Go to Security info and start again.

refusal-fw-1232-title = This sign-in method is no longer there
refusal-fw-1232-text = It was deleted meanwhile, perhaps in another tab. Go to Security info to see the methods you have.

refusal-fw-1241-title = Nobody has approved it yet
refusal-fw-1241-text = Open the app on your phone and approve the request, or answer our call and press the hash key. A request works for 2 minutes. Go back to the page, then ask again or use another way.

refusal-fw-1242-title = Requests to your app are paused
refusal-fw-1242-text = Several requests were refused or not answered, so we send no more to the app for up to an hour. If you did not make them, somebody may know your password: change it. You can use a code from the app, or another way to sign in.

refusal-fw-1243-title = A call to you is under way
refusal-fw-1243-text =
    { $seconds ->
        [one] Your phone is being called, or was a moment ago. You can be called again in 1 second from now.
       *[other] Your phone is being called, or was a moment ago. You can be called again in { $seconds } seconds from now.
    }

refusal-fw-1244-title = Too many calls in the last hour
refusal-fw-1244-text = We have called you as often as we can for now. Use another way, or ask again in an hour.

refusal-fw-1501-title = Your role does not allow this
refusal-fw-1501-text = Nothing was changed. If you need to do this for your work, ask an administrator of your organisation for the role that it takes.

refusal-fw-1502-title = This is your own account
refusal-fw-1502-text = Nobody acts on their own account in the console. Use Security info for your own sign-in methods, or ask a colleague who has the role.

refusal-fw-1503-title = Only an administrator can do this
refusal-fw-1503-text = This person has a role in the console, so an administrator of your organisation must help them. Nothing was changed.

refusal-fw-1504-title = Make sure who is calling first
refusal-fw-1504-text = This takes away protection from an account. Send the person a code and let them read it out, or look at their documents. That is enough for 10 minutes.

refusal-fw-1505-title = You have looked at too many people
refusal-fw-1505-text = In one hour you have looked at, or for, more people than a service desk has calls. This has been recorded. Wait an hour, or ask an administrator if you need this for your work.

refusal-fw-1506-title = This is the last administrator
refusal-fw-1506-text = An organisation must keep one administrator. Give the role to somebody else first. Nothing was changed.

refusal-fw-1507-title = This proposal is over
refusal-fw-1507-text = Somebody has decided it, or it is older than 7 days. If the role is still to be changed, propose it again.

refusal-fw-1508-title = Another administrator must confirm this
refusal-fw-1508-text = You made this proposal yourself. In your organisation two administrators agree before a role is given or taken.

refusal-fw-1509-title = Send a code to the new number first
refusal-fw-1509-text = No code has been sent to a new number in the last 10 minutes, or the number has been put right already. Start again from the person's page.

refusal-fw-1520-title = This rule was changed meanwhile
refusal-fw-1520-text = Somebody else has changed this rule since you looked at it. Nothing of yours was saved. Look at the rule again and decide anew.

refusal-fw-1301-title = You cannot reset this password yourself for now
refusal-fw-1301-text = To protect the account, we stop resets and unlocking for 24 hours after wrong codes were entered too many times. The service desk can help you at any time: contact { $support } and say that you see code FW-1301.

refusal-fw-1302-title = Start the reset again
refusal-fw-1302-text = A reset can take 30 minutes, in the browser you started with. Either that time is over, or you have changed browser, or a wrong code was entered too many times. Nothing was changed. Start again: it takes about 2 minutes.

refusal-fw-1303-title = Too many resets from your network
refusal-fw-1303-text = We have stopped new resets from the network you use for up to an hour. Try again later, or use another network such as your mobile phone. Nothing was changed.

refusal-fw-2001-title = You have no smartcard
refusal-fw-2001-text = No smartcard that can be used is known for you here. You get one from the Registration Authority in your organisation: contact { $support }.

refusal-fw-2002-title = Your passcodes were changed meanwhile
refusal-fw-2002-text = They were changed in another window or on another computer since you opened the page. Nothing of what you entered was used. Open Manage Passcodes again and look how they stand.

refusal-fw-2003-title = Your account is locked
refusal-fw-2003-text = You did not change your Smartcard Passcode in time. Visit the Registration Authority in your organisation. They make sure who you are and unlock your account: contact { $support }.

refusal-fw-2004-title = Your certificates have expired
refusal-fw-2004-text = Only the Registration Authority in your organisation can renew them. They make sure who you are first: contact { $support }.

refusal-fw-2005-title = The Registration Authority must renew your certificates
refusal-fw-2005-text = You have renewed them as often as you can by yourself. Visit the Registration Authority in your organisation. They check your identity and renew your certificates: contact { $support }.

refusal-fw-2006-title = Your certificates cannot be renewed yet
refusal-fw-2006-text = They are valid for a while. We remind you when you sign in, as soon as you can renew them.

refusal-fw-2007-title = Too many wrong Account Recovery Passcodes
refusal-fw-2007-text = To protect your smartcard, we take no Account Recovery Passcode for { $minutes } minutes. The Registration Authority in your organisation can unlock the card at any time: contact { $support } and say that you see code FW-2007.

refusal-fw-2008-title = Your smartcard cannot be unlocked here
refusal-fw-2008-text = You have no Account Recovery Passcode, or your organisation unlocks smartcards in another way. Visit the Registration Authority in your organisation: contact { $support }.

refusal-fw-2101-title = The link has ended
refusal-fw-2101-text = A link to the card program works once, for one minute. Go back to the page and choose Go on.

refusal-fw-2102-title = The card program was taken over
refusal-fw-2102-text = This has ended, or the card program was started again for it, perhaps on another computer. Look at the page in your browser.

refusal-fw-2103-title = The card program is out of step
refusal-fw-2103-text = What the card program sent does not follow what it was told. Close it, go back to the page and choose Go on.

refusal-fw-2105-title = The card program does not fit
refusal-fw-2105-text = The card program on this computer sent something that we do not understand. Ask your service desk whether it is up to date.

refusal-fw-2106-title = The smartcard is being worked on
refusal-fw-2106-text = The card program is working on this smartcard just now, perhaps on another computer. Wait until it is done, or two minutes after it was closed.

refusal-fw-2107-title = This has ended
refusal-fw-2107-text = It is done, or was stopped. Look at your smartcard on the portal, and begin again if you have to.

refusal-fw-2108-title = Too many tries with this smartcard
refusal-fw-2108-text = To protect the smartcard, we have stopped changes to it for up to an hour. Try again later.

refusal-fw-2109-title = You have used this passcode before
refusal-fw-2109-text = Choose a Smartcard Passcode that is not one of your last five. Nothing was changed.

refusal-fw-2301-title = Use your smartcard again
refusal-fw-2301-text = You took too long, or the page was open in another tab as well. Nothing is wrong with your smartcard: use it again.

refusal-fw-2302-title = We could not use this smartcard
refusal-fw-2302-text = This smartcard was not made for this service, or not yet finished. Sign in another way. If the smartcard is your own, contact { $support } and say that you see code FW-2302.

refusal-fw-2303-title = This smartcard no longer works
refusal-fw-2303-text = The smartcard’s certificates were revoked, for example because it was reported as lost or because you have another one. Use your present smartcard, sign in another way, or visit your Registration Authority.

refusal-fw-2304-title = The certificates on your smartcard have expired
refusal-fw-2304-text = Visit your Registration Authority, who check who you are and renew them. Until then, sign in another way.

refusal-fw-2305-title = Your browser showed no certificate
refusal-fw-2305-text = Your browser showed no certificate. Put your smartcard into the reader, close all windows of the browser, open it again and choose the certificate with your name when it asks. Or sign in another way.

refusal-fw-3201-title = Show your staff passport again
refusal-fw-3201-text = What your wallet showed has been used already, took too long, or belongs to a page in another browser. Open the page where you want to sign in and get a new QR code there.

refusal-fw-3202-title = Your staff passport does not sign you in
refusal-fw-3202-text = Your access key has expired, has been revoked, or belongs to another organisation. Sign in another way. If you need a new access key, contact { $support } and say that you see code FW-3202.

refusal-fw-1900-title = The service is busy
refusal-fw-1900-text = Very many people are using the service at this moment. Wait a minute and try again. Nothing you have entered was used.

refusal-fw-1901-title = Something went wrong
refusal-fw-1901-text = This is our fault, not yours. Try again in a few minutes. If it happens again, contact your service desk and give them the reference number on this page.

refusal-fw-1902-title = We do not know this organisation
refusal-fw-1902-text = The address of this page holds an organisation that is not here. Check the address for typing mistakes, or choose your organisation from the list.

refusal-fw-1903-title = We could not read the form
refusal-fw-1903-text = What your browser sent was incomplete, or the page had been open for too long. Go back, reload the page and fill it in again.

refusal-fw-2201-title = This is your own smartcard
refusal-fw-2201-text = Nobody serves themselves at the Registration Authority. Ask a colleague who has the role. Nothing was changed.

refusal-fw-2202-title = Only a manager of the Registration Authority can do this
refusal-fw-2202-text = This person has a role in the console, and a smartcard opens it. A manager of the Registration Authority must serve them. Nothing was changed.

refusal-fw-2203-title = Check identity first
refusal-fw-2203-text = This opens a smartcard or hands one out. Let the person type the Account Recovery Passcode, or look at their documents. That is enough for 10 minutes.

refusal-fw-2204-title = This request is over
refusal-fw-2204-text = Somebody has decided it, or it is older than 24 hours. If it is still to be done, ask again.

refusal-fw-2205-title = A second person must approve this
refusal-fw-2205-text = You asked for this yourself. In your organisation a colleague at the Registration Authority must approve it.

refusal-fw-2206-title = This cannot be done to this card
refusal-fw-2206-text = The card is not in a state in which this makes sense, or somebody has changed it meanwhile. Look at the card again. Nothing was changed.

refusal-fw-3101-title = You cannot add this credential to your wallet
refusal-fw-3101-text = It may be in your wallet already, or it was withdrawn, rejected, revoked or has expired meanwhile. Your staff passport says how it stands.

refusal-fw-3102-title = There is nothing to add a new copy of
refusal-fw-3102-text = This credential has not been added to a wallet, or it does not hold any more. Your staff passport says how it stands.

refusal-fw-3103-title = Too many QR codes
refusal-fw-3103-text = You have asked for very many QR codes within the hour. Wait an hour and try again. What is in your wallet is not affected.

refusal-fw-3104-title = Add your mobile number first
refusal-fw-3104-text = An access key needs a mobile number that you have proved. Add the sign-in method Text message in Security info, then come back.

refusal-fw-3105-title = Your wallet’s service does not answer
refusal-fw-3105-text = Credentials of this kind come to your wallet by a service on the internet, which does not answer just now. Nothing was added. Try again in a few minutes: the credential waits for you.

refusal-fw-3106-title = Your wallet’s service does not take this credential
refusal-fw-3106-text = Nothing was added to your wallet, and trying again will not help. The credential waits for you. To have this mended, contact { $support }.

refusal-fw-3110-title = Go back to your wallet and start again
refusal-fw-3110-text = What your wallet asked for does not wait here any more. It waits for 10 minutes, and it can be answered once. Nothing was added to your wallet.
