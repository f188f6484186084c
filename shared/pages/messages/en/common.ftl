# Pages that people meet on their way to a proof. Plain, second person, present tense.

what-proof-is = Proof shows a company that something is yours, and nothing else about you.

# Somebody followed an address that leads nowhere.
unknown-title = There is nothing here
unknown-text = This link is not complete, or what it led to is over. Go back to where you came from and ask for a new one.

languages = Language

# From a page on the way back to the page of the request it belongs to.
way-back = Back to the page
