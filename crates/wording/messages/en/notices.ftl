### One line at the top of a page, about what has just happened.

notice-code-sent = We have sent a code to { $hint }. Check your inbox and your junk folder
notice-code-sent-again = We have sent a new code to { $hint }. Codes of the last 15 minutes still work
notice-text-sent = We have sent a text message with a code to your phone number ending in { $hint }
notice-text-sent-again = We have sent another text message with a code to your phone number ending in { $hint }
notice-code-on-its-way = The code is on its way. It can take a minute to arrive
notice-email-changed = You have changed the email address
notice-phone-changed = You have changed the phone number
notice-resumed = Welcome back. Go on from where you stopped
notice-factor-changed = Choose another way to receive your security code
notice-account-created = Your account has been created
notice-signed-out = You have signed out
notice-last-signed-in = You last signed in on { $when }
notice-first-signed-in = This is the first time you have signed in
