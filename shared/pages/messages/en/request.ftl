# The page on which a person proves several things, one after the other.

# The top of the page.
request-title = { $count ->
    [one] Prove that this is yours
   *[other] Prove that these { $count } things are yours
  }
request-title-any = { $count ->
    [one] Prove that one of these { $all } things is yours
   *[other] Prove that { $count } of these { $all } things are yours
  }
request-asks = { $organisation } asks you for this. You prove it here, in any order.
request-any = { $count ->
    [one] Any one of these { $all } is enough.
   *[other] Any { $count } of these { $all } are enough.
  }
request-any-required = What is marked as required has to be among them.
request-purpose = What for
request-shared = They will see
request-they-see = What you prove here, when and how, and how tries ended that proved nothing.
request-they-see-named = What you name here, even before it is proven.
request-they-see-account = Of an account, its name and number too.
request-open-until = Open until
request-test = Test mode
request-test-text = Nothing is sent, and nothing counts.
assets = What is asked for
summary = { $all ->
    [one] { $done ->
        [0] Not proven yet
       *[other] Proven
      }
   *[other] { $done } of { $all } proven
  }

# How an asset stands.
standing-asked = Your turn
standing-proven = Proven
standing-late = Too late
standing-failed = Not proven
standing-withdrawn = Withdrawn
standing-left = Left open
asset-optional = optional
asset-required = required
asset-proven = { $how }, { $when }
asset-late = The time for this is over. You can begin again.
asset-failed = No tries are left for this code or signature. You can begin again with a new one.
asset-over = This cannot be begun again here. Ask { $organisation } for a new link.
asset-withdrawn = This was proven, and the proof was withdrawn since. It no longer counts.
asset-left = The request ended before this was proven.

# Beginning.
begin = Begin
begin-again = Begin again
choose-way = How do you want to prove it?
your-phone = Your phone number
your-phone-hint = With the country code, for example +370 612 34567
your-email = Your e-mail address
your-email-hint = The one that you want to prove
your-domain = Your domain
your-domain-hint = For example example.com, without https://
your-social = Your name there
your-social-hint = As it is in the address of your profile
your-social-handle = Your channel there
your-social-handle-hint = Its handle, such as @name, or its id, which begins with UC
your-social-address = The account’s e-mail address
your-social-address-hint = The one with which you sign in there
your-social-address-or-number = Your account there
your-social-address-or-number-hint = Its e-mail address or its number
your-social-any = Your account there
your-social-any-hint = The name in the address of your profile; at Google and LinkedIn the account’s e-mail address, at Facebook that or its number
your-wallet = Your wallet’s address
your-wallet-hint = The public address, never the key
your-account = Your account
your-account-hint = Its e-mail address, or the id that it has at the exchange
your-telegram-bot = Your bot’s number
your-telegram-bot-hint = The number before the colon in its token

# Ways.
channel-whatsapp = WhatsApp
channel-whatsapp-hint = You send us a message from your WhatsApp.
channel-telegram = Telegram
channel-telegram-hint = With a message in your Telegram.
channel-sms = Text message
channel-sms-hint = With a text message. Your operator may charge for it.
channel-email = E-mail
channel-email-hint = We send a message with a code.
channel-domain-email = E-mail to the domain
channel-domain-email-hint = We send a code to a mailbox of the domain.
channel-dns = DNS record
channel-dns-hint = You add a record where the domain’s DNS is kept.
channel-http = File on the web server
channel-http-hint = You put a small file on the domain’s web server.
channel-auto = DNS record or file
channel-auto-hint = You add a record or a file, whichever is easier.
channel-ethereum = Ethereum
channel-ethereum-hint = Your wallet signs a text. It costs nothing and moves nothing.
channel-solana = Solana
channel-solana-hint = Your wallet signs a text. It costs nothing and moves nothing.
channel-bitcoin = Bitcoin
channel-bitcoin-hint = Your wallet signs a text. It costs nothing and moves nothing.
channel-telegram-bot-token = The bot’s token
channel-telegram-bot-token-hint = You show the token that BotFather gave you.
channel-sign-in-hint = You sign in at { $provider }, not here.

