// A person on the page of a request, in a real browser: three assets from the first look to the way
// back, and every state in between. E-mail comes by the inbox, the domain's record from a real DNS
// server, the signature from a published library behind an injected wallet; a receiver hears of the end.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ethereum } from "../xtask/runner/peers/wallets.mjs";
import { after, before, test } from "./harness/test.mjs";
import { PHONE, screenshot, startBrowser } from "./harness/browser.mjs";
import { txt } from "./harness/dns.mjs";
import { startLanding } from "./harness/landing.mjs";
import { eventually } from "./harness/poll.mjs";
import { VIEWS, begin, card, createRequest, looksRight, pageText, readRequest, says, sendForm } from "./harness/request-page.mjs";
import { register, startReceiver, verifiedByNode } from "./harness/receiver.mjs";
import { freshDomain, freshEmail, freshId, freshPhone, otherCode } from "./harness/steps.mjs";
import { withEthereum } from "./harness/wallets-in-page.mjs";
import { startWorld } from "./harness/world.mjs";

let world, browser, landing;
before(async () => {
  landing = await startLanding();
  world = await startWorld({ dns: true });
  browser = await startBrowser(world.url, { hosts: landing.hosts });
});
after(async () => {
  await browser?.stop();
  await world?.stop();
  await landing?.stop();
});

const PURPOSE = { title: "Open a business account", description: "We check that the shop and its contact are yours before you can take payments." };

/** An organisation whose pages lead back to the landing page. */
async function shop(name = "Acme Payments") {
  const org = await world.organisation({ name });
  (await org.live.request("PATCH", "project", { body: { redirect_urls: [`${landing.origin}/done`], branding: { accent: "#6b2fb3" } } })).expect(200);
  return org;
}

/** A name of its own for each view: what is published for one would be in the way of the next. */
const ENDINGS = { "phone-light": "com", "phone-dark": "net", "desktop-light": "org", "desktop-dark": "uk" };

const shown = (page, id) => page.evaluate((id) => document.getElementById(id)?.textContent, id);
const verificationOf = async (org, request, index) => (await readRequest(org.live, request.id)).assets[index].verification_id;

/** The newest code in the inbox of one asset. */
async function codeOf(org, request, index, count = 1) {
  const id = await verificationOf(org, request, index);
  return (await world.inbox.code(id, count)).code;
}

