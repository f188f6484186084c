# Signing in at a network or exchange.
connect-title = Show that this { $provider } account is yours
connect-asks = { $organisation } asks you to prove that it is yours. You sign in at { $provider }, not here.
connect-account = Account
connect-provider = Where
connect-they-see = They will see
connect-they-see-text = the account’s name and its number at { $provider }, when and how you proved it
connect-open-for = Open for
connect-minutes = { $minutes ->
    [one] { $minutes } more minute
   *[other] { $minutes } more minutes
  }
connect-continue = Continue to { $provider }
connect-promise = We ask { $provider } which account it is, by its name or e-mail address, and nothing else. We cannot post or change anything, and we let go of the access as soon as that is read.
connect-test-mode = Test mode
connect-complete-test = Complete the test
connect-test-text = This is a test: nobody signs in anywhere, and { $provider } is not asked.
connect-done-title = It is proven
connect-done-text = { $organisation } now knows that this account is yours.
connect-close = You can close this page.
connect-another-title = That was another account
connect-another-text = You signed in with an account that { $organisation } did not ask for. Nothing was proven, and { $organisation } is not told which account it was.
connect-used = You used
connect-wanted = Asked for
connect-another-hint = Sign out at { $provider } or switch to the other account there, then try again.
connect-again = Try again
connect-declined-title = You said no
connect-declined-text = You did not agree at { $provider }, so nothing was read and nothing was proven. If that is not what you want, try again.
connect-not-allowed-title = The account’s name is missing
connect-not-allowed-text = { $provider } did not tell us the account’s name, because one of the permissions was left out. Try again and leave them all ticked.
connect-no-account-title = There is no such account
connect-no-account-text = You signed in, but there is no { $provider } account of that kind under it. Try again with another one.
connect-not-believed-title = { $provider } did not confirm it
connect-not-believed-text = What came back from { $provider } was too old or not meant for us. Nothing was proven. Try again.
connect-provider-unavailable-title = { $provider } does not answer
connect-provider-unavailable-text = { $provider } could not be asked just now. Nothing is lost: try again in a minute.
connect-provider-refused-title = { $provider } does not let us in
connect-provider-refused-text = This is not your doing: { $provider } refuses the way in which it was set up here. Please tell { $organisation }.
connect-over-title = The time is over
connect-over-text = This link has ended. Go back to where you came from and ask for a new one.
connect-already-title = It is already done
connect-already-text = This was completed before. You can close this page.
connect-withdrawn-title = This proof was withdrawn
connect-withdrawn-text = The account was proven here once, and the proof was withdrawn since. Ask { $organisation } if you want to know why.
connect-foreign-title = This sign-in was not begun here
connect-foreign-text = It began in another browser, was used already or is too old. Nothing was proven. Open the link that you were given once more and press the button there.
connect-trouble-title = Something is not working
connect-trouble-text = This cannot be finished at the moment. Nothing is lost: open the link again in a minute.
