# Pages that people meet on their way to a proof. Plain, second person, present tense.

what-proof-is = Proof shows a company that something is yours.

# Somebody followed an address that leads nowhere.
unknown-title = There is nothing here
unknown-text = This link is not complete, or what it led to is over. Go back to where you came from and ask for a new one.

languages = Language

# From a page on the way back to the page of the request it belongs to.
way-back = Back to the page

# Parts.
moment = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  } { $year }, { $time } UTC
progress = { $done } of { $all } proven
copy = Copy
copied = Copied
copy-what = Copy: { $what }
record-type = Type
record-name = Name
record-value = Value
file-address = Address
file-content = Content

# Kinds of what can be proven.
kind-phone = Phone number
kind-email = E-mail address
kind-domain = Domain
kind-social = Social account
kind-wallet = Wallet
kind-account = Exchange account
kind-telegram-bot = Telegram bot