# A code that we send.
sent-email = We sent a code to { $recipient }. It usually arrives within a minute. Look among the unwanted messages too.
sent-sms = We sent a code by text message to { $recipient }. It usually arrives within a minute.
sent-other = We sent a code to { $recipient } by { $way }. It usually arrives within a minute.
sent-queued = The code to { $recipient } is on its way. You can wait here.
sent-came-back = The message to { $recipient } could not be delivered. Look whether that is right, or choose another way.
sent-complained = This message was marked as unwanted, so we send no more to this address.
code = Code
code-confirm = Confirm
tries-left = { $left ->
    [one] { $left } try left
   *[other] { $left } tries left
  }
nothing-came = Nothing came?
send-again = Send a new code
another-way = Change
asked-until = Good until { $when }

# A code that the person sends.
send-this = Send us this code by { $way }, from the number or account that you want to prove.
send-this-sms = Send us this code by text message, from the number that you want to prove.
open-way = Open { $way }
open-way-sms = Write the text message
scan-way = Scan this with your phone: { $way } opens with the code filled in.
scan-way-sms = Scan this with your phone: a text message opens with the code filled in.
on-this-device = On this device
send-by-hand = The message is already written. Send it as it is.
from-elsewhere = The code came from another number or account. Nothing was proven. Send it from the one that is asked for.
waiting-message = We are waiting for your message.
goes-on = This page goes on by itself.

# A domain.
record-do = Add this record in the DNS settings of { $domain }.
record-hint = Some DNS hosts add { $domain } to the name by themselves. There, enter only the part before it.
file-do = Put a text file at this address, with exactly this content.
file-instead = Or put a file on the web server
check-now = Check now
check-next = You need not wait here. We look again by ourselves on { $when }.
check-at = Looked on { $when }
check-seen = What is there now:
check-record-not-found = The record is not there yet. It can take minutes until it is seen everywhere, sometimes hours.
check-wrong-value = There is a record or file, but with another value. Compare it letter by letter.
check-partly-visible = Some servers already see the record, others do not yet. Wait a few minutes.
check-wildcard-alias = That name leads elsewhere, as every name of this domain does. Add the record under its own name.
check-dns-error = The domain’s DNS does not answer as it should. Look at its settings.
check-timeout = The domain did not answer in time. Try again in a minute.
check-http-status = The web server does not give out the file. Look whether anybody can open the address.
check-redirect-refused = The web server leads elsewhere. The file has to be at exactly this address.
check-too-large = The file is too large. It must hold only the content above.
check-not-text = What is there is not a plain text file.
check-private-address = The domain leads into a private network, which we cannot look into.
check-unreachable = No web server answers at the domain.
check-other = It was not found.

# Signing in.
sign-in-there = You sign in at { $provider }, not here. We read which account it is, and nothing else.
sign-in-continue = Continue to { $provider }
last-invalid-identifier = You signed in with another account than the one that is asked for. Nothing was proven.
last-declined = You did not agree at { $provider }, so nothing was proven.
last-not-allowed = { $provider } did not tell us which account it is, because a permission was left out. Leave them all ticked.
last-no-account = Under the account with which you signed in, there is no { $provider } account of this kind.
last-not-believed = { $provider } did not confirm the last try. Try again.
last-provider-unavailable = { $provider } did not answer. Nothing is lost: try again in a minute.
last-provider-refused = { $provider } refuses the way in which this was set up. It is not your doing: tell whoever asks you.
last-other = The last try proved nothing. Try again.

# A wallet.
wallet-sign = Sign this text with the wallet. It costs nothing, moves nothing and allows nothing.
text-to-sign = The text
wallet-address-with = Take the address from { $wallet }
wallet-address-with-any = Take the address from your wallet
wallet-sign-with = Sign with { $wallet }
wallet-sign-with-any = Sign with your wallet
wallet-asking = Your wallet is asking you. Look for its window.
wallet-other-account = The wallet offers { $account }. Choose the address that is asked for there, then try again.
wallet-declined = You said no in the wallet. Nothing was signed.
wallet-failed = The wallet did not sign. Try again, or paste a signature below.
wallet-elsewhere = Sign somewhere else and paste
paste-ethereum = Copy the text, sign it as a personal message in your wallet, and paste the signature: it begins with 0x.
paste-solana = Copy the text, sign it as a message in your wallet, and paste the signature in base58 or base64.
paste-bitcoin = Copy the text, open “Sign message” in your wallet, sign with this address, and paste the signature.
signature = Signature
signature-check = Check the signature

