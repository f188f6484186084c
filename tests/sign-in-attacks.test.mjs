// Attacks on signing in: foreign, repeated and late callbacks, other browsers and other channels,
// forged ID tokens, providers that misbehave. Each ends with a page and an intact verification.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually, sleep } from "./harness/poll.mjs";
import { create, freshId, read } from "./harness/steps.mjs";
import { Person, formIn, words } from "./harness/sign-in.mjs";
import { Networks } from "../xtask/runner/peers/networks.mjs";

const GOOGLE = { GOOGLE_CLIENT_ID: "client-of-tests", GOOGLE_CLIENT_SECRET: randomBytes(16).toString("hex") };
const ISSUER = "https://accounts.google.com";
const networks = new Networks();
let world;
before(async () => {
  world = await startWorld({ vars: { ...networks.settings(), ...GOOGLE } });
  serveNetworks(world);
});
after(() => world?.stop());

function serveNetworks(where) {
  for (const name of ["github", "x"]) for (const [host, handler] of networks.hosts(name)) where.internet.provider(host, handler);
}

async function begun(name = "github", where = world) {
  const { live } = await where.organisation();
  const account = networks.join(name);
  const made = await create(live, { type: "social", channel: name, identifier: account.username });
  const person = new Person(where);
  const away = await person.begin(made.challenge.auth_url);
  return { live, account, made, person, away, back: networks.signIn(away, account) };
}

async function refusedPage(reply, says = /not begun here/) {
  reply.expect(400);
  assert.match(reply.headers.get("content-type"), /^text\/html/);
  assert.match(words(reply.text), says);
}

const asked = (host, where = world) => where.internet.requestsTo(host).length;

async function intact(live, { id }) {
  const verification = await read(live, id);
  assert.equal(verification.status, "pending");
  assert.equal(verification.last_check, undefined, "nothing was noted");
}

test("a foreign state, a changed one and one of nobody", async () => {
  const { live, made, person, back, account } = await begun();
  const other = await begun();
  const tokens = asked("github.com");
  const state = new URL(back).searchParams.get("state");
  const [, random] = state.split(".");
  for (const wrong of [
    new URL(other.back).searchParams.get("state"),
    `${other.made.id}.${random}`,
    `${freshId()}.${random}`,
    `${made.id}.${randomBytes(32).toString("base64url")}`,
    `${made.id}.`,
    made.id,
    state.slice(0, -1),
    `${state}A`,
    state.toUpperCase(),
    "",
    "x".repeat(5_000),
    "%00",
    "' OR 1=1--",
  ]) {
    const url = new URL(back);
    url.searchParams.set("state", wrong);
    const reply = await person.open(url);
    // The id of nobody is that of an object that does not exist.
    if (wrong.length === state.length && reply.status === 404) continue;
    await refusedPage(reply);
  }
  for (const more of [`&state=${state}`, `&state=x`]) await refusedPage(await person.open(back + more));
  await refusedPage(await person.open(`${world.url}/connect/callback/github`));
  assert.equal(asked("github.com"), tokens, "nobody was asked");
  await intact(live, made);
  // And the attempt itself is still good.
  (await person.open(back)).expect(303);
  assert.equal((await read(live, made.id)).account.id, account.id);
});

test("a callback is good once, also for twenty at the same time", async () => {
  const { live, made, person, back } = await begun();
  const tokens = asked("github.com");
  const cookies = person.cookies;
  const replies = await Promise.all(Array.from({ length: 20 }, () => person.open(back, { cookies })));
  assert.equal(replies.filter((reply) => reply.status === 303).length, 1);
  for (const reply of replies.filter((one) => one.status !== 303)) await refusedPage(reply);
  assert.equal(asked("github.com"), tokens + 1, "one code, exchanged once");
  assert.equal((await read(live, made.id)).status, "verified");
  await refusedPage(await person.open(back, { cookies }));
});