for (const { device, viewport, colorScheme } of VIEWS) {
  test(`e-mail, domain and wallet, to the end and back (${device}, ${colorScheme})`, async () => {
    const org = await shop();
    const wallet = ethereum();
    const receiver = await startReceiver(world);
    const { secret } = await register(org.live, receiver.url, { events: ["verification_request.completed"] });
    // Names that look well in the README's pictures.
    const shopDomain = `harbour-books.${ENDINGS[`${device}-${colorScheme}`]}`;
    const email = `orders@${shopDomain}`;
    const assets = [
      { type: "email", identifier: email },
      { type: "domain", identifier: shopDomain, allowed_channels: ["dns"] },
      { type: "wallet", channel: "ethereum", identifier: wallet.address },
    ];
    const request = await createRequest(org.live, assets, { action_context: PURPOSE, redirect_url: `${landing.origin}/done?cart=7` });
    const name = (state) => `request-${state}-${device}-${colorScheme}`;
    await browser.visit({ viewport, colorScheme, ignoreHTTPSErrors: true }, async (page, watch) => {
      const signed = await withEthereum(page, wallet);
      await page.goto(request.page);
      await page.getByText(PURPOSE.title).waitFor();
      const text = await page.evaluate(() => document.body.innerText);
      assert.ok(text.includes("Acme Payments") && says("0 of 3 proven").test(text));
      assert.ok(!text.includes(email), "where the code goes is masked until it is proven");
      await looksRight(page, watch, name("open"));

      await begin(page, 0);
      await card(page, 0).getByLabel("Code").waitFor();
      const code = await codeOf(org, request, 0);
      await card(page, 0).getByLabel("Code").fill(otherCode(code));
      await card(page, 0).getByRole("button", { name: "Confirm" }).click();
      await card(page, 0).getByText(says("4 tries left")).waitFor();
      assert.equal(await card(page, 0).getByLabel("Code").getAttribute("aria-invalid"), "true");
      const described = await card(page, 0).getByLabel("Code").getAttribute("aria-describedby");
      assert.match(await shown(page, described.split(" ").at(-1)), /not right/, "the error is tied to its field");
      watch.trouble.splice(0); // The browser itself notes the 400 in its console.
      await looksRight(page, watch, name("wrong-code"));
      await card(page, 0).getByLabel("Code").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
      await page.keyboard.press("Enter");
      await card(page, 0).getByText("Proven", { exact: true }).waitFor();
      await page.getByText(says("1 of 3 proven")).first().waitFor();
      assert.ok((await card(page, 0).innerText()).includes(email), "and in full after that");

      await begin(page, 1);
      await card(page, 1).getByText("proof-verify=").first().waitFor();
      await card(page, 1).getByRole("button", { name: "Check now" }).click();
      await card(page, 1).getByText("The record is not there yet").waitFor();
      await looksRight(page, watch, name("domain"));
      const record = (await org.live.get(`verifications/${await verificationOf(org, request, 1)}`)).expect(200).body.challenge.dns_record;
      assert.ok((await card(page, 1).innerText()).includes(record.value));
      await world.dns.publish({ name: record.name, type: "TXT", data: txt(record.value) });
      const proven = page.getByText(says("2 of 3 proven")).first();
      // A resolver may take its time; whoever waits presses again.
      await eventually("the record is seen", async () => {
        if (await proven.isVisible()) return true;
        await card(page, 1).getByRole("button", { name: "Check now" }).click({ timeout: 2_000 });
        const text = await card(page, 1).innerText();
        await proven.waitFor({ timeout: 5_000 }).catch(() => assert.fail(text));
        return true;
      }, { within: 20_000 });

      await begin(page, 2);
      await card(page, 2).getByRole("button", { name: says("Sign with Test Wallet") }).waitFor();
      await looksRight(page, watch, name("wallet"));
      await card(page, 2).getByRole("button", { name: says("Sign with Test Wallet") }).click();
      await page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();
      assert.equal(signed.length, 1, "the wallet was asked once");
      assert.ok(signed[0].text.includes(wallet.address), "and for the text on the page");
      await looksRight(page, watch, name("completed"));
      const link = page.getByRole("link", { name: says("Back to Acme Payments") });
      assert.ok(await link.isVisible(), "the way back is there at once");
      // Waiting to be led there once is enough; a test of its own tells when the page does not.
      if (device === "desktop" || colorScheme === "dark") await link.click();
      await page.waitForURL(`${landing.origin}/**`, { timeout: 30_000 });
      await page.getByRole("heading", { name: "Welcome back" }).waitFor();
      watch.expectNone();
    });
    const visit = landing.visits.findLast(({ url }) => url.includes(request.id));
    const query = Object.fromEntries(new URL(visit.url).searchParams);
    assert.deepEqual(query, { cart: "7", verification_request_id: request.id, status: "completed", reference_id: request.reference_id });
    assert.equal(visit.referer, undefined, "the page's own address is told to nobody");
    const done = await readRequest(org.live, request.id);
    assert.equal(done.status, "completed");
    assert.deepEqual(
      done.assets.map(({ status }) => status),
      ["verified", "verified", "verified"],
    );
    await receiver.events(1);
    const [call] = receiver.calls;
    const event = verifiedByNode(secret, call);
    assert.deepEqual([event.event, event.status, event.request_id, event.id], ["verification_request.completed", "completed", request.id, call.headers["webhook-id"]]);
    assert.deepEqual(
      event.proofs.map(({ identifier, proof_token }) => [identifier, proof_token]),
      done.assets.map(({ identifier, proof }) => [identifier, proof.token]),
      "the receiver has the three proofs, checked by the published library",
    );
  });
}

