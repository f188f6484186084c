// Plain SMTP against a real mail server: TLS always, before anything is said that matters; what the
// server refuses is told; what it never answered is tried again.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { codeIn, delivery, linkIn } from "./harness/mail.mjs";
import { eventually } from "./harness/poll.mjs";
import { createEmail, freshEmail, read, submit } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";
import { SmtpPeer, certificate, failure, scripted } from "../xtask/runner/peers/smtp.mjs";

let tls, foreign, world, peer;
before(async () => {
  [tls, foreign] = await Promise.all([certificate(), certificate("other.example")]);
  peer = await new SmtpPeer({ tls, methods: ["PLAIN", "LOGIN"] }).start();
  world = await startWorld({ vars: peer.settings(), outbound: trusting(tls.cert) });
});
after(async () => {
  await world?.stop();
  await peer?.stop();
});

/** The real network of this machine, with one more certificate to trust. */
const trusting = (...certificates) => ({ network: { allow: ["private"], tlsOptions: { trustBrowserCas: false, trustedCertificates: certificates } } });

/** The same system over another server. */
async function over(options, body) {
  const other = await new SmtpPeer({ tls, ...options }).start();
  await world.reload({ vars: { KEY_CACHE_SECONDS: "1", ...other.settings(), ...options.vars } });
  try {
    return await body(other);
  } finally {
    await world.reload({ vars: { KEY_CACHE_SECONDS: "1", ...peer.settings() } });
    await other.stop();
  }
}

async function refusing(refuse, body) {
  Object.assign(peer.refuse, refuse);
  try {
    return await body();
  } finally {
    peer.refuse = {};
  }
}

test("STARTTLS, login, and a message that a mail reader understands", async () => {
  const org = await world.organisation({ name: "Ąžuolas & <Sons>" });
  const made = await createEmail(org.live);
  await delivery(org.live, made.id, "sent");
  const [{ mail, raw, secure, envelope }, ...others] = peer.to(made.identifier);
  assert.equal(others.length, 0);
  assert.ok(secure, "the message came inside TLS");
  assert.equal(envelope.mailFrom.address, "no-reply@proof-of-tests.com");
  assert.equal(mail.from.text, '"Proof" <no-reply@proof-of-tests.com>');
  assert.equal(mail.to.text, made.identifier);
  assert.equal(mail.messageId, `<${made.id}.1@proof-of-tests.com>`);
  assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
  assert.ok(Math.abs(mail.date - Date.now()) < 60_000);
  assert.ok(mail.subject.endsWith("is your Proof code for Ąžuolas & <Sons>"));
  assert.ok(mail.text.includes("Ąžuolas & <Sons> asks you to prove"));
  assert.ok(mail.html.includes("Ąžuolas &amp; &lt;Sons&gt;"));
  assert.equal(codeIn(mail.text), codeIn(mail.subject));
  assert.equal(linkIn(mail.text).origin, world.url);
  assert.ok(mail.html.includes(linkIn(mail.text).href), "the link is whole in both parts");
  assert.match(raw, /^[\x00-\x7f]*$/);
  assert.ok(raw.split("\r\n").every((line) => line.length <= 78), "no line is longer than servers like");
  const done = (await submit(org.live, made.id, codeIn(mail.text))).expect(200).body;
  assert.equal(done.status, "verified");
  assert.ok(!world.logs().join("\n").includes(made.identifier));
});

test("TLS from the first byte", async () => {
  await over({ security: "tls" }, async (other) => {
    const org = await world.organisation();
    const made = await createEmail(org.live);
    await delivery(org.live, made.id, "sent");
    assert.equal(other.to(made.identifier).length, 1);
  });
});

test("LOGIN where there is no PLAIN", async () => {
  await over({ methods: ["LOGIN"] }, async (other) => {
    const org = await world.organisation();
    const made = await createEmail(org.live);
    await delivery(org.live, made.id, "sent");
    assert.deepEqual(other.steps, ["login", "from", "to", "data"]);
  });
});

