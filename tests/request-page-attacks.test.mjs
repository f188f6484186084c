// Attacks on the page of a request and through it: script in what tenants write, forms of other
// sites, strangers with the link, addresses that lead astray.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, startBrowser } from "./harness/browser.mjs";
import { eventually } from "./harness/poll.mjs";
import { linkIn } from "./harness/mail.mjs";
import { begin, card, createRequest, pageText, readRequest, sendForm } from "./harness/request-page.mjs";
import { freshDomain, freshEmail, freshId, freshPhone, otherCode, random } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world, browser, org;
before(async () => {
  world = await startWorld();
  browser = await startBrowser(world.url);
  org = await world.organisation();
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

const PAYLOADS = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'"--></style></script><svg/onload=alert(1)>`,
  `</title><script>alert(1)</script>`,
  `</textarea><iframe srcdoc="<script>parent.alert(1)</script>">`,
  `javascript:alert(1)`,
  `{{constructor.constructor('alert(1)')()}}`,
  `<base href=//sink.example/><form action=//sink.example>`,
  `<meta http-equiv=refresh content="0;url=//sink.example">`,
  `<style>@import '//sink.example'</style>`,
  `&lt;script&gt;alert(1)&lt;/script&gt;`,
];

test("script in whatever a tenant writes is text: nothing runs, nothing is reported, nobody is asked", async () => {
  for (const payload of PAYLOADS) {
    const acme = await world.organisation({ name: payload });
    // What is for the tenant alone, each to be told from the others.
    const own = { reference_id: `reference-${random()}`, client_metadata: { note: `metadata-${random()}` }, external_user_id: `user-${random()}` };
    const request = await createRequest(acme.test, [{ type: "email" }, { type: "phone", identifier: freshPhone() }], {
      action_context: { title: payload.slice(0, 100), description: payload },
      ...own,
    });
    await browser.visit({ viewport: DESKTOP }, async (page, watch) => {
      await page.addInitScript(() => {
        globalThis.alert = () => console.error("a script ran");
      });
      await page.goto(request.page);
      assert.ok((await page.evaluate(() => document.body.innerText)).includes(payload.slice(0, 100)), "it is shown as it was written");
      // The same again as a script puts it there.
      await card(page, 0).getByLabel("Your e-mail address").fill(freshEmail());
      await begin(page, 0);
      await card(page, 0).getByLabel("Code").first().waitFor();
      assert.equal(await page.locator("main script, main iframe, main style, main base, main meta, img[src=x]").count(), 0);
      watch.expectNone();
    });
    const html = await pageText(request);
    assert.ok(!html.includes(payload) || !/[<>"]/.test(payload), "escaped in the source");
    for (const marker of [own.reference_id, own.client_metadata.note, own.external_user_id]) assert.ok(!html.includes(marker), marker);
  }
});

test("an address to lead back to that is none, or not registered, is refused when it is given", async () => {
  (await org.live.request("PATCH", "project", { body: { redirect_urls: ["https://shop.example/done"] } })).expect(200);
  const wrong = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example",
    "https:\\\\evil.example",
    "https://shop.example.evil.example/done",
    "https://shop.example@evil.example/done",
    "https://shop.example/done/../evil",
    "https://shop.example/doneevil",
    "http://shop.example/done",
    "https://evil.example/?https://shop.example/done",
  ];
  for (const redirect_url of wrong) {
    const reply = await org.live.post("verification-requests", { assets: [{ type: "email" }], redirect_url });
    reply.refused(400, "validation_error", { field: "redirect_url" });
  }
});

test("forms of other pages do nothing", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  const foreign = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${world.url}.evil.example` },
    { origin: undefined },
    { origin: undefined, "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];
  for (const headers of foreign) {
    for (const step of ["start", "change", "check", "submit", "resend"]) {
      const sent = { origin: world.url, ...headers };
      const known = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
      const url = new URL(request.page);
      const reply = await fetch(`${url.origin}${url.pathname}/assets/0/${step}`, { method: "POST", body: new URLSearchParams({ channel: "email" }), headers: known, redirect: "manual" });
      assert.equal(reply.status, 403, `${step} ${JSON.stringify(headers)}`);
      assert.match(await reply.text(), /out of date/);
    }
  }
  assert.equal((await readRequest(org.live, request.id)).assets[0].status, "pending");
  assert.equal((await sendForm(request, "start", { channel: "email" }, { headers: { "sec-fetch-site": "same-origin" } })).status, 303);
});

test("odd forms are answered with a page, never with a fault, and cost no try", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }, { type: "domain" }]);
  await sendForm(request, "start", { channel: "email" });
  const id = (await readRequest(org.live, request.id)).assets[0].verification_id;
  const odd = [
    ["submit", {}],
    ["submit", { code: "" }],
    ["submit", { code: "x".repeat(10_000) }],
    ["submit", { code: "１２３４５６" }],
    ["submit", { signature: "0x00" }],
    ["submit", { token: "123:abc" }],
    ["submit", { code: "А".repeat(200) }],
    ["check", {}],
    ["start", { channel: "email" }],
    ["start", { channel: "no-such" }],
  ];
  for (const [step, fields] of odd) {
    const reply = await sendForm(request, step, fields);
    assert.ok(reply.status === 400 || reply.status === 409 || reply.status === 303, `${step} ${JSON.stringify(fields)}: ${reply.status}`);
    if (reply.status !== 303) assert.match(await reply.text(), /<h1>/);
  }
  const twice = new URLSearchParams([
    ["code", "111111"],
    ["code", "222222"],
  ]);
  assert.equal((await sendForm(request, "submit", twice)).status, 400);
  for (const [step, index] of [
    ["start", 2],
    ["start", "00"],
    ["start", -1],
    ["start", 1e9],
    ["nothing", 0],
  ])
    assert.equal((await sendForm(request, step, { channel: "email" }, { index })).status, 404);
  for (const identifier of ["<script>", "+", "co.uk", "127.0.0.1", "x".repeat(5_000), "\u202eexample.com", "a@example.com"]) {
    const reply = await sendForm(request, "start", { channel: "dns", identifier }, { index: 1 });
    assert.ok(reply.status >= 400 && reply.status < 500, `${identifier}: ${reply.status}`);
    assert.ok(!(await reply.text()).includes("<script>"));
  }
  // Loading the address of a refused form again leads to the page.
  const again = await fetch(`${request.page}/assets/0/submit?lang=lt`, { redirect: "manual" });
  assert.equal(again.status, 303);
  assert.equal(again.headers.get("location"), `/verify/${request.id}?lang=lt`);
  const big = await sendForm(request, "submit", {}, { body: "code=" + "1".repeat(100_000) });
  assert.equal(big.status, 413);
  const now = (await org.live.get(`verifications/${id}`)).expect(200).body;
  assert.equal(now.challenge.attempts_remaining, 5);
});

test("two hundred guesses by the page: five are compared", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await sendForm(request, "start", { channel: "email" });
  const id = (await readRequest(org.live, request.id)).assets[0].verification_id;
  const { code } = await world.inbox.code(id);
  await Promise.all(Array.from({ length: 200 }, () => sendForm(request, "submit", { code: otherCode(code) })));
  assert.equal((await org.live.get(`verifications/${id}`)).expect(200).body.status, "failed");
  await sendForm(request, "submit", { code });
  assert.equal((await org.live.get(`verifications/${id}`)).expect(200).body.status, "failed");
});

test("what is masked is nowhere on the page until it is proven", async () => {
  const acme = await world.organisation();
  const [email, phone, google, coinbase] = [freshEmail(), freshPhone(), freshEmail(), freshEmail()];
  const request = await createRequest(acme.test, [
    { type: "email", identifier: email },
    { type: "phone", identifier: phone, channel: "whatsapp" },
    { type: "social", identifier: google, channel: "google" },
    { type: "account", identifier: coinbase, channel: "coinbase" },
  ], { client_metadata: { secret: "for the tenant alone" }, external_user_id: "user-4711" });
  for (const index of [0, 1, 2, 3]) assert.equal((await sendForm(request, "start", {}, { index })).status, 303);
  const html = await pageText(request);
  const secrets = [email, google, coinbase].flatMap((one) => [one, one.split("@")[0]]);
  for (const secret of [...secrets, phone, phone.slice(-8), "for the tenant alone", "user-4711", request.reference_id, acme.id]) assert.ok(!html.includes(secret), secret);
  const signIns = [...html.matchAll(/href="([^"]*\/connect\/[^"]*)"/g)].map(([, address]) => address);
  assert.equal(signIns.length, 2);
  for (const address of signIns) {
    const page = await (await fetch(address)).text();
    for (const secret of secrets) assert.ok(!page.includes(secret), `${secret} where one signs in`);
    assert.ok(page.includes(`href="/verify/${request.id}"`), "and the way back to the page");
  }
});

test("what was typed or proven is masked again once the request is over", async () => {
  const [typed, fixed] = [freshEmail(), freshEmail()];
  const request = await createRequest(org.live, [{ type: "email" }, { type: "email", identifier: fixed }]);
  await sendForm(request, "start", { channel: "email", identifier: typed });
  await sendForm(request, "start", { channel: "email" }, { index: 1 });
  const { assets } = await readRequest(org.live, request.id);
  const { code } = await world.inbox.code(assets[1].verification_id);
  await sendForm(request, "submit", { code }, { index: 1 });
  const open = await pageText(request);
  assert.ok(open.includes(typed) && open.includes(fixed), "while it is open the person sees what is theirs");
  (await org.live.request("DELETE", `verification-requests/${request.id}`)).expect(200);
  const ended = await pageText(request);
  assert.match(ended, /This is no longer asked/);
  for (const email of [typed, fixed]) assert.ok(!ended.includes(email) && !ended.includes(email.split("@")[0]), email);
});

test("a domain's mailbox, which others may read, is not told where the request's page is", async () => {
  const request = await createRequest(org.live, [{ type: "domain", identifier: freshDomain(), channel: "email" }]);
  await sendForm(request, "start", { channel: "email" });
  const id = (await readRequest(org.live, request.id)).assets[0].verification_id;
  const { message } = await world.inbox.code(id);
  const link = linkIn(message.text);
  const fields = { token: link.searchParams.get("token") };
  const reply = await fetch(link.origin + link.pathname, { method: "POST", body: new URLSearchParams(fields) });
  const page = await reply.text();
  assert.match(page, /Confirmed/);
  assert.ok(!page.includes(request.id));
});

test("a form left open in another tab answers, changes and sends nothing for a later challenge", async () => {
  const request = await createRequest(org.live, [{ type: "email" }]);
  await sendForm(request, "start", { channel: "email", identifier: freshEmail() });
  const first = (await readRequest(org.live, request.id)).assets[0].verification_id;
  assert.ok((await pageText(request)).includes(`name="verification" value="${first}"`));
  await sendForm(request, "start", { channel: "email", identifier: freshEmail() });
  const second = (await readRequest(org.live, request.id)).assets[0].verification_id;
  for (const step of ["submit", "resend", "change"]) {
    const reply = await sendForm(request, step, { verification: first, code: "000000" });
    assert.equal(reply.status, 409, step);
    assert.match(await reply.text(), /out of date/);
  }
  const now = await readRequest(org.live, request.id);
  assert.equal(now.assets[0].verification_id, second);
  assert.equal((await org.live.get(`verifications/${second}`)).expect(200).body.challenge.attempts_remaining, 5);
  assert.equal((await sendForm(request, "change", { verification: second })).status, 303);
});

test("the last beginning is not given up by a press of a button", async () => {
  const request = await createRequest(org.live, [{ type: "email" }]);
  for (let time = 1; time <= 5; time++) {
    const made = await sendForm(request, "start", { channel: "email", identifier: freshEmail() });
    assert.equal(made.status, 303, `${time}`);
    assert.equal((await pageText(request)).includes(`/assets/0/change"`), time < 5, `${time}`);
  }
  const reply = await sendForm(request, "change");
  assert.equal(reply.status, 409);
  assert.match(await reply.text(), /does not go together/);
  assert.equal((await readRequest(org.live, request.id)).assets[0].status, "in_progress");
});