test("what happens elsewhere appears by itself, and what somebody is typing stays", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [
    { type: "email", identifier: freshEmail() },
    { type: "email", identifier: freshEmail() },
  ]);
  for (const index of [0, 1]) assert.equal((await sendForm(request, "start", { channel: "email" }, { index })).status, 303);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await card(page, 1).getByLabel("Code").fill("12");
    const code = await codeOf(org, request, 0);
    assert.equal((await sendForm(request, "submit", { code })).status, 303);
    await page.getByText(says("1 of 2 proven")).first().waitFor();
    await card(page, 0).getByText("Proven", { exact: true }).waitFor();
    assert.equal(await card(page, 1).getByLabel("Code").inputValue(), "12");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "asset-1-code", "and the cursor where it is");
    assert.match(await page.locator("#page-status").textContent(), says("1 of 2 proven"), "said aloud too");
    watch.expectNone();
  });
});

test("offline it says so, and goes on by itself", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.goto(request.page);
    assert.equal(await page.locator("#offline").isVisible(), false);
    await page.context().setOffline(true);
    await page.getByText("You are offline").waitFor();
    await looksRight(page, undefined, "request-offline");
    assert.equal((await sendForm(request, "start", { channel: "email" })).status, 303);
    await page.context().setOffline(false);
    await card(page, 0).getByLabel("Code").waitFor();
    await page.locator("#offline").waitFor({ state: "hidden" });
  });
});

test("without any script: begun, answered wrongly, then rightly, and done", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email" }], { redirect_url: `${landing.origin}/done` });
  const email = freshEmail();
  await browser.visit({ viewport: PHONE, javaScriptEnabled: false, ignoreHTTPSErrors: true }, async (page) => {
    await page.goto(request.page);
    await card(page, 0).getByLabel("Your e-mail address").fill("not an address");
    await page.getByRole("button", { name: "Begin" }).click({ noWaitAfter: true });
    // A browser may refuse to send it; what it lets through is refused by us, at the field.
    assert.equal((await sendForm(request, "start", { channel: "email", identifier: "a@b" })).status, 400);
    await page.goto(request.page);
    await card(page, 0).getByLabel("Your e-mail address").fill(email);
    await begin(page, 0);
    await card(page, 0).getByLabel("Code").waitFor();
    const code = await codeOf(org, request, 0);
    await card(page, 0).getByLabel("Code").fill(otherCode(code));
    await card(page, 0).getByRole("button", { name: "Confirm" }).click();
    await card(page, 0).getByText(says("4 tries left")).waitFor();
    await screenshot(page, "request-no-script");
    await card(page, 0).getByLabel("Code").fill(code);
    await card(page, 0).getByRole("button", { name: "Confirm" }).click();
    await eventually("the end", async () => {
      await page.goto(request.page);
      return (await page.getByRole("heading", { level: 1 }).textContent()).includes("It is proven");
    });
    await page.getByRole("link", { name: /^Back to/ }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });
});

test("all tries used: said at once, and begun again with a new code", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await begin(page, 0);
    const field = card(page, 0).getByLabel("Code");
    await field.waitFor();
    const code = await codeOf(org, request, 0);
    for (let left = 4; left >= 1; left--) {
      await field.fill(otherCode(code));
      await page.keyboard.press("Enter");
      await card(page, 0).getByText(says(left === 1 ? "1 try left" : `${left} tries left`)).first().waitFor();
    }
    await field.fill(otherCode(code));
    await page.keyboard.press("Enter");
    await card(page, 0).getByRole("button", { name: "Begin again" }).waitFor();
    watch.trouble.splice(0); // The browser notes each 400 in its console.
    await looksRight(page, watch, "request-tries-used");
    await card(page, 0).getByRole("button", { name: "Begin again" }).click();
    await field.waitFor();
    const next = await eventually("a new code", async () => {
      const id = await verificationOf(org, request, 0);
      const { code } = await world.inbox.code(id);
      return code;
    });
    await field.fill(next);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();
    watch.expectNone();
  });
});