test("without the cookie, with another's or with a wrong one among several", async () => {
  const { live, made, person, back } = await begun();
  const other = await begun();
  const tokens = asked("github.com");
  const [name, value] = person.cookies.split("=");
  for (const cookies of ["", other.person.cookies, `${name}=`, `${name}=${value.slice(1)}`, `${name}x=${value}`, `${name}=wrong`]) {
    await refusedPage(await new Person(world).open(back, { cookies }));
  }
  assert.equal(asked("github.com"), tokens);
  await intact(live, made);
  // A sibling of the host can set one of the same name; ours is among them.
  (await person.open(back, { cookies: `${name}=wrong; ${name}=${value}` })).expect(303);
  assert.equal((await read(live, made.id)).status, "verified");
});

test("the callback of another channel", async () => {
  const { live, made, person, back } = await begun("github");
  const tokens = asked("api.x.com");
  for (const channel of ["x", "google", "kraken"]) {
    await refusedPage(await person.open(back.replace("/callback/github", `/callback/${channel}`)));
  }
  for (const channel of ["sms", "nothing", "github%2f..", "GITHUB"]) {
    (await person.open(back.replace("/callback/github", `/callback/${channel}`))).expect(404);
  }
  assert.equal(asked("api.x.com"), tokens);
  await intact(live, made);
});

test("only the newest attempt counts", async () => {
  const { live, made, person, back, account } = await begun();
  const again = await person.begin(made.challenge.auth_url);
  await refusedPage(await person.open(back));
  (await person.open(networks.signIn(again, account))).expect(303);
  assert.equal((await read(live, made.id)).status, "verified");
});

test("two verifications in one browser do not disturb each other", async () => {
  const one = await begun();
  const other = await create(one.live, { type: "social", channel: "github", identifier: one.account.username });
  const second = await one.person.begin(other.challenge.auth_url);
  (await one.person.open(one.back)).expect(303);
  (await one.person.open(networks.signIn(second, one.account))).expect(303);
  assert.equal((await read(one.live, one.made.id)).status, "verified");
  assert.equal((await read(one.live, other.id)).status, "verified");
});

test("a page elsewhere cannot press the button", async () => {
  const { live } = await world.organisation();
  const made = await create(live, { type: "social", channel: "github", identifier: "octocat" });
  const person = new Person(world);
  const { action, fields } = formIn((await person.open(made.challenge.auth_url)).text);
  const press = (headers) => person.open(action, { method: "POST", body: new URLSearchParams(fields), headers });
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "" },
    { origin: `${world.url}.evil.example` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ]) {
    await refusedPage(await press(headers));
  }
  (await press({ "sec-fetch-site": "same-origin" })).expect(303);
});

test("a key that is wrong, missing or another page's", async () => {
  const { live } = await world.organisation();
  const made = await create(live, { type: "social", channel: "github", identifier: "octocat" });
  const other = await create(live, { type: "social", channel: "github", identifier: "octocat" });
  const email = await create(live, { type: "email", channel: "email", identifier: "somebody@postbox-of-tests.com" });
  const person = new Person(world);
  const key = new URL(made.challenge.auth_url).searchParams.get("key");
  const otherKey = new URL(other.challenge.auth_url).searchParams.get("key");
  const nothing = (await person.open(`/connect/${freshId()}?key=${key}`)).expect(404);
  for (const path of [
    `/connect/${made.id}?key=${otherKey}`,
    `/connect/${made.id}?key=`,
    `/connect/${made.id}`,
    `/connect/${made.id}?key=${key}&key=${key}`,
    `/connect/${made.id}?key=${key.slice(1)}`,
    `/connect/${email.id}?key=${key}`,
  ]) {
    const reply = (await person.open(path)).expect(404);
    assert.equal(reply.text, nothing.text, path);
  }
  const body = new URLSearchParams({ key: otherKey });
  (await person.open(`/connect/${made.id}`, { method: "POST", body })).expect(404);
});