test("the page's address goes nowhere, it is not framed, and nothing of it is kept", async () => {
  const request = await createRequest(org.test, [{ type: "email" }]);
  const reply = await fetch(request.page);
  assert.equal(reply.headers.get("referrer-policy"), "same-origin");
  assert.equal(reply.headers.get("cache-control"), "no-store");
  assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
  const policy = reply.headers.get("content-security-policy");
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'", "trusted-types proof-page"])
    assert.ok(policy.includes(part), `${part}: ${policy}`);
  assert.match(await reply.text(), /<meta name="robots" content="noindex">/);
});

test("strangers with the link may watch, twenty at a time, and take none of the tenant's streams", async () => {
  const acme = await world.organisation();
  const request = await createRequest(acme.live, [{ type: "email", identifier: freshEmail() }]);
  const stop = new AbortController();
  const open = [];
  for (let at = 0; at < 20; at++) open.push(await fetch(`${request.page}/events`, { signal: stop.signal }));
  for (const reply of open) assert.equal(reply.status, 200);
  assert.equal(open[0].headers.get("content-type").split(";")[0], "text/event-stream");
  const one = await fetch(`${request.page}/events`);
  assert.equal(one.status, 429);
  assert.ok(Number(one.headers.get("retry-after")) > 0);
  // The tenant's own ten are all there.
  const own = [];
  const key = { authorization: `Bearer ${acme.live.key}` };
  for (let at = 0; at < 10; at++) own.push(await fetch(`${world.url}/api/v1/verification-requests/${request.id}/events`, { headers: key, signal: stop.signal }));
  assert.deepEqual(
    own.map(({ status }) => status),
    Array(10).fill(200),
  );
  const told = new TextDecoder().decode((await open[0].body.getReader().read()).value);
  assert.ok(!told.includes(request.reference_id) && !told.includes("@"), told);
  stop.abort();
  const again = await eventually("room for others", async () => {
    const reply = await fetch(`${request.page}/events`);
    if (reply.status === 200) return reply;
    await reply.body?.cancel();
  });
  await again.body.cancel();
  assert.equal((await fetch(`${world.url}/verify/${freshId()}/events`)).status, 404);
  const by = await fetch(`${world.url}/api/v1/verification-requests/${request.id}/events`);
  assert.equal(by.status, 401, "the link opens the page's stream and no other");
});

test("a look is a colour and a radius, and nothing else gets into a stylesheet", async () => {
  const look = await fetch(`${world.url}/verify/brand/6b2fb3-4.css`);
  assert.equal(look.status, 200);
  assert.match(look.headers.get("content-type"), /^text\/css/);
  assert.equal(look.headers.get("cache-control"), "public, max-age=86400", "our own code may change what is made of it");
  for (const name of ["red;}-4.css", "6b2fb3-99.css", "6B2FB3-4.css", "%3C-4.css", "6b2fb3-4", "-.css", "none;-4.css"])
    assert.equal((await fetch(`${world.url}/verify/brand/${name}`)).status, 404, name);
  const acme = await world.organisation();
  (await acme.live.request("PATCH", "project", { body: { name: "Bright", branding: { accent: "#ffff00", radius: 0 } } })).expect(200);
  const request = await createRequest(acme.test, [{ type: "email" }]);
  const html = await pageText(request);
  assert.ok(html.includes("/verify/brand/ffff00-0.css") && html.includes("Bright"));
});
