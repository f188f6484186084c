# Pages that people meet on their way to a proof. Plain, second person, present tense.

what-proof-is = Proof shows a company that something is yours, and nothing else about you.

# Somebody followed an address that leads nowhere.
unknown-title = There is nothing here
unknown-text = This link is not complete, or what it led to is over. Go back to where you came from and ask for a new one.

# The page behind the link in an e-mail.
confirm-title = Confirm that this is yours
confirm-asks-email = { $organisation } asks you to prove that the e-mail address { $asset } is yours.
confirm-asks-domain = { $organisation } asks you to prove that you run the domain { $asset }.
confirm-somebody = Somebody
confirm-asset = To prove
confirm-mailbox = Sent to
confirm-learns = They learn
confirm-learns-what = That it is yours, and when and how you proved it. Nothing else.
confirm-until = Good until
confirm-button = Confirm
confirm-not-you = If you did not ask for this, close this page. Nothing happens unless you press the button.
confirm-done-title = Confirmed
confirm-done-text = { $organisation } now knows that { $asset } is yours.
confirm-before-title = Already confirmed
confirm-before-text = { $organisation } knows that { $asset } is yours. There is nothing left to do.
confirm-close = You can close this page and go back to where you came from.
confirm-expired-title = This link is too old
confirm-expired-text = Its time is over. Go back to the page that sent you here and ask for a new message.
confirm-failed-title = This link does not work any more
confirm-failed-text = Too many wrong codes were given. Go back to the page that sent you here and begin again.
confirm-unknown-title = This link does not work
confirm-unknown-text = It is not complete, or a newer message has replaced it. Open the newest message, or copy the whole link from it.
confirm-unavailable-title = Not now
confirm-unavailable-text = We cannot look this up at the moment, and nothing has changed. Open the link again in a minute.