test("after its time nothing begins and nothing comes back", async () => {
  const short = await startWorld({ vars: { ...networks.settings(), CHALLENGE_SECONDS: "2" } });
  try {
    serveNetworks(short);
    const { live, made, person, back } = await begun("github", short);
    await eventually("the end", async () => (await read(live, made.id)).status === "expired");
    const tokens = asked("github.com", short);
    await refusedPage(await person.open(back), /The time is over/);
    await refusedPage(await person.open(made.challenge.auth_url), /The time is over/);
    assert.equal(asked("github.com", short), tokens);

    // Over while the provider takes its time.
    const late = await begun("github", short);
    const quick = networks.hosts("github").find(([host]) => host === "github.com")[1];
    short.internet.provider("github.com", async (...exchange) => {
      await sleep(2_300);
      return quick(...exchange);
    });
    await refusedPage(await late.person.open(late.back), /The time is over/);
    const ended = await read(late.live, late.made.id);
    assert.equal(ended.status, "expired");
    assert.equal(ended.account, undefined);
  } finally {
    await short.stop();
  }
});

test("a provider that answers nonsense, floods, fails or stays silent", async () => {
  const [host, good] = networks.hosts("github").find(([name]) => name === "github.com");
  const answer = (status, type, body) => (_, response) => response.writeHead(status, { "content-type": type }).end(body);
  for (const [handler, result] of [
    [answer(200, "text/html", "<html><title>Log in</title></html>"), "provider_unavailable"],
    [answer(200, "application/json", `{"access_token":"${"a".repeat(10_000_000)}"}`), "provider_unavailable"],
    [answer(200, "application/json", `{"access_token":"a\\r\\nx-evil: 1"}`), "provider_unavailable"],
    [answer(200, "application/json", "[".repeat(100_000)), "provider_unavailable"],
    [answer(503, "text/plain", "later"), "provider_unavailable"],
    [answer(429, "application/json", "{}"), "provider_unavailable"],
    [(_, response) => response.writeHead(302, { location: "https://evil.example/token" }).end(), "provider_unavailable"],
    [(_, response) => response.destroy(), "provider_unavailable"],
    [answer(200, "application/json", `{"error":"incorrect_client_credentials"}`), "provider_refused"],
    [answer(401, "application/json", "{}"), "provider_refused"],
    [answer(200, "application/json", `{"error":"bad_verification_code"}`), "not_believed"],
    [(request, response) => setTimeout(() => response.end("{}"), 12_000), "provider_unavailable"],
  ]) {
    const { live, made, person, back, account } = await begun();
    world.internet.provider(host, handler);
    const page = (await person.open(back)).expect(200);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    world.internet.provider(host, good);
    const waiting = await read(live, made.id);
    assert.equal(waiting.status, "pending");
    assert.equal(waiting.last_check.result, result);
    const again = networks.signIn(await person.begin(made.challenge.auth_url), account);
    (await person.open(again)).expect(303);
    assert.equal((await read(live, made.id)).status, "verified");
  }
  assert.equal(asked("evil.example"), 0, "no redirect is followed");
});

