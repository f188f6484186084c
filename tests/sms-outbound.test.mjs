// Codes that we send by text message: seen by the person alone, taken by submit, counted for the
// number, its block and the organisation, because each message costs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "./harness/test.mjs";
import { startPhoneWorld } from "./harness/phones.mjs";
import { eventually } from "./harness/poll.mjs";
import { create, freshPhone, otherCode, read, submit } from "./harness/steps.mjs";

const textOf = (message) => message.Body ?? message.text;
const delivery = (client, id, status) =>
  eventually(`delivery is ${status}`, async () => {
    const verification = await read(client, id);
    return verification.delivery_status === status && verification;
  });

const UNDELIVERED = {
  twilio: { good: ["delivered"], bad: ["undelivered", 30003], said: "twilio_30003" },
  telnyx: { good: ["delivered"], bad: ["delivery_failed", "40008"], said: "telnyx_40008" },
};
const REFUSED = {
  twilio: { answer: [400, { code: 21211, message: "Invalid 'To' Phone Number: +370…", status: 400 }], said: "twilio_21211" },
  telnyx: { answer: [400, { errors: [{ code: "40310", title: "Invalid 'to' address" }] }], said: "telnyx_40310" },
};
const UNAUTHENTICATED = {
  twilio: [401, { code: 20003, message: "Authenticate", status: 401 }],
  telnyx: [401, { errors: [{ code: "10009", title: "Authentication failed" }] }],
};

