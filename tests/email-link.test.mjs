// The link in an e-mail: opening it changes nothing, however often and by whomever; the button on
// the page behind it confirms, once. The page in a real browser, in all its states.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, screenshot, startBrowser } from "./harness/browser.mjs";
import { linkIn } from "./harness/mail.mjs";
import { create, createDomain, createEmail, freshId, otherCode, read, submit } from "./harness/steps.mjs";
import { sleep } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { takeApart } from "./harness/tokens.mjs";

let world, browser;
before(async () => {
  world = await startWorld();
  browser = await startBrowser(world.url);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

/** A live verification and the link that its newest message has. */
async function linked(org, count = 1, made = undefined) {
  const verification = made ?? (await createEmail(org.live));
  const { code, message } = await world.inbox.code(verification.id, count);
  return { ...verification, code, link: linkIn(message.text) };
}

const open = (link, options) => fetch(link, { redirect: "manual", ...options });
const press = (link, fields = { token: link.searchParams.get("token") }) =>
  fetch(link.origin + link.pathname, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

test("a scanner that opens the link twenty times changes nothing; the button confirms", async () => {
  const org = await world.organisation({ name: "Acme & <Sons>" });
  const one = await linked(org);
  const before = await read(org.live, one.id);
  for (const method of ["GET", "HEAD"]) {
    const replies = await Promise.all(Array.from({ length: 10 }, () => open(one.link, { method })));
    for (const reply of replies) assert.equal(reply.status, 200);
  }
  await open(one.link, { headers: { "user-agent": "SafeLinks", purpose: "prefetch", range: "bytes=0-10" } });
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) await open(one.link, { method });
  assert.deepEqual(await read(org.live, one.id), before);

  const reply = await open(one.link);
  const page = await reply.text();
  assert.ok(page.includes("Acme &amp; &lt;Sons&gt;") && page.includes(one.identifier));
  for (const [name, value] of [
    ["cache-control", "no-store"],
    ["referrer-policy", "no-referrer"],
    ["x-content-type-options", "nosniff"],
  ])
    assert.equal(reply.headers.get(name), value);
  assert.match(reply.headers.get("content-security-policy"), /frame-ancestors 'none'/);

  const done = await press(one.link);
  assert.equal(done.status, 200);
  assert.ok((await done.text()).includes("Confirmed"));
  const now = await read(org.live, one.id);
  assert.equal(now.status, "verified");
  const { claims } = takeApart(now.proof.token);
  assert.deepEqual([claims.sub, claims.channel, claims.type], [one.id, "email", "email"]);
  (await submit(org.live, one.id, one.code)).refused(400, "already_verified");
  const again = await press(one.link);
  assert.equal(again.status, 200);
  assert.ok((await again.text()).includes("Already confirmed"));
  assert.deepEqual(await read(org.live, one.id), now);
});

test("twenty presses at once are one proof", async () => {
  const org = await world.organisation();
  const one = await linked(org);
  const pages = await Promise.all(Array.from({ length: 20 }, async () => (await press(one.link)).text()));
  assert.equal(pages.filter((page) => page.includes("<h1>Confirmed</h1>")).length, 1);
  assert.equal(pages.filter((page) => page.includes("<h1>Already confirmed</h1>")).length, 19);
  const { proof } = await read(org.live, one.id);
  assert.equal((await read(org.live, one.id)).proof.token, proof.token);
});

test("the code and the link at once: one of them wins, and there is one proof", async () => {
  const org = await world.organisation();
  for (let round = 0; round < 5; round++) {
    const one = await linked(org);
    await Promise.all([press(one.link), submit(org.live, one.id, one.code), press(one.link)]);
    const now = await read(org.live, one.id);
    assert.equal(now.status, "verified");
    assert.equal((await world.sql("SELECT count(*) AS n FROM proofs WHERE id = ?", [one.id]))[0].n <= 1, true);
  }
});

test("a wrong, cut, foreign or older token opens nothing and costs no try", async () => {
  const org = await world.organisation();
  const one = await linked(org);
  const other = await linked(org);
  const before = await read(org.live, one.id);
  const token = one.link.searchParams.get("token");
  const at = (id, fields) => new URL(`/confirm/email/${id}?${new URLSearchParams(fields)}`, world.url);
  const wrong = [
    at(one.id, {}),
    at(one.id, { token: "" }),
    at(one.id, { token: token.slice(1) }),
    at(one.id, { token: `${token}A` }),
    at(one.id, { token: token.toUpperCase() === token ? token.toLowerCase() : token.toUpperCase() }),
    at(one.id, { token: other.link.searchParams.get("token") }),
    at(one.id, { token: "x".repeat(2_000) }),
    at(one.id, { token: "' OR 1=1--" }),
    at(one.id, { token: one.code }),
    at(other.id, { token }),
    at(freshId(), { token }),
    at("no-id", { token }),
    at(`A${one.id.slice(1)}`, { token }),
    new URL(`${at(one.id, { token })}&token=${token}`),
  ];
  for (const link of wrong) {
    const fields = new URLSearchParams(link.search);
    for (const reply of [await open(link), await fetch(link.origin + link.pathname, { method: "POST", body: fields })]) {
      assert.equal(reply.status, 404, link.href);
      const page = await reply.text();
      assert.ok(page.includes("<h1>"), "a page, not JSON");
      assert.ok(!page.includes(one.identifier) && !page.includes("Acme"), "and it tells nothing");
    }
  }
  for (const [body, type] of [
    [`{"token":"${token}"}`, "application/json"],
    ["x".repeat(100_000), "text/plain"],
    ["", "application/x-www-form-urlencoded"],
  ]) {
    const reply = await fetch(one.link.origin + one.link.pathname, { method: "POST", body, headers: { "content-type": type } });
    assert.ok([404, 413].includes(reply.status), `${reply.status}`);
  }
  assert.deepEqual(await read(org.live, one.id), before);
  assert.equal(before.challenge.attempts_remaining, 5);
});

test("a new message kills the old link", async () => {
  const org = await world.organisation();
  const one = await linked(org);
  const wait = Number((await org.live.post(`verifications/${one.id}/resend`)).refused(429, "rate_limited").headers.get("retry-after"));
  await sleep(wait * 1000);
  (await org.live.post(`verifications/${one.id}/resend`)).expect(200);
  const newer = await linked(org, 2, one);
  assert.notEqual(newer.link.href, one.link.href);
  assert.equal((await press(one.link)).status, 404);
  assert.equal((await read(org.live, one.id)).status, "pending");
  assert.equal((await press(newer.link)).status, 200);
  assert.equal((await read(org.live, one.id)).status, "verified");
});

test("after five wrong codes the link is over too", async () => {
  const org = await world.organisation();
  const one = await linked(org);
  for (let i = 0; i < 5; i++) await submit(org.live, one.id, otherCode(one.code));
  const reply = await press(one.link);
  assert.equal(reply.status, 410);
  assert.equal((await read(org.live, one.id)).status, "failed");
});

test("neither the tenant nor the log learns the link", async () => {
  const org = await world.organisation();
  const one = await linked(org);
  const token = one.link.searchParams.get("token");
  await open(one.link);
  await press(one.link);
  assert.ok(!JSON.stringify(await read(org.live, one.id)).includes(token));
  assert.ok(!world.logs().join("\n").includes(token));
  const test = await createEmail(org.test);
  assert.ok(!JSON.stringify(test).includes("confirm/email"), "nothing is sent in test mode");
});

test("domain by e-mail: one of five mailboxes gets code and link, and only there is a mailbox", async () => {
  const org = await world.organisation();
  const made = await createDomain(org.live, "email", { mailbox: "hostmaster" });
  assert.equal(made.mailbox, "hostmaster");
  assert.equal(made.challenge.instruction, `Enter the code sent to hostmaster@${made.identifier}`);
  assert.equal(made.challenge.code, undefined);
  const one = await linked(org, 1, made);
  const [message] = await world.inbox.messages(made.id);
  assert.equal(message.recipient, `hostmaster@${made.identifier}`);
  assert.ok(message.text.includes(`that you run the domain ${made.identifier}.`));
  const hours = (Date.parse(made.challenge.expires_at) - Date.parse(made.created_at)) / 3_600_000;
  assert.equal(hours, 24);
  (await submit(org.live, made.id, otherCode(one.code))).refused(400, "invalid_code", { remaining: 4 });
  (await org.live.post(`verifications/${made.id}/verify`)).refused(400, "validation_error");
  const page = await (await open(one.link)).text();
  assert.ok(page.includes(`hostmaster@${made.identifier}`));
  assert.equal((await press(one.link)).status, 200);
  const now = await read(org.live, made.id);
  assert.equal(now.status, "verified");
  const { claims } = takeApart(now.proof.token);
  assert.deepEqual([claims.type, claims.channel], ["domain", "email"]);

  const byCode = await createDomain(org.live, "email");
  assert.equal(byCode.mailbox, "postmaster");
  const { code } = await world.inbox.code(byCode.id);
  (await submit(org.live, byCode.id, code)).expect(200);

  const body = { type: "domain", channel: "email", identifier: "shop-of-tests.com" };
  for (const mailbox of ["root", "postmaster@evil-of-tests.com", "", "POSTMASTER", 1, "abuse"])
    (await org.live.post("verifications", { ...body, mailbox })).refused(400, "validation_error", { field: "mailbox" });
  for (const other of [{ channel: "dns" }, { type: "email", identifier: "a@shop-of-tests.com" }])
    (await org.live.post("verifications", { ...body, ...other, mailbox: "admin" })).refused(400, "validation_error", { field: "mailbox" });
  for (const identifier of ["co.uk", "github.io", "127.0.0.1", "localhost"])
    (await org.live.post("verifications", { ...body, identifier })).refused(400, "invalid_identifier");
  (await create(org.test, { ...body })).challenge.code.match(/^\d{6}$/);
});

// --- in a browser --------------------------------------------------------------------------------

const VIEWS = [
  ["phone", PHONE],
  ["desktop", DESKTOP],
].flatMap(([device, viewport]) => ["light", "dark"].map((colorScheme) => ({ device, viewport, colorScheme })));

async function looksRight(page, watch, name) {
  watch.expectNone();
  await page.waitForTimeout(1_600);
  await screenshot(page, name);
  assert.deepEqual(await accessibilityProblems(page), [], name);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`);
}

for (const { device, viewport, colorScheme } of VIEWS) {
  test(`in a browser: asked, confirmed, confirmed before (${device}, ${colorScheme})`, async () => {
    const org = await world.organisation({ name: "Acme Savings and Loan of North Tests" });
    const one = await linked(org);
    await browser.visit({ viewport, colorScheme, javaScriptEnabled: true }, async (page, watch) => {
      await page.goto(one.link.href);
      await looksRight(page, watch, `confirm-asked-${device}-${colorScheme}`);
    });
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      await page.goto(one.link.href);
      const button = page.getByRole("button", { name: "Confirm" });
      const box = await button.boundingBox();
      assert.ok(box.height >= 44 && box.width >= 44, `${box.width}×${box.height}`);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Confirmed", exact: true }).waitFor();
      await looksRight(page, watch, `confirm-done-${device}-${colorScheme}`);
    });
    assert.equal((await read(org.live, one.id)).status, "verified");
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      await page.goto(one.link.href);
      await page.getByRole("heading", { name: "Already confirmed" }).waitFor();
      await looksRight(page, watch, `confirm-before-${device}-${colorScheme}`);
    });
  });
}

test("in a browser: without scripts, in Lithuanian, for a domain, and with a link that is cut", async () => {
  const org = await world.organisation({ name: "Ąžuolas" });
  const one = await linked(org, 1, await createDomain(org.live, "email"));
  await browser.visit({ viewport: PHONE, javaScriptEnabled: false, locale: "lt-LT" }, async (page) => {
    await page.goto(one.link.href);
    await screenshot(page, "confirm-domain-lithuanian");
    await page.getByRole("button", { name: "Patvirtinti" }).click();
    await page.getByRole("heading", { name: "Patvirtinta", exact: true }).waitFor();
  });
  assert.equal((await read(org.live, one.id)).status, "verified");
  for (const { device, viewport, colorScheme } of VIEWS) {
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      const response = await page.goto(one.link.href.slice(0, -3));
      assert.equal(response.status(), 404);
      watch.trouble.splice(0); // The browser itself notes the 404 in its console.
      await looksRight(page, watch, `confirm-unknown-${device}-${colorScheme}`);
    });
  }
});