test("another way, another asset: back and chosen anew; a new code when none came", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email" }]);
  const [wrong, right] = [freshEmail(), freshEmail()];
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    const name = card(page, 0).getByLabel("Your e-mail address");
    await name.fill(wrong);
    await begin(page, 0);
    await card(page, 0).getByText(wrong).first().waitFor();
    await card(page, 0).getByRole("button", { name: "Change" }).click();
    await name.fill(right);
    await begin(page, 0);
    await card(page, 0).getByText(right).first().waitFor();
    await card(page, 0).getByRole("button", { name: "Send a new code" }).click();
    // Thirty seconds are between two messages.
    await card(page, 0).getByText(says("Try again in a minute")).waitFor();
    watch.trouble.splice(0);
    await looksRight(page, watch, "request-resend-too-soon");
    await card(page, 0).getByLabel("Code").fill(await codeOf(org, request, 0));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();
    watch.expectNone();
  });
  const { proofs, assets } = await readRequest(org.live, request.id);
  assert.equal((proofs ?? assets)[0].identifier, right);
});

test("the end of other kinds: cancelled, unknown, in every view", async () => {
  const org = await shop("Northern Tests Savings and Loan Association");
  const cancelled = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }], { redirect_url: `${landing.origin}/done` });
  (await org.live.request("DELETE", `verification-requests/${cancelled.id}`)).expect(200);
  const states = [
    ["cancelled", cancelled.page, 200, "This is no longer asked"],
    ["unknown", `${world.url}/verify/${freshId()}`, 404, "This link leads nowhere"],
    ["cut", cancelled.page.slice(0, -1), 404, "This link leads nowhere"],
  ];
  for (const { device, viewport, colorScheme } of VIEWS) {
    for (const [state, address, status, title] of states) {
      await browser.visit({ viewport, colorScheme }, async (page, watch) => {
        const response = await page.goto(address);
        assert.equal(response.status(), status);
        await page.getByRole("heading", { level: 1, name: title }).waitFor();
        if (status !== 200) watch.trouble.splice(0); // The browser itself notes the 404 in its console.
        await looksRight(page, watch, `request-${state}-${device}-${colorScheme}`);
      });
    }
  }
  const before = await (await fetch(`${world.url}/verify/${freshId()}`)).text();
  const other = await (await fetch(`${world.url}/verify/${freshId()}/assets/0/start`, { method: "POST" })).text();
  assert.equal(before, other, "an unknown request and a form for one look alike");
});

test("a cancelled request says so while the page is open, and its codes stop working", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await sendForm(request, "start", { channel: "email" });
  const code = await codeOf(org, request, 0);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await card(page, 0).getByLabel("Code").waitFor();
    (await org.live.request("DELETE", `verification-requests/${request.id}`)).expect(200);
    await page.getByRole("heading", { level: 1, name: "This is no longer asked" }).waitFor();
    watch.expectNone();
  });
  await eventually("the code is dead", async () => (await sendForm(request, "submit", { code })).status !== 200);
  assert.equal((await readRequest(org.live, request.id)).status, "cancelled");
});