for (const name of ["twilio", "telnyx"]) {
  describe(name, () => {
    let world, provider;
    before(async () => {
      const started = await startPhoneWorld([name]);
      ({ world } = started);
      provider = started[name];
    });
    after(() => world?.stop());

    const begin = (client, overrides) => create(client, { channel: "sms", delivery: "outbound", ...overrides });
    const arrived = (made, count = 1) =>
      eventually("the message", () => provider.sentTo(made.identifier).length >= count && provider.sentTo(made.identifier).at(-1));
    const refusing = async (answer, work) => {
      provider.refuse = answer;
      try {
        await work();
      } finally {
        provider.refuse = undefined;
      }
    };

    test("the code reaches the person only, and proves the number", async () => {
      const org = await world.organisation({ name: "Acme" });
      const reply = (
        await org.live.post("verifications", { type: "phone", channel: "sms", identifier: freshPhone(), delivery: "outbound" })
      ).expect(201);
      const made = reply.body;
      assert.equal(made.challenge.code, undefined);
      assert.equal(made.challenge.deep_link, undefined);
      const text = textOf(await arrived(made));
      assert.match(text, /^\d{6} is your code for Acme\. Never share it\.$/);
      const code = text.slice(0, 6);
      assert.ok(!reply.text.includes(code));
      await delivery(org.live, made.id, "sent");
      (await submit(org.live, made.id, otherCode(code))).refused(400, "invalid_code", { remaining: 4 });
      const done = (await submit(org.live, made.id, code)).expect(200).body;
      assert.equal(done.status, "verified");
      assert.ok(done.proof.token);
      assert.ok(!world.logs().some((line) => line.includes(code) || line.includes(made.identifier)));
    });

    test("the message holds no link, whatever the organisation is called", async () => {
      const org = await world.organisation({ name: "https://evil.example/login Bank\nReply YES" });
      const made = await begin(org.live);
      const text = textOf(await arrived(made));
      assert.ok(text.length <= 70, text);
      assert.ok(!/[/:@\n]|\.\w/.test(text), text);
    });

    test("the sent code is not a code to send back", async () => {
      const org = await world.organisation();
      const made = await begin(org.live);
      const code = textOf(await arrived(made)).slice(0, 6);
      await provider.text({ to: `${world.url}/inbound/sms/${name}`, from: made.identifier, body: code });
      assert.equal((await read(org.live, made.id)).status, "pending");
    });

    test("delivery is told by signed reports", async () => {
      const org = await world.organisation();
      const { good, bad, said } = UNDELIVERED[name];
      const made = await begin(org.live);
      const message = await arrived(made);
      await delivery(org.live, made.id, "sent");
      assert.equal((await provider.report(message, ...good, undefined, { signature: "AAAA" })).status, 401);
      assert.equal((await read(org.live, made.id)).delivery_status, "sent");
      assert.equal((await provider.report(message, ...bad)).status, 200);
      const failed = await read(org.live, made.id);
      assert.equal(failed.delivery_status, "failed");
      assert.equal(failed.delivery_error, said);
      assert.equal(failed.status, "pending", "the challenge is not lost");
      await provider.report(message, ...good);
      const delivered = await read(org.live, made.id);
      assert.equal(delivered.delivery_status, "delivered");
      assert.equal(delivered.delivery_error, undefined);
      await provider.report(message, ...bad);
      assert.equal((await read(org.live, made.id)).delivery_status, "delivered");
    });

    test("a refusal ends it at once, an outage does not", async () => {
      const org = await world.organisation();
      const { answer, said } = REFUSED[name];
      let asked = 0;
      await refusing(
        () => (asked++, answer),
        async () => {
          const made = await begin(org.live);
          const failed = await delivery(org.live, made.id, "failed");
          assert.equal(failed.delivery_error, said);
          assert.equal(asked, 1);
        },
      );
      await refusing(
        () => UNAUTHENTICATED[name],
        async () => {
          const made = await begin(org.live);
          assert.equal((await delivery(org.live, made.id, "failed")).delivery_error, "credentials");
        },
      );
      let tries = 0;
      await refusing(
        () => (tries++ < 1 ? [503, {}] : undefined),
        async () => {
          const made = await begin(org.live);
          const message = await arrived(made);
          await delivery(org.live, made.id, "sent");
          (await submit(org.live, made.id, textOf(message).slice(0, 6))).expect(200);
        },
      );
    });

    test("a crash between two tries loses nothing", async () => {
      const org = await world.organisation();
      let down = true;
      await refusing(
        () => (down ? [503, {}] : undefined),
        async () => {
          const made = await begin(org.live);
          await world.crash();
          down = false;
          const message = await arrived(made);
          (await submit(org.live, made.id, textOf(message).slice(0, 6))).expect(200);
        },
      );
    });

    test("resend: a new code, the old one dead, not too soon", async () => {
      const org = await world.organisation();
      const made = await begin(org.live);
      const first = textOf(await arrived(made)).slice(0, 6);
      (await org.live.post(`verifications/${made.id}/resend`)).refused(429, "rate_limited");
      assert.equal(provider.sentTo(made.identifier).length, 1);
      assert.match(first, /^\d{6}$/);
      const test = await begin(org.test);
      const again = (await org.test.post(`verifications/${test.id}/resend`)).expect(200).body;
      assert.equal(again.message, "Test mode: no message was sent");
      const inbound = await create(org.live, { channel: "sms" });
      (await org.live.post(`verifications/${inbound.id}/resend`)).refused(400, "validation_error");
    });

    test("one number gets few messages, whoever asks", async () => {
      const identifier = freshPhone();
      const orgs = [await world.organisation(), await world.organisation()];
      for (let i = 0; i < 10; i++) await begin(orgs[i % 2].live, { identifier });
      for (const org of orgs) {
        const reply = await org.live.post("verifications", { type: "phone", channel: "sms", identifier, delivery: "outbound" });
        reply.refused(429, "rate_limited", { says: /this identifier/ });
        assert.ok(Number(reply.headers.get("retry-after")) > 0);
      }
      await eventually("all ten", () => provider.sentTo(identifier).length === 10);
      const inbound = await create(orgs[0].live, { channel: "sms", identifier });
      assert.equal(inbound.status, "pending", "what costs nothing is not counted");
    });

    test("a block of numbers gets few messages, and refusals do not count for it", async () => {
      const org = await world.organisation();
      const refused = { type: "phone", channel: "sms", delivery: "outbound" };
      // A block that no other test writes to.
      const number = (i) => `+1415555${String(i).padStart(4, "0")}`;
      for (let i = 0; i < 10; i++) await begin(org.live, { identifier: number(0) });
      for (let i = 0; i < 30; i++) (await org.live.post("verifications", { ...refused, identifier: number(0) })).refused(429, "rate_limited");
      for (let i = 1; i < 21; i++) await begin(org.live, { identifier: number(i) });
      (await org.live.post("verifications", { ...refused, identifier: number(5000) })).refused(429, "rate_limited", {
        says: /numbers like this one/,
      });
      await begin(org.live);
    });

    test("the same request under one key sends one message", async () => {
      const org = await world.organisation();
      const body = { type: "phone", channel: "sms", identifier: freshPhone(), delivery: "outbound" };
      const headers = { "idempotency-key": `sms-${body.identifier}` };
      const replies = await Promise.all(Array.from({ length: 10 }, () => org.live.post("verifications", body, { headers })));
      assert.equal(new Set(replies.map((reply) => reply.expect(201).body.id)).size, 1);
      await arrived(replies[0].body);
      await delivery(org.live, replies[0].body.id, "sent");
      assert.equal(provider.sentTo(body.identifier).length, 1);
      (await org.live.post("verifications", { ...body, delivery: "inbound" }, { headers })).refused(409, "conflict");
    });

    test("premium-rate numbers are refused before anything is sent", async () => {
      const org = await world.organisation();
      const body = { type: "phone", channel: "sms", identifier: "+19002345678", delivery: "outbound" };
      (await org.live.post("verifications", body)).refused(400, "invalid_identifier");
      assert.equal(provider.sentTo("+19002345678").length, 0);
    });

    test("test mode shows the code and sends nothing", async () => {
      const org = await world.organisation();
      const made = await begin(org.test);
      assert.match(made.challenge.code, /^\d{6}$/);
      assert.equal(made.delivery_status, "skipped");
      (await submit(org.test, made.id, made.challenge.code)).expect(200);
      assert.equal(provider.sentTo(made.identifier).length, 0);
    });
  });
}
