# The page on which a person proves several things, one after the other.
request-title = Prove what is yours