test("a server without TLS, or with somebody else's certificate, gets neither password nor message", async () => {
  await over({ security: "none" }, async (other) => {
    const org = await world.organisation();
    const failed = await delivery(org.live, (await createEmail(org.live)).id, "failed");
    assert.equal(failed.delivery_error, "smtp_without_tls");
    assert.deepEqual(other.steps, []);
  });
  for (const security of ["starttls", "tls"]) {
    await over({ security, tls: foreign }, async (other) => {
      const org = await world.organisation();
      const { id } = await createEmail(org.live);
      const waiting = await eventually("the reason", async () => {
        const now = await read(org.live, id);
        return now.delivery_error && now;
      });
      assert.equal(waiting.delivery_status, "queued");
      assert.equal(waiting.delivery_error, "provider_unreachable");
      assert.deepEqual(other.steps, []);
    });
  }
});

test("answers that somebody slips in before TLS begins are never heard", async () => {
  // The reply to STARTTLS comes with the answers to all that would follow.
  const liar = await scripted((said) => {
    if (said === "") return "220 ready\r\n";
    if (said.startsWith("EHLO")) return "250-liar\r\n250 STARTTLS\r\n";
    if (said.startsWith("STARTTLS")) return "220 go\r\n250-liar\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n";
    return "250 ok\r\n";
  });
  try {
    await over({ vars: { SMTP_PORT: String(liar.port) } }, async () => {
      const org = await world.organisation();
      const { id, identifier } = await createEmail(org.live);
      await eventually("the handshake began", () => liar.heard.length >= 3);
      await eventually("a failure", async () => (await read(org.live, id)).delivery_error);
      assert.equal((await read(org.live, id)).delivery_status, "queued");
      const heard = liar.heard.join("");
      for (const secret of ["AUTH", "MAIL FROM", identifier]) assert.ok(!heard.includes(secret), secret);
    });
  } finally {
    await liar.stop();
  }
});

test("greylisted at first, taken later", async () => {
  const org = await world.organisation();
  const identifier = freshEmail();
  let tries = 0;
  const to = (address) => (address === identifier && tries++ < 2 ? failure(450, "4.2.0 Greylisted, try again") : null);
  await refusing({ to }, async () => {
    const made = await createEmail(org.live, { identifier });
    await eventually("told", async () => (await read(org.live, made.id)).delivery_error === "provider_unavailable");
    await delivery(org.live, made.id, "sent", 20_000);
    assert.equal(peer.to(identifier).length, 1);
  });
});

test("each refusal for good ends at once and says why", async () => {
  const org = await world.organisation();
  for (const [refuse, reason] of [
    [{ to: () => failure(550, "5.1.1 No such user") }, "recipient_unknown"],
    [{ to: () => failure(553, "5.1.3 Bad address") }, "recipient_invalid"],
    [{ to: () => failure(554, "5.7.1 Relay access denied") }, "smtp_policy"],
    [{ from: () => failure(550, "5.7.1 Sender not allowed") }, "sender_refused"],
    [{ data: () => failure(554, "5.6.0 Looks like spam") }, "message_refused"],
  ]) {
    await refusing(refuse, async () => {
      const { id } = await createEmail(org.live);
      const failed = await delivery(org.live, id, "failed");
      assert.equal(failed.delivery_error, reason);
      assert.equal(failed.status, "pending");
    });
  }
  await over({ vars: { SMTP_PASSWORD: "not the password" } }, async (other) => {
    const { id } = await createEmail(org.live);
    const failed = await delivery(org.live, id, "failed");
    assert.equal(failed.delivery_error, "provider_credentials");
    assert.deepEqual(other.steps, ["login"]);
  });
});

test("a server that hangs up while it gets the message is tried again", async () => {
  const org = await world.organisation();
  let times = 0;
  await refusing({ hangUp: () => times++ === 0 }, async () => {
    const made = await createEmail(org.live);
    await delivery(org.live, made.id, "sent", 20_000);
    assert.equal(times, 2);
    assert.equal(peer.to(made.identifier).length, 1);
  });
});

test("a server that says nothing is left after a while, and others do not wait for it", async () => {
  const silent = await scripted(() => "");
  try {
    await over({ vars: { SMTP_PORT: String(silent.port) } }, async () => {
      const org = await world.organisation();
      const started = Date.now();
      const { id } = await createEmail(org.live);
      assert.ok(Date.now() - started < 2_000, "creating does not wait for the mail server");
      await world.listed(org.live, "verifications", 1);
      assert.ok(Date.now() - started < 10_000, "nor does the ledger");
      await eventually("given up for now", async () => (await read(org.live, id)).delivery_error === "provider_unreachable", { within: 30_000 });
    });
  } finally {
    await silent.stop();
  }
});