# A bot.
bot-token = The bot’s token
bot-token-hint = BotFather gave it to you. We show it to Telegram once and keep nothing of it. You may replace it afterwards.
bot-token-check = Check the token

# Test mode.
test-code = This is a test, and nothing is sent. The code is
test-answer = Or answer with the test code

# What went wrong at a field.
wrong-code = That code is not right. { $left ->
    [one] { $left } try left.
   *[other] { $left } tries left.
  }
wrong-signature = That signature does not fit the text and the address. { $left ->
    [one] { $left } try left.
   *[other] { $left } tries left.
  }
wrong-again = That is not right. Look at it once more.
wrong-last = That was not right, and no tries are left. Begin again for a new one.
wrong-late = Its time is over. Begin again for a new one.
wrong-already = This is already proven.
wrong-phone = That is not a phone number that we can reach. Write it with the country code, such as +370.
wrong-email = That is not an e-mail address. Look for a missing letter or sign.
wrong-domain = That is not a domain that can be proven. Write only its name, such as example.com.
wrong-social = That is not a name as it is used there.
wrong-social-handle = That is neither a channel’s handle nor its id.
wrong-social-address = That is not an e-mail address. This network knows accounts by their address alone.
wrong-social-address-or-number = That is neither an e-mail address nor an account’s number.
wrong-social-any = That is not how the way that you chose knows accounts. Look at the hint above the field.
wrong-wallet = That is not an address of this kind of wallet. Copy it whole.
wrong-account = That is neither an e-mail address nor an account’s id.
wrong-telegram-bot = That is not a bot or a token as BotFather gives them.
wrong-channel = This way is not open just now. Choose another one.
wrong-too-many = That was too much in too short a time. Try again later.
wrong-wait = { $minutes ->
    [one] That was too much in too short a time. Try again in a minute.
   *[other] That was too much in too short a time. Try again in { $minutes } minutes.
  }
wrong-quota = This cannot be begun: whoever asks you may have no more proven for now. It is not your doing: tell them.
wrong-conflict = That does not go together with what happened meanwhile. Look at the page once more.
wrong-unavailable = This does not work at the moment, and nothing has changed. Try again in a minute.

# What stands in the way of the whole page.
trouble-unavailable = Something does not answer at the moment. Nothing is lost: what is proven stays proven. Try again in a minute.
trouble-too-many = That was too much in too short a time. Wait a minute, then go on.
trouble-out-of-date = This page was out of date, so nothing was done. Here is how it stands now.
offline-text = You are offline. This page goes on by itself as soon as the connection is back.
without-script = This page does not change by itself.
look-again = Look again

# The end.
end-completed-title = It is proven
end-completed-text = { $organisation } now knows that this is yours. There is nothing left to do.
end-expired-title = The time is over
end-expired-text = Nothing was proven in time. { $organisation } sees that, and what you named here. Ask { $organisation } for a new link.
end-expired-some-title = The time is over
end-expired-some-text = What you proved in time was shown to { $organisation }, and the rest stayed open. If it is still needed, ask for a new link.
end-cancelled-title = This is no longer asked
end-cancelled-text = { $organisation } took the request back. You need not do anything.
end-close = You can close this page.
end-return = Back to { $organisation }
end-returning = You are taken back in { $seconds } seconds.
end-stay = Stay here

# Somebody else’s link, or none at all. It does not tell which.
verify-unknown-title = This link leads nowhere
verify-unknown-text = It is not complete, or it is over. Open it once more from where you got it, or ask for a new one.
verify-unavailable-title = Not now
verify-unavailable-text = We cannot look this up at the moment, and nothing has changed. Open the link again in a minute.
