// Accounts at networks and exchanges, proven by signing in there. The networks are servers with the
// addresses and shapes of their documentation; Google, LinkedIn and YouTube are the published
// OpenID Connect server. The person is a browser of few abilities.
import assert from "node:assert/strict";
import http from "node:http";
import { decodeJwt } from "jose";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, read } from "./harness/steps.mjs";
import { Person, formIn, throughOpenId, words } from "./harness/sign-in.mjs";
import { NETWORK_NAMES, Networks } from "../xtask/runner/peers/networks.mjs";
import { OPENID_NAMES, OpenId } from "../xtask/runner/peers/openid.mjs";

const networks = new Networks();
const openid = new OpenId();
let server;
let world;
before(async () => {
  server = http.createServer((request, response) => openid.handler(request, response, new URL(request.url, base())).catch(() => response.destroy()));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  world = await startWorld({ vars: { ...networks.settings(), ...openid.settings(`${base()}/openid`) } });
  openid.trust(world.url);
  for (const name of NETWORK_NAMES) for (const [host, handler] of networks.hosts(name)) world.internet.provider(host, handler);
  world.internet.provider("127.0.0.1", openid.handler);
});
after(async () => {
  await world?.stop();
  server?.closeAllConnections();
  server?.close();
});

const base = () => `http://127.0.0.1:${server.address().port}`;
const KIND = { coinbase: "account", kraken: "account" };
const kindOf = (name) => KIND[name] ?? "social";
/** What a tenant would type. */
const typed = (name, { id, username, email }) => (name === "facebook" ? email : (username ?? email ?? id));
const asked = async (client, channel, identifier, more = {}) => create(client, { type: kindOf(channel), channel, identifier, ...more });

async function proven(client, { id }) {
  const verification = await read(client, id);
  assert.equal(verification.status, "verified", JSON.stringify(verification));
  return verification;
}

async function stillPending(client, { id }, result) {
  const verification = await read(client, id);
  assert.equal(verification.status, "pending", JSON.stringify(verification));
  assert.equal(verification.last_check?.result, result);
  return verification;
}

for (const name of NETWORK_NAMES) {
  test(`${name}: a person signs in and the account is proven`, async () => {
    const { live } = await world.organisation();
    const account = networks.join(name);
    const made = await asked(live, name, typed(name, account));
    assert.match(made.challenge.auth_url, new RegExp(`^${world.url}/connect/${made.id}\\?key=[0-9a-f]{48}$`));
    assert.equal(made.challenge.code, undefined, "no code proves an account");

    const person = new Person(world);
    const back = networks.signIn(await person.begin(made.challenge.auth_url), account);
    assert.ok(back.startsWith(`${world.url}/connect/callback/${name}?`), "the exact redirect address");
    const done = (await person.open(back)).expect(303);
    assert.equal(done.headers.get("location"), made.challenge.auth_url);
    const page = (await person.open(made.challenge.auth_url)).expect(200);
    assert.match(words(page.text), /It is proven/);
    assert.equal(person.cookies, "", "the attempt's cookie is gone");

    const verification = await proven(live, made);
    assert.equal(verification.account.id, account.id);
    assert.equal(verification.account.username, account.username);
    assert.equal(verification.last_check, undefined);
  });

  test(`${name}: another account proves nothing, and only the person hears which`, async () => {
    const { live } = await world.organisation();
    const account = networks.join(name);
    const other = networks.join(name);
    const made = await asked(live, name, typed(name, account));
    const person = new Person(world);
    const back = networks.signIn(await person.begin(made.challenge.auth_url), other);
    const page = (await person.open(back)).expect(200);
    assert.match(words(page.text), /That was another account/);
    assert.ok(page.text.includes(other.username ?? other.email ?? other.id), "the person is told which account it was");
    assert.ok(page.text.includes(typed(name, account)), "and which was asked for");
    const verification = await stillPending(live, made, "invalid_identifier");
    const told = JSON.stringify(verification);
    for (const secret of [other.id, other.username, other.email].filter(Boolean)) assert.ok(!told.includes(secret), told);

    // And once more, with the right one.
    const again = networks.signIn(await person.begin(made.challenge.auth_url), account);
    (await person.open(again)).expect(303);
    await proven(live, made);
  });

  test(`${name}: whoever says no can begin again`, async () => {
    const { live } = await world.organisation();
    const account = networks.join(name);
    const made = await asked(live, name, typed(name, account));
    const person = new Person(world);
    const page = (await person.open(networks.deny(await person.begin(made.challenge.auth_url)))).expect(200);
    assert.match(words(page.text), /You said no/);
    assert.ok(page.text.includes(made.challenge.auth_url.replace("&", "&amp;")), "there is a way to try again");
    await stillPending(live, made, "declined");
    const back = networks.signIn(await person.begin(made.challenge.auth_url), account);
    (await person.open(back)).expect(303);
    await proven(live, made);
  });

  test(`${name}: a code of another client is worth nothing`, async () => {
    const { live } = await world.organisation();
    const account = networks.join(name);
    const made = await asked(live, name, typed(name, account));
    const person = new Person(world);
    const back = new URL(networks.signIn(await person.begin(made.challenge.auth_url), account));
    back.searchParams.set("code", networks.codeOfAnotherClient(name, account, `${world.url}/connect/callback/${name}`));
    const page = (await person.open(back)).expect(200);
    assert.match(words(page.text), /did not confirm it/);
    await stillPending(live, made, "not_believed");
  });
}

