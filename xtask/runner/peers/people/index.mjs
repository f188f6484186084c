// What a made-up person owns and does, for each pair of type and channel. `asset()` gives what the
// verification is created with, `part` what pressing the button does, `open` a page to visit instead,
// `answer` does it and may say something about it. A pair that nobody plays is absent.
import { accounts } from "./accounts.mjs";
import { domains } from "./domains.mjs";
import { mailboxes } from "./mailboxes.mjs";
import { callers, phones } from "./phones.mjs";
import { wallets } from "./wallets.mjs";

/** `peers` are those that are in use: a real provider's channel has no peer, and nobody plays it. */
export const people = ({ system, peers, isReal }) => ({
  ...phones(system, peers),
  ...mailboxes(system),
  ...domains(peers),
  ...wallets(),
  ...accounts(peers, isReal),
});

/** Those with whom a session can be tried, by channel. */
export const sessionPeople = ({ system, peers }) => callers(system, peers);
