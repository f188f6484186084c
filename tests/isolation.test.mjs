// Nobody sees another's things. The sweep is made from the OpenAPI document, so that a route added
// later is swept as well; a route with a body must say here what a good body is.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";
import { eventually } from "./harness/poll.mjs";
import { createRequest } from "./harness/requests.mjs";
import { create, createDomain, createEmail, proven, provenByEmail, random } from "./harness/steps.mjs";
import { openStream } from "./harness/sse.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const BODIES = {
  "POST /api/v1/sessions/{id}/test-verify": { phone_number: "+37069199199" },
  "POST /api/v1/verifications/{id}/submit": { challenge_code: "ABC234" },
  "POST /api/v1/proofs/{id}/revoke": { reason: "fraud" },
  "POST /api/v1/verification-requests/{id}/assets/{index}/test-verify": {},
  "PATCH /api/v1/webhook-endpoints/{id}": { enabled: false },
  "POST /api/v1/webhook-endpoints/{id}/rotate-secret": { overlap_seconds: 0 },
};

/** Names nobody's thing and is no error: `erasure.test.mjs` shows that it does nothing to strangers. */
const BY_NAME = ["DELETE /api/v1/verifications/users/{externalUserId}"];

/** Live ones need an account with a provider, or a domain. */
const IN_TEST_ONLY = ["/api/v1/sessions/", "/api/v1/verifications/domain/"];

/** One thing of every kind, or several, by how the paths of its operations begin: what they are called there. */
async function thingsOf(client, live = false) {
  const [user, reference] = [`user-${random()}`, `reference-${random()}`];
  const endpoint = (await client.post("webhook-endpoints", { url: `https://hooks-${random()}.com/in` })).expect(201).body;
  const pending = await createEmail(client);
  const done = await (live ? provenByEmail(world, client, { external_user_id: user }) : proven(client, { external_user_id: user }));
  const request = await createRequest(client, 1, { reference_id: reference });
  const receipt = (await client.post("erasures", { external_user_id: `nobody-${random()}` })).expect(200).body;
  const [event] = await world.listed(client, "events", 1).then(({ data }) => data);
  const [delivery] = await world.listed(client, "webhook-deliveries", 1).then(({ data }) => data);
  await eventually("the user to be known", async () => (await client.get(`verifications/users/${user}`)).status === 200);
  const things = {
    "/api/v1/verifications/users/": [user],
    "/api/v1/verifications/": [pending.id, done.id],
    "/api/v1/proofs/": [done.id],
    "/api/v1/verification-requests/by-reference/": [reference],
    "/api/v1/verification-requests/": [request.id],
    "/api/v1/webhook-endpoints/": [endpoint.id],
    "/api/v1/webhook-deliveries/": [delivery.id],
    "/api/v1/events/": [event.id],
    "/api/v1/erasures/": [receipt.id],
  };
  if (live) return things;
  const session = (await client.post("sessions", { channel: "whatsapp" })).expect(201).body;
  return { ...things, "/api/v1/sessions/": [session.id], "/api/v1/verifications/domain/": [(await createDomain(client)).id] };
}

/** What the things are called that an operation may be about. */
function namesFor(things, template) {
  const [prefix] = template.split("{");
  if (!things[prefix]) throw new Error(`tests/isolation: make a thing for ${template}`);
  return things[prefix];
}

/** A name that nothing has, of the form of this one. */
const like = (name) => name.replace(/[0-9a-f]+$/, (digits) => random(digits.length / 2));

/** How they stand. Deliveries go on meanwhile, and with them what is known of their endpoint. */
async function standing(client, things) {
  const paths = Object.entries(things).flatMap(([prefix, names]) => names.map((name) => `${prefix}${name}`));
  const read = async (path) => {
    if (path.includes("/domain/")) return client.get(path.replace("domain/", ""));
    if (path.includes("/proofs/")) return client.get(`${path}/status`);
    return client.get(path.includes("/webhook-endpoints/") ? `${path}/secret` : path);
  };
  const settled = paths.filter((path) => !path.includes("/webhook-deliveries/"));
  return Promise.all(settled.map(async (path) => [path, (await read(path)).expect(200).body]));
}

/** Every documented operation on one thing. */
function operationsOnOneThing() {
  const found = world.contract
    .operations()
    .filter(({ template, method }) => template.includes("{") && !template.includes("{channel}") && !BY_NAME.includes(`${method} ${template}`));
  assert.ok(found.length >= 25, `the document has only ${found.length} operations on one thing`);
  return found.map(({ template, method, operation }) => {
    const name = `${method} ${template}`;
    if (operation.requestBody && !BODIES[name]) throw new Error(`tests/isolation: add a good body for ${name}`);
    return { name, template, method, path: (id) => template.replace("{index}", "0").replace(/\{[^}]+\}/, id), body: BODIES[name] };
  });
}