for (const name of OPENID_NAMES) {
  const identifierOf = (one) => (name === "youtube" ? one.channel.handle : one.email);
  const join = (more) =>
    openid.join({ channel: { id: `UC${createHash("sha256").update(String(Math.random())).digest("base64url").slice(0, 21)}A`, handle: `@some-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}` }, ...more });
  const signIn = async (person, made, one) => {
    const address = await person.begin(made.challenge.auth_url);
    return throughOpenId(address, { systemUrl: world.url, choice: one ? `sign_in_as=${one.sub}` : "refuse=1" });
  };

  test(`${name}: a person signs in at an OpenID Connect server`, async () => {
    const { live } = await world.organisation();
    const one = join();
    const made = await asked(live, name, identifierOf(one));
    const person = new Person(world);
    (await person.open(await signIn(person, made, one))).expect(303);
    const verification = await proven(live, made);
    assert.equal(verification.account.id, name === "youtube" ? one.channel.id : one.sub);
  });

  test(`${name}: another account, and no`, async () => {
    const { live } = await world.organisation();
    const [one, other] = [join(), join()];
    const made = await asked(live, name, identifierOf(one));
    const person = new Person(world);
    const page = (await person.open(await signIn(person, made, other))).expect(200);
    assert.match(words(page.text), /That was another account/);
    await stillPending(live, made, "invalid_identifier");
    const refused = (await person.open(await signIn(person, made))).expect(200);
    assert.match(words(refused.text), /You said no/);
    await stillPending(live, made, "declined");
  });
}

test("google: an address that is not verified proves nothing", async () => {
  const { live } = await world.organisation();
  const one = openid.join({ emailVerified: false });
  const made = await asked(live, "google", one.email);
  const person = new Person(world);
  const address = await person.begin(made.challenge.auth_url);
  const back = await throughOpenId(address, { systemUrl: world.url, choice: `sign_in_as=${one.sub}` });
  (await person.open(back)).expect(200);
  await stillPending(live, made, "not_allowed");
});

test("youtube: an account without a channel", async () => {
  const { live } = await world.organisation();
  const one = openid.join();
  const made = await asked(live, "youtube", "@somebody-else");
  const person = new Person(world);
  const address = await person.begin(made.challenge.auth_url);
  const back = await throughOpenId(address, { systemUrl: world.url, choice: `sign_in_as=${one.sub}` });
  assert.match(words((await person.open(back)).expect(200).text), /There is no such account/);
  await stillPending(live, made, "no_account");
});

test("the proof commits to the provider's own id of the account", async () => {
  const { live } = await world.organisation();
  const account = networks.join("github");
  const made = await asked(live, "github", account.username);
  const person = new Person(world);
  (await person.open(networks.signIn(await person.begin(made.challenge.auth_url), account))).expect(303);
  const { proof } = await proven(live, made);
  const claims = decodeJwt(proof.token);
  const salt = Buffer.from(claims.identifier_salt, "base64url");
  const commitment = (text) => createHash("sha256").update(salt).update(text).digest("base64url");
  assert.equal(claims.account_hash, commitment(`account:${account.id}`));
  assert.equal(claims.identifier_hash, commitment(account.username));
  const valid = (await live.post("proofs/validate", { proof_token: proof.token, identifier: account.username })).expect(200).body;
  assert.equal(valid.valid, true);
});