test("a phone: the link first, the code to copy, the picture to scan; in Lithuanian too", async () => {
  const org = await world.organisation({ name: "Ąžuolas" });
  const request = await createRequest(org.test, [
    { type: "phone", identifier: freshPhone() },
    { type: "social", channel: "github", identifier: "octocat" },
    { type: "domain", identifier: freshDomain() },
    { type: "wallet", channel: "bitcoin" },
    { type: "telegram_bot", identifier: "110201543" },
  ]);
  for (const locale of ["en-GB", "lt-LT"]) {
    await browser.visit({ viewport: PHONE, locale }, async (page, watch) => {
      await page.goto(request.page);
      await looksRight(page, watch, `request-many-${locale}`);
    });
  }
  await browser.visit({ viewport: PHONE, permissions: ["clipboard-read", "clipboard-write"] }, async (page, watch) => {
    await page.goto(request.page);
    await begin(page, 0, "whatsapp");
    const link = card(page, 0).getByRole("link", { name: says("Open WhatsApp") });
    await link.waitFor();
    const [above, below] = [await link.boundingBox(), await card(page, 0).locator(".qr-picture").boundingBox()];
    assert.ok(above.y < below.y, "on a phone the link comes first");
    assert.ok(below.width >= 192, `${below.width} px wide`);
    await card(page, 0).getByRole("button", { name: "Copy" }).first().click();
    await card(page, 0).getByText("Copied").first().waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok((await link.getAttribute("href")).endsWith(copied), "the code is what the link carries");
    await begin(page, 1);
    const away = await card(page, 1).getByRole("link", { name: says("Continue to GitHub") }).getAttribute("href");
    assert.match(away, /\/connect\/[0-9a-f]{24}\?key=/);
    await looksRight(page, watch, "request-phone-code");
  });
});

test("signing in somewhere leads back to the page", async () => {
  const org = await world.organisation();
  const request = await createRequest(org.test, [
    { type: "social", channel: "github", identifier: "octocat" },
    { type: "email", identifier: freshEmail() },
  ]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await begin(page, 0);
    await card(page, 0).getByRole("link", { name: says("Continue to GitHub") }).click();
    await page.getByRole("button", { name: "Complete the test" }).click();
    await page.getByRole("link", { name: "Back to the page" }).click();
    await page.getByText(says("1 of 2 proven")).first().waitFor();
    watch.expectNone();
  });
});

test("the link in an e-mail leads back to the page", async () => {
  const org = await shop();
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await sendForm(request, "start", { channel: "email" });
  const { message } = await world.inbox.code(await verificationOf(org, request, 0));
  const link = /https?:\S+\/confirm\/email\/\S+/.exec(message.text)[0];
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(link);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("link", { name: "Back to the page" }).click();
    await page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();
    watch.expectNone();
  });
});

test("the first view weighs little, moves nothing and asks nobody else", async () => {
  const org = await shop();
  const request = await createRequest(
    org.live,
    [
      { type: "email", identifier: freshEmail() },
      { type: "domain", identifier: freshDomain() },
      { type: "wallet", channel: "ethereum" },
    ],
    { action_context: PURPOSE },
  );
  for (const index of [0, 1]) await sendForm(request, "start", { channel: ["email", "dns"][index] }, { index });
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    const loaded = [];
    page.on("response", (response) => {
      if (!response.url().endsWith("/events")) loaded.push(response.body().then((body) => [response.url(), gzipSync(body).length]));
    });
    await page.goto(request.page, { waitUntil: "load" });
    await card(page, 1).getByText("proof-verify=").first().waitFor();
    const sizes = await Promise.all(loaded);
    const weight = sizes.reduce((sum, [, size]) => sum + size, 0);
    const { shift, interactive } = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value))).observe({
            type: "layout-shift",
            buffered: true,
          });
          const [{ domInteractive }] = performance.getEntriesByType("navigation");
          setTimeout(() => resolve({ shift: sum, interactive: Math.round(domInteractive) }), 500);
        }),
    );
    console.log(`request page: ${weight} bytes over the wire, layout shift ${shift}, interactive after ${interactive} ms`);
    assert.ok(weight <= 60 * 1024, `${weight} bytes over the wire: ${JSON.stringify(sizes)}`);
    assert.ok(shift < 0.01, `layout shift ${shift}`);
    watch.expectNone();
  });
  const html = await pageText(request);
  assert.ok(!/<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:|\sstyle=/i.test(html), "nothing inline");
});