test("a foreign id, the other environment's id and a missing id are one and the same answer", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const things = await thingsOf(owner.test);
  const before = await standing(owner.test, things);

  for (const { name, template, method, path, body } of operationsOnOneThing()) {
    const testOnly = name.endsWith("/test-verify");
    const ask = (client, id) => client.request(method, path(id), body ? { body } : {});
    for (const id of namesFor(things, template)) {
      const missing = await ask(stranger.test, like(id));
      const foreign = await ask(stranger.test, id);
      foreign.refused(404, "not_found");
      assert.equal(foreign.fingerprint(), missing.fingerprint(), `${name}: a foreign id differs from a missing one`);

      const otherMissing = await ask(owner.live, like(id));
      const otherEnvironment = await ask(owner.live, id);
      // A live key may hear that the route is for test keys, whatever the id.
      if (otherEnvironment.status === 403 && testOnly) otherEnvironment.refused(403, "forbidden");
      else otherEnvironment.refused(404, "not_found");
      assert.equal(otherEnvironment.fingerprint(), otherMissing.fingerprint(), `${name}: the other environment differs from missing`);
    }
  }
  assert.deepEqual(await standing(owner.test, things), before, "nothing changed");
});

test("live things are hidden from the test key just so", async () => {
  const owner = await world.organisation();
  const things = await thingsOf(owner.live, true);
  const before = await standing(owner.live, things);
  for (const { name, template, method, path, body } of operationsOnOneThing()) {
    if (IN_TEST_ONLY.includes(template.split("{")[0])) continue;
    for (const id of namesFor(things, template)) {
      const reply = await owner.test.request(method, path(id), body ? { body } : {});
      reply.refused(404, "not_found");
      const missing = await owner.test.request(method, path(like(id)), body ? { body } : {});
      assert.equal(reply.fingerprint(), missing.fingerprint(), name);
    }
  }
  assert.deepEqual(await standing(owner.live, things), before, "nothing changed");
});

test("what is no id at all names nothing", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const names = [
    id.toUpperCase().replace(/^\d+$/, "ABCDEF0123456789ABCDEF01"),
    id.slice(1),
    `${id}0`,
    "null",
    "%00",
    "%2e%2e",
    "1",
    "x".repeat(500),
    `${id}%20`,
    `${id}%0a`,
    "' OR 1=1--",
    "%F0%9F%98%80",
    "%ff",
  ];
  for (const { method, path, body } of operationsOnOneThing()) {
    for (const name of names.filter((one) => one !== id)) {
      // Clients resolve two dots themselves: what is asked then may be the address of another route,
      // or one of another method.
      const asked = new URL(path(name), world.url).pathname;
      if (name === "%2e%2e" && world.contract.operations().some((one) => one.method === method && one.template === asked)) continue;
      const reply = await client.request(method, path(name), body ? { body } : {});
      if (name === "%2e%2e" && reply.status === 405) reply.refused(405, "method_not_allowed");
      else reply.refused(404, "not_found");
    }
  }
});

test("a stranger's stream opens not and hears nothing", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const { id } = await create(owner.test);
  const foreign = await openStream(stranger.test, `verifications/${id}/events`);
  assert.equal(foreign.status, 404);
  const other = await openStream(owner.live, `verifications/${id}/events`);
  assert.equal(other.status, 404);
});

test("lists show one's own environment only", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const mine = await create(owner.test, { external_user_id: "same-name" });
  const live = await createEmail(owner.live, { external_user_id: "same-name" });
  await create(stranger.test, { external_user_id: "same-name" });
  const ids = async (client) => {
    const { data } = await world.listed(client, "verifications?external_user_id=same-name", 1);
    return data.map((one) => one.id);
  };
  assert.deepEqual(await ids(owner.test), [mine.id]);
  assert.deepEqual(await ids(owner.live), [live.id]);
});

test("a hundred ids have nothing in common", async () => {
  const { test: client } = await world.organisation();
  const ids = [];
  for (let batch = 0; batch < 10; batch++) {
    ids.push(...(await Promise.all(Array.from({ length: 10 }, () => create(client)))).map(({ id }) => id));
  }
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{24}$/);
  // Of a counter or a clock, some digit would hardly vary. Of random ones each of 16 values turns up
  // at every place: fewer than 8 of 16 in 100 draws has a chance of under one in 10^20.
  for (let place = 0; place < 24; place++) {
    const seen = new Set(ids.map((id) => id[place]));
    assert.ok(seen.size >= 8, `place ${place} has only ${seen.size} different digits`);
  }
});

test("the code of one verification opens no other", async () => {
  const owner = await world.organisation();
  const stranger = await world.organisation();
  const one = await createEmail(owner.test);
  const other = await createEmail(stranger.test);
  const sister = await createEmail(owner.test);
  for (const [client, id] of [
    [stranger.test, other.id],
    [owner.test, sister.id],
  ]) {
    const reply = await client.post(`verifications/${id}/submit`, { challenge_code: one.challenge.code });
    if (reply.status === 200) continue; // one in a million: the two codes are equal
    reply.refused(400, "invalid_code", { remaining: 4 });
  }
});