test("an organisation's own application is used for its own verifications", async () => {
  const { live } = await world.organisation();
  const other = await world.organisation();
  const own = { GITHUB_CLIENT_ID: "own-client", GITHUB_CLIENT_SECRET: randomBytes(16).toString("hex") };
  (await live.request("PUT", "channels/github", { body: { settings: own } })).expect(200);
  const clientOf = async (client) => {
    const made = await asked(client, "github", "octocat");
    return new URL(await new Person(world).begin(made.challenge.auth_url)).searchParams.get("client_id");
  };
  // Its keys are remembered for a moment.
  await eventually("the own application", async () => (await clientOf(live)) === own.GITHUB_CLIENT_ID);
  assert.equal(await clientOf(other.live), networks.settings().GITHUB_CLIENT_ID);

  // What was begun with it cannot be finished without it.
  const made = await asked(live, "github", "octocat");
  (await live.request("DELETE", "channels/github")).expect(200);
  await eventually("no settings", async () => {
    const person = new Person(world);
    const { action, fields } = formIn((await person.open(made.challenge.auth_url)).text);
    const reply = await person.open(action, { method: "POST", body: new URLSearchParams(fields) });
    return reply.status === 200 && /does not let us in/.test(words(reply.text));
  });
  await stillPending(live, made, "provider_refused");
});

test("an account whose name the network never tells is refused beforehand", async () => {
  const { live, test: inTest } = await world.organisation();
  for (const channel of ["linkedin", "facebook"]) {
    const body = { type: "social", channel, identifier: "some-body".replace("-", channel === "facebook" ? "." : "-") };
    (await live.post("verifications", body)).refused(400, "invalid_identifier", { field: "identifier", says: /e-mail/ });
    await create(inTest, body);
  }
});

test("test mode: the page completes without the provider", async () => {
  const { test: client } = await world.organisation();
  const before = world.internet.requests.length;
  const made = await asked(client, "github", "octocat");
  const person = new Person(world);
  const page = (await person.open(made.challenge.auth_url)).expect(200);
  assert.match(words(page.text), /Test mode/);
  const { action, fields } = formIn(page.text);
  assert.equal(fields.complete, "1");
  const send = (more) => person.open(action, { method: "POST", body: new URLSearchParams({ key: fields.key, ...more }) });
  (await send({})).expect(400);
  assert.equal((await read(client, made.id)).status, "pending", "in test mode nobody is sent away");
  (await send(fields)).expect(303);
  const verification = await proven(client, made);
  assert.equal(verification.account, undefined, "nobody was asked, so there is no account");
  assert.equal(world.internet.requests.length, before);
});

test("a live verification is not completed by the test's button", async () => {
  const { live } = await world.organisation();
  const made = await asked(live, "github", "octocat");
  const person = new Person(world);
  const { action, fields } = formIn((await person.open(made.challenge.auth_url)).text);
  (await person.open(action, { method: "POST", body: new URLSearchParams({ ...fields, complete: "1" }) })).expect(400);
  assert.equal((await read(live, made.id)).status, "pending");
});

test("what went through is neither stored nor logged", async () => {
  const { live } = await world.organisation();
  const account = networks.join("github");
  const made = await asked(live, "github", account.username);
  const person = new Person(world);
  const away = await person.begin(made.challenge.auth_url);
  const cookie = person.cookies.split("=").at(-1);
  const back = networks.signIn(away, account);
  (await person.open(back)).expect(303);
  await proven(live, made);
  const secrets = [
    cookie,
    new URL(back).searchParams.get("code"),
    new URL(back).searchParams.get("state").split(".")[1],
    new URL(made.challenge.auth_url).searchParams.get("key"),
    networks.settings().GITHUB_CLIENT_SECRET,
    "token-",
  ];
  const log = world.logs().join("\n");
  for (const secret of secrets) assert.ok(!log.includes(secret), `the log has ${secret}`);
});