test("an ID token that is forged, stolen or stale", async () => {
  const ours = await generateKeyPair("RS256", { extractable: true });
  const theirs = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: "key-1", use: "sig", alg: "RS256" };
  const spki = await exportSPKI(ours.publicKey);
  const now = () => Math.floor(Date.now() / 1000);
  let next;
  world.internet.provider("oauth2.googleapis.com", async (request, response) => {
    for await (const _ of request);
    const body = { access_token: "ya29.x", token_type: "Bearer", expires_in: 3599, scope: "openid email", id_token: await next() };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  world.internet.provider("www.googleapis.com", (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
  });
  const email = "somebody@postbox-of-tests.com";
  const good = (nonce) => ({
    iss: ISSUER,
    aud: GOOGLE.GOOGLE_CLIENT_ID,
    azp: GOOGLE.GOOGLE_CLIENT_ID,
    sub: "110169484474386276334",
    email,
    email_verified: true,
    nonce,
    iat: now(),
    exp: now() + 3599,
  });
  const signed = (claims, { key = ours.privateKey, header = {} } = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "key-1", typ: "JWT", ...header }).sign(key);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const mac = (claims, secret, alg = "HS256") => {
    const input = `${part({ alg, kid: "key-1" })}.${part(claims)}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };
  const forgeries = {
    "wrong nonce": (claims) => signed({ ...claims, nonce: "another" }),
    "no nonce": ({ nonce: _, ...claims }) => signed(claims),
    "another audience": (claims) => signed({ ...claims, aud: "another-client" }),
    "an audience more": (claims) => signed({ ...claims, aud: [claims.aud, "another-client"] }),
    "another party": (claims) => signed({ ...claims, azp: "another-client" }),
    "another issuer": (claims) => signed({ ...claims, iss: "https://evil.example" }),
    expired: (claims) => signed({ ...claims, iat: now() - 7_200, exp: now() - 3_600 }),
    "from the future": (claims) => signed({ ...claims, iat: now() + 3_600 }),
    "another access token": (claims) => signed({ ...claims, at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
    "another's key": (claims) => signed(claims, { key: theirs.privateKey }),
    "an unknown key": (claims) => signed(claims, { header: { kid: "key-2" } }),
    "a key of its own": async (claims) => signed(claims, { key: theirs.privateKey, header: { jwk: await exportJWK(theirs.publicKey) } }),
    "alg none": async (claims) => `${part({ alg: "none" })}.${part(claims)}.`,
    "no signature": async (claims) => `${(await signed(claims)).split(".").slice(0, 2).join(".")}.`,
    "HS256 with the public key": async (claims) => mac(claims, spki),
    "HS256 with the secret": async (claims) => mac(claims, GOOGLE.GOOGLE_CLIENT_SECRET),
    "RS256 in name only": async (claims) => mac(claims, spki, "RS256"),
    "changed claims": async (claims) => {
      const [header, , signature] = (await signed({ ...claims, email: "other@postbox-of-tests.com" })).split(".");
      return `${header}.${part(claims)}.${signature}`;
    },
    "no token": async () => "x",
  };
  const { live } = await world.organisation();
  const made = await create(live, { type: "social", channel: "google", identifier: email });
  const person = new Person(world);
  const come = async (forge, more = "") => {
    const away = new URL(await person.begin(made.challenge.auth_url));
    next = () => forge(good(away.searchParams.get("nonce")));
    return person.open(`${away.searchParams.get("redirect_uri")}?state=${away.searchParams.get("state")}&code=4/x${more}`);
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    const page = (await come(forge)).expect(200);
    assert.match(words(page.text), /did not confirm it/, name);
    const { status, last_check: check } = await read(live, made.id);
    assert.deepEqual([status, check.result], ["pending", "not_believed"], name);
  }
  // The callback says that somebody else answers (RFC 9207).
  assert.match(words((await come(signed, "&iss=https%3A%2F%2Fevil.example")).expect(200).text), /did not confirm it/);
  // And all of it right.
  (await come(signed, `&iss=${encodeURIComponent(ISSUER)}`)).expect(303);
  assert.equal((await read(live, made.id)).account.id, "110169484474386276334");
});

test("what a provider says of its refusal is not repeated", async () => {
  const { live, made, person, away } = await begun();
  const back = new URL(networks.deny(away));
  back.searchParams.set("error", "<script>alert(1)</script>");
  back.searchParams.set("error_description", "<img src=x onerror=alert(1)>");
  const page = (await person.open(back)).expect(200);
  assert.ok(!/<script>alert|onerror/.test(page.text));
  assert.equal((await read(live, made.id)).last_check.result, "provider_refused");
});

test("nobody signs in with a post, and nobody begins with a get", async () => {
  const { made, person, back } = await begun();
  (await person.open(back, { method: "POST", body: new URLSearchParams() })).expect(405);
  const page = (await person.open(made.challenge.auth_url)).expect(200);
  assert.match(words(page.text), /Continue to GitHub/, "looking changes nothing");
  const big = await person.open(`/connect/${made.id}`, { method: "POST", body: new URLSearchParams({ key: "x".repeat(50_000) }) });
  assert.ok([400, 404, 413].includes(big.status));
});
