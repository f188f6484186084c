// Text messages that persons send, through each provider: the right phone proves the number. Twilio's
// webhooks are signed by Twilio's own library, Telnyx's with a key of its own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "./harness/test.mjs";
import { bare, findable, startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, read } from "./harness/steps.mjs";

const NUMBERS = { twilio: "+12025550102", telnyx: "+12025550103" };
const ANSWERS = { twilio: ["text/xml", "<Response/>"], telnyx: ["application/json", "{}"] };

for (const name of Object.keys(NUMBERS)) {
  describe(name, () => {
    let world, provider, to;
    before(async () => {
      const started = await startPhoneWorld([name]);
      ({ world } = started);
      provider = started[name];
      to = `${world.url}/inbound/sms/${name}`;
    });
    after(() => world?.stop());

    const begin = async (client) => findable(world, await create(client, { channel: "sms" }));
    const told = (number) => eventually("an answer", () => provider.sentTo(number).length > 0 && provider.sentTo(number));

    test("the right phone sends the code: verified", async () => {
      const org = await world.organisation({ name: "Acme" });
      const made = await begin(org.live);
      const { code, deep_link } = made.challenge;
      assert.equal(deep_link, `sms:${NUMBERS[name]}?body=${code}`);
      const reply = await provider.text({ to, from: made.identifier, body: ` ${code.toLowerCase()} ` });
      assert.equal(reply.status, 200);
      assert.deepEqual([reply.headers.get("content-type"), reply.text], ANSWERS[name]);
      assert.equal((await read(org.live, made.id)).status, "verified");
      const [answer] = await told(made.identifier);
      assert.equal(answer.Body ?? answer.text, "Done. You have shown Acme that this number is yours.");
    });

    test("another phone leaves it pending", async () => {
      const org = await world.organisation();
      const made = await begin(org.live);
      const from = freshPhone();
      await provider.text({ to, from, body: made.challenge.code });
      const now = await read(org.live, made.id);
      assert.equal(now.status, "pending");
      assert.equal(now.last_check.result, "sender_mismatch");
      assert.ok(!JSON.stringify(now).includes(from.slice(-7)));
      await told(from);
      for (const from of ["ACME", "12345", bare(made.identifier), `whatsapp:${made.identifier}`])
        assert.equal((await provider.text({ to, from, body: made.challenge.code })).status, 200, from);
      assert.equal((await read(org.live, made.id)).status, "pending", "a name is no number");
    });

    test("duplicates change nothing, all at once or later", async () => {
      const org = await world.organisation();
      const made = await begin(org.live);
      const message = { to, from: made.identifier, body: made.challenge.code, id: "SM00000000000000000000000000000001" };
      await Promise.all(Array.from({ length: 5 }, () => provider.text(message)));
      const done = await read(org.live, made.id);
      assert.equal(done.status, "verified");
      await told(made.identifier);
      await provider.text(message);
      assert.deepEqual(await read(org.live, made.id), done);
      assert.equal(provider.sentTo(made.identifier).length, 1);
    });

    test("unsigned and forged webhooks are refused", async () => {
      const org = await world.organisation();
      const made = await begin(org.live);
      for (const signature of ["AAAA", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", `${"A".repeat(86)}==`])
        assert.equal((await provider.text({ to, from: made.identifier, body: made.challenge.code, signature })).status, 401);
      const plain = await fetch(to, { method: "POST", body: "From=%2B37069199199&Body=X7K2M9" });
      assert.equal(plain.status, 401);
      await plain.text();
      assert.equal((await read(org.live, made.id)).status, "pending");
    });

    test("strangers are not answered: answers cost money", async () => {
      const from = freshPhone();
      for (const body of ["X7K2M9", "hello", "", "STOP"]) assert.equal((await provider.text({ to, from, body })).status, 200);
      const org = await world.organisation();
      const made = await begin(org.live);
      await provider.text({ to, from: made.identifier, body: made.challenge.code });
      await told(made.identifier);
      assert.equal(provider.sentTo(from).length, 0);
    });

    test("nor is anybody more often than is reasonable", async () => {
      const org = await world.organisation();
      const from = freshPhone();
      for (let i = 0; i < 12; i++) {
        const made = await begin(org.live);
        await provider.text({ to, from, body: made.challenge.code });
        assert.equal((await read(org.live, made.id)).last_check.result, "sender_mismatch");
      }
      await eventually("the answers stop", () => world.logs().some((line) => line.includes("Enough was answered")));
      assert.ok(provider.sentTo(from).length <= 10, `${provider.sentTo(from).length} answers`);
    });

    test("the address of the other provider is not there", async () => {
      const other = name === "twilio" ? "telnyx" : "twilio";
      const reply = await provider.text({ to: `${world.url}/inbound/sms/${other}`, from: freshPhone(), body: "X7K2M9" });
      assert.equal(reply.status, 404);
    });
  });
}

describe("what only one of them has", () => {
  let world, twilio, telnyx;
  before(async () => {
    ({ world, twilio } = await startPhoneWorld(["twilio"]));
    const second = await startPhoneWorld(["telnyx"]);
    telnyx = { peer: second.telnyx, world: second.world };
  });
  after(async () => {
    await world?.stop();
    await telnyx?.world.stop();
  });

  test("Twilio: a signature is for one address, one account and every field", async () => {
    const to = `${world.url}/inbound/sms/twilio`;
    const org = await world.organisation();
    const made = await findable(world, await create(org.live, { channel: "sms" }));
    const from = made.identifier;
    const body = made.challenge.code;
    assert.equal((await twilio.text({ to, from, body, signedFor: `${to}?x=1` })).status, 401);
    assert.equal((await twilio.text({ to, from, body, signedFor: to.replace("http:", "https:") })).status, 401);
    assert.equal((await twilio.text({ to, from, body, authToken: "0".repeat(32) })).status, 401);
    assert.equal((await twilio.text({ to, from, body, fields: { AccountSid: "AC00000000000000000000000000000000" } })).status, 401);
    assert.equal((await twilio.text({ to, from, body, fields: { To: "+12025550199" } })).status, 200, "not our number");
    assert.equal((await read(org.live, made.id)).status, "pending");
    const query = `${to}?source=console`;
    assert.equal((await twilio.text({ to: query, from, body })).status, 200, "the query is signed too");
    assert.equal((await read(org.live, made.id)).status, "verified");
  });

  test("Telnyx: an old webhook is not believed, however well it is signed", async () => {
    const { peer } = telnyx;
    const to = `${telnyx.world.url}/inbound/sms/telnyx`;
    const org = await telnyx.world.organisation();
    const made = await findable(telnyx.world, await create(org.live, { channel: "sms" }));
    const message = { to, from: made.identifier, body: made.challenge.code };
    const now = Math.floor(Date.now() / 1000);
    for (const at of [now - 301, now + 330, "x", ""]) assert.equal((await peer.text({ ...message, at })).status, 401, String(at));
    assert.equal((await read(org.live, made.id)).status, "pending");
    assert.equal((await peer.text({ ...message, at: now - 60 })).status, 200);
    assert.equal((await read(org.live, made.id)).status, "verified");
  });
});
