// The person's accounts at networks and exchanges, and their Telegram bot. The person opens our page,
// presses its button, signs in over there by one click, and comes back.
import { Cookies } from "../../cookies.mjs";
import { OPENID_NAMES } from "../openid.mjs";
import { NETWORK_NAMES } from "../networks.mjs";

const TYPES = { coinbase: "account", kraken: "account" };
const MAX_HOPS = 20;

export function accounts({ networks, openid, telegram }, isReal) {
  const people = {};
  const played = (names) => names.filter((name) => !isReal(name.toUpperCase()));
  for (const name of networks ? played(NETWORK_NAMES) : []) people[`${TYPES[name] ?? "social"}/${name}`] = ofNetwork(networks, name);
  for (const name of openid ? played(OPENID_NAMES) : []) people[`social/${name}`] = ofOpenId(openid, name);
  if (telegram) people["telegram_bot/telegram_bot_token"] = ofBot(telegram);
  return people;
}

const ofNetwork = (networks, name) => ({
  asset() {
    const account = networks.join(name);
    return { choice: `sign_in_as=${encodeURIComponent(account.id)}`, request: { identifier: identifierAt(name, account) } };
  },
  ...signingIn(`Sign in at ${name} and agree`),
});

// Where nobody's name can be proven, the e-mail address is what is asked for.
const identifierAt = (name, { username, email }) => (name === "facebook" ? email : (username ?? email));

const ofOpenId = (openid, name) => ({
  asset() {
    const letters = Array.from({ length: 21 }, () => "ABCDEFabcdef0123456789"[Math.floor(Math.random() * 22)]).join("");
    const channel = name === "youtube" ? { id: `UC${letters}A`, handle: `@somebody-${letters.slice(0, 6).toLowerCase()}` } : undefined;
    const person = openid.join({ channel });
    return { choice: `sign_in_as=${person.sub}`, request: { identifier: channel?.handle ?? person.email } };
  },
  ...signingIn(`Sign in at ${name} and agree`),
});

const signingIn = (part) => ({
  part: () => part,
  open: ({ challenge }) => challenge.auth_url,
  answer: ({ challenge }, { choice }) => walk(challenge.auth_url, choice),
});

const ofBot = (telegram) => ({
  asset() {
    const { id, token } = telegram.makeBot();
    return { token, request: { identifier: id } };
  },
  part: () => "Show the bot's token",
  async answer({ id }, { token }, api) {
    await api("POST", `verifications/${id}/submit`, { bot_token: token });
  },
});

/** Goes where a browser would go: presses the one button of our page, and chooses the account over there. */
async function walk(start, choice) {
  const jars = new Map();
  let [url, body] = [new URL(start), undefined];
  const home = url.origin;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const jar = jars.get(url.origin) ?? jars.set(url.origin, new Cookies()).get(url.origin);
    const headers = { cookie: jar.header };
    const posted = body && { method: "POST", body, headers: { ...headers, origin: home } };
    const reply = await fetch(url, { redirect: "manual", headers, ...posted });
    jar.keep(reply);
    body = undefined;
    const next = reply.headers.get("location");
    const text = await reply.text();
    if (next) {
      url = new URL(next, url);
    } else if (url.origin !== home) {
      url.search += `${url.search ? "&" : "?"}${choice}`;
    } else {
      const form = /<form[^>]*action="([^"]*)"/.exec(text)?.[1];
      if (!form || hop > 0) return;
      url = new URL(form, url);
      body = new URLSearchParams([...text.matchAll(/<(?:input|button)[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    }
  }
  throw new Error("the way leads in circles");
}
