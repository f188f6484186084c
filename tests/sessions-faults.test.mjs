// Sessions when time is over or parts fail: between the captured number and its verification, between
// the session and the index of codes. Nothing is lost and nothing is there twice.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { bare, findable, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { openStream } from "./harness/sse.mjs";
import { freshPhone, read } from "./harness/steps.mjs";

let world, whatsapp, telegram, to;
before(async () => {
  ({ world, whatsapp, telegram } = await startPhoneWorld(["whatsapp", "telegram"], { vars: { CHALLENGE_SECONDS: "20" } }));
  to = { whatsapp: `${world.url}/inbound/whatsapp`, telegram: `${world.url}/inbound/telegram` };
});
after(() => world?.stop());

const session = async (client, id) => (await client.get(`sessions/${id}`)).expect(200).body;
const codeOf = ({ deep_link }) => new URL(deep_link).searchParams.get("text");
const freshNumber = () => bare(freshPhone());
const create = async (client, channel = "whatsapp") => (await client.post("sessions", { channel })).expect(201).body;

async function begin(client) {
  const made = await create(client);
  await findable(world, { id: made.id.slice(5) });
  return made;
}

async function without(tables, body) {
  for (const table of tables) await world.sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    return await body();
  } finally {
    for (const table of tables) await world.sql(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

test("killed right after the capture: the verification is there, once", { timeout: 180_000 }, async () => {
  const org = await world.organisation();
  const made = await Promise.all(Array.from({ length: 12 }, () => begin(org.live)));
  const numbers = new Map(made.map(({ id }) => [id, freshNumber()]));
  const say = ({ id, deep_link }) => whatsapp.say({ to: to.whatsapp, from: numbers.get(id), text: codeOf({ deep_link }) });
  let answered = 0;
  const messages = made.map((one) =>
    say(one).then(
      ({ status }) => status === 200 && answered++,
      () => {},
    ),
  );
  await eventually("the first answers", () => answered >= 3, { within: 20_000, every: 1 });
  await world.crash();
  await Promise.all(messages);

  // The provider repeats what was not answered; what was answered may come again too.
  for (const one of made) assert.equal((await say(one)).status, 200);
  const ids = [];
  for (const { id } of made) {
    const done = await session(org.live, id);
    assert.deepEqual([done.status, done.phone_number], ["verified", `+${numbers.get(id)}`]);
    const verification = await read(org.live, done.verification_id);
    assert.deepEqual([verification.status, verification.identifier], ["verified", done.phone_number]);
    assert.deepEqual(verification.proof, done.proof);
    ids.push(done.verification_id);
  }
  assert.equal(new Set(ids).size, made.length);
  await eventually(
    "the ledger has them all, once",
    async () => {
      const rows = await world.sql("SELECT id FROM verifications WHERE organisation_id = ?", [org.id]);
      return rows.length === made.length && rows.every(({ id }) => ids.includes(id));
    },
    { within: 30_000, every: 200 },
  );
});

test("the alarm makes the verification though nobody asks for the session", { timeout: 120_000 }, async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: codeOf(made) });
  await world.crash();
  await eventually(
    "the ledger knows the verification",
    async () => (await world.sql("SELECT id FROM verifications WHERE organisation_id = ? AND status = 'verified'", [org.id])).length === 1,
    { within: 30_000, every: 200 },
  );
});

test("the ledger is away at the capture: number and proof are there, the lists learn it later", async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const done = await without(["verifications", "proofs"], async () => {
    assert.equal((await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: codeOf(made) })).status, 200);
    const one = await session(org.live, made.id);
    assert.equal(one.status, "verified");
    assert.ok(one.proof.token);
    return one;
  });
  await eventually(
    "the list",
    async () => {
      const { data } = (await org.live.get("verifications?status=verified")).expect(200).body;
      return data.length === 1 && data[0].id === done.verification_id;
    },
    { within: 20_000, every: 100 },
  );
  const verdict = (await org.live.post("proofs/validate", { proof_token: done.proof.token })).expect(200).body;
  assert.equal(verdict.valid, true);
});

test("the index is away: the session is there, messages are asked for again, and its code is found later", async () => {
  const org = await world.organisation();
  const from = freshNumber();
  const made = await without(["open_codes"], async () => {
    const one = await create(org.live);
    assert.equal((await session(org.live, one.id)).status, "pending");
    assert.equal((await whatsapp.say({ to: to.whatsapp, from, text: codeOf(one) })).status, 503, "the provider comes again");
    return one;
  });
  await eventually("the code can be found", async () => (await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id.slice(5)])).length === 1, {
    within: 15_000,
    every: 100,
  });
  await whatsapp.say({ to: to.whatsapp, from, text: codeOf(made) });
  assert.equal((await session(org.live, made.id)).phone_number, `+${from}`);
});

test("after its time nothing completes it, the pictures are gone, and the index forgets it", { timeout: 120_000 }, async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const named = await create(org.live, "telegram");
  const tested = await create(org.test);
  const person = telegram.person();
  await telegram.start({ to: to.telegram, person, code: named.id });
  const stream = await openStream(org.live, `sessions/${made.id}/events`);
  await stream.next();
  const told = await stream.next(30_000);
  assert.deepEqual([told.event, told.data.status], ["status_changed", "expired"], "the alarm ends it");
  await stream.closed();
  await eventually("the index forgets it", async () => {
    const rows = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [made.id.slice(5)]);
    return rows.length === 0;
  });
  const over = await session(org.live, made.id);
  assert.deepEqual([over.status, over.deep_link, over.qr_code], ["expired", undefined, undefined]);
  assert.ok(over.expired_at >= over.expires_at);
  // The others were made later, and end later.
  const last = Math.max(...[named, tested].map(({ expires_at }) => Date.parse(expires_at)));
  await eventually("the others' ends", () => Date.now() > last, { within: 30_000 });
  await whatsapp.say({ to: to.whatsapp, from: freshNumber(), text: codeOf(made) });
  await telegram.shareContact({ to: to.telegram, person, phone: freshNumber() });
  assert.deepEqual(await session(org.live, made.id), over);
  assert.equal((await session(org.live, named.id)).status, "expired", "a code that was sent in time is too late with its number");
  (await org.test.post(`sessions/${tested.id}/test-verify`, { phone_number: freshPhone() })).refused(400, "challenge_expired");
  for (const url of [made.qr_svg_url, made.qr_png_url]) assert.equal((await fetch(url)).status, 404);
});

test("killed and started again a session waits where it was", { timeout: 120_000 }, async () => {
  const org = await world.organisation();
  const made = await begin(org.live);
  const before = await session(org.live, made.id);
  await world.crash();
  assert.deepEqual(await session(org.live, made.id), before);
  assert.equal((await fetch(made.qr_png_url)).status, 200);
  const from = freshNumber();
  await whatsapp.say({ to: to.whatsapp, from, text: codeOf(made) });
  assert.equal((await session(org.live, made.id)).phone_number, `+${from}`);
});

test("no fault left an unhandled error in the log", () => {
  const crashes = world.logs().filter((line) => /"crash"|RuntimeError|panicked|unreachable executed/.test(line));
  assert.deepEqual(crashes, []);
});
