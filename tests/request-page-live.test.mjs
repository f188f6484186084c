// The page of a request while it is open: what happens within a challenge, what the server cannot do,
// scripts that do not come, two tabs, the end, and requests of which some is enough.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { PHONE, screenshot, startBrowser } from "./harness/browser.mjs";
import { startLanding } from "./harness/landing.mjs";
import { eventually } from "./harness/poll.mjs";
import { VIEWS, begin, card, createRequest, looksRight, pageText, readRequest, says, sendForm } from "./harness/request-page.mjs";
import { freshDomain, freshEmail, otherCode } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world, browser, landing, org;
before(async () => {
  landing = await startLanding();
  world = await startWorld();
  browser = await startBrowser(world.url, { hosts: landing.hosts });
  org = await world.organisation({ name: "Acme Payments" });
  (await org.live.request("PATCH", "project", { body: { redirect_urls: [`${landing.origin}/done`] } })).expect(200);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
  await landing?.stop();
});

const codeOf = async (request, index = 0) => {
  const id = (await readRequest(org.live, request.id)).assets[index].verification_id;
  return (await world.inbox.code(id)).code;
};
/** Enters the code, once the page asks for it: before that there is none, or an earlier one. */
async function answer(page, request, index) {
  const field = card(page, index).getByLabel("Code");
  await field.waitFor();
  await field.fill(await codeOf(request, index));
  await page.keyboard.press("Enter");
}
/** An e-mail address whose code is on its way. */
async function asked(overrides) {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }], overrides);
  await sendForm(request, "start", { channel: "email" });
  return { ...request, code: await codeOf(request) };
}
const isForm = (route) => route.request().method() === "POST";
/** Whatever was to be shown is. */
const painted = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.outerHTML.slice(0, 60));

test("what happens within a challenge appears by itself, and disturbs no typing", async () => {
  const request = await asked();
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.clock.install();
    await page.goto(request.page);
    const field = card(page, 0).getByLabel("Code");
    await field.pressSequentially("123");
    await page.keyboard.press("ArrowLeft");
    assert.equal((await sendForm(request, "submit", { code: otherCode(request.code) })).status, 400);
    await page.clock.fastForward(15_000);
    await card(page, 0).getByText(says("4 tries left")).waitFor();
    await page.keyboard.type("9");
    assert.equal(await field.inputValue(), "1293", "the caret is where it was");
    watch.expectNone();
  });
});

test("what was wrong stays said while nothing else happens, and goes when a form is sent", async () => {
  const request = await asked();
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.clock.install();
    await page.goto(request.page);
    const field = card(page, 0).getByLabel("Code");
    await field.fill(otherCode(request.code));
    await page.keyboard.press("Enter");
    await card(page, 0).getByText("not right").waitFor();
    for (let look = 0; look < 3; look++) {
      const answer = page.waitForResponse((reply) => reply.url() === request.page);
      await page.clock.fastForward(15_000);
      await (await answer).finished();
      await painted(page);
    }
    assert.ok(await card(page, 0).getByText("not right").isVisible());
    await card(page, 0).getByRole("button", { name: "Send a new code" }).click();
    await card(page, 0).getByText(says("Try again in a minute")).waitFor();
    assert.equal(await card(page, 0).getByText("not right").count(), 0);
    assert.equal(await field.getAttribute("aria-invalid"), null, "a message is not the code's fault");
    assert.match(await focused(page), /data-wrong/);
  });
});

test("a form that meets no answer leaves the page and what was typed", async () => {
  const request = await asked();
  const notice = await pageText({ page: `${world.url}/verify/nothing` });
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.goto(request.page);
    const field = card(page, 0).getByLabel("Code");
    for (const [status, words] of [
      [503, "Something does not answer"],
      [429, "too much in too short a time"],
    ]) {
      await page.route("**/assets/0/submit*", (route) => (isForm(route) ? route.fulfill({ status, contentType: "text/html", body: notice }) : route.continue()));
      await field.fill(request.code);
      await page.keyboard.press("Enter");
      await page.getByText(words).waitFor();
      assert.equal(await field.inputValue(), request.code);
      await screenshot(page, `request-held-up-${status}`);
      await page.unroute("**/assets/0/submit*");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();
    assert.equal(await page.getByText("too much in too short a time").isVisible(), false);
  });
});

test("a look that failed is made again", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.clock.install();
    await page.goto(request.page);
    let looks = 0;
    await page.route(request.page, (route) => (looks++ ? route.continue() : route.fulfill({ status: 503, body: "" })));
    const failed = page.waitForResponse((reply) => reply.url() === request.page && reply.status() === 503);
    await sendForm(request, "start", { channel: "email" });
    await (await failed).finished();
    await painted(page);
    await page.clock.fastForward(5_000);
    await card(page, 0).getByLabel("Code").waitFor();
  });
});

test("what happens between the page and its stream is not missed", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    let changed;
    const change = new Promise((resolve) => (changed = resolve));
    await page.route("**/events", async (route) => {
      await change;
      await route.continue();
    });
    await page.goto(request.page);
    await sendForm(request, "start", { channel: "email" });
    changed();
    await card(page, 0).getByLabel("Code").waitFor();
    watch.expectNone();
  });
});

test("an old tab is told that it is out of date", async () => {
  const request = await createRequest(org.live, [{ type: "email" }]);
  await sendForm(request, "start", { channel: "email", identifier: freshEmail() });
  await browser.visit({ viewport: PHONE }, async (page) => {
    // The tab hears of nothing: its stream never begins.
    await page.route("**/events", () => {});
    await page.goto(request.page);
    await card(page, 0).getByLabel("Code").fill("123456");
    const other = freshEmail();
    await sendForm(request, "start", { channel: "email", identifier: other });
    const look = page.waitForResponse((reply) => reply.url() === request.page);
    await page.keyboard.press("Enter");
    await page.getByText("This page was out of date").waitFor();
    await card(page, 0).getByText(other).first().waitFor();
    await (await look).finished();
    await painted(page);
    assert.ok(await page.getByText("This page was out of date").isVisible(), "until something else happens");
    await screenshot(page, "request-out-of-date");
  });
});

test("the end is said aloud and shown; nobody is led back twice, or who stays", async () => {
  const request = await asked({ redirect_url: `${landing.origin}/done` });
  await browser.visit({ viewport: PHONE, ignoreHTTPSErrors: true }, async (page, watch) => {
    await page.goto(request.page);
    await card(page, 0).getByLabel("Code").fill(request.code);
    await page.keyboard.press("Enter");
    const link = page.getByRole("link", { name: says("Back to Acme Payments") });
    await link.waitFor();
    assert.equal(await page.locator("#page-status").textContent(), "It is proven");
    assert.equal(await link.evaluate((one) => one === document.activeElement), true);
    const stay = page.getByRole("button", { name: "Stay here" });
    assert.ok(await stay.isVisible() && (await page.getByText("You are taken back").isVisible()));
    assert.ok(Number(await link.getAttribute("data-return-after")) >= 20, "time to say no");
    await stay.click();
    assert.equal(await page.getByText("You are taken back").isVisible(), false);
    await page.reload();
    await link.waitFor();
    assert.equal(await stay.isVisible(), false, "nor when it is opened again in this tab");
    watch.expectNone();
  });
});

test("scripts that do not come: nothing is promised, nothing is dead", async () => {
  const request = await createRequest(org.live, [{ type: "domain", identifier: freshDomain(), channel: "dns" }]);
  await sendForm(request, "start", { channel: "dns" });
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.goto(request.page);
    assert.equal(await page.getByText("This page does not change by itself").isVisible(), false);
    assert.ok(await card(page, 0).locator("[data-copy]").first().isVisible());
  });
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.route("**/static/*.js", (route) => route.abort());
    await page.goto(request.page);
    await page.getByText("This page does not change by itself").waitFor();
    assert.equal(await card(page, 0).locator("[data-copy]").first().isVisible(), false);
    await screenshot(page, "request-scripts-blocked");
  });
});

for (const { device, viewport, colorScheme } of VIEWS) {
  test(`some of it is enough, and the page says how much (${device}, ${colorScheme})`, async () => {
    const request = await createRequest(org.live, [{ type: "email", required: true }, { type: "email" }, { type: "domain" }], { policy: { any: 2 } });
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      await page.goto(request.page);
      await page.getByRole("heading", { level: 1, name: says("Prove that 2 of these 3 things are yours") }).waitFor();
      await page.getByText(says("Any 2 of these 3 are enough.")).waitFor();
      assert.equal(await page.getByText("optional", { exact: true }).count(), 0);
      assert.equal(await page.getByText("required", { exact: true }).count(), 1);
      await page.getByText(says("0 of 2 proven")).first().waitFor();
      await card(page, 1).getByLabel("Your e-mail address").fill(freshEmail());
      await begin(page, 1);
      await answer(page, request, 1);
      await page.getByText(says("1 of 2 proven")).first().waitFor();
      await looksRight(page, watch, `request-choice-${device}-${colorScheme}`);
    });
  });
}

test("what was withdrawn can be proven again", async () => {
  const request = await createRequest(org.live, [{ type: "email", identifier: freshEmail() }, { type: "email", identifier: freshEmail() }]);
  await sendForm(request, "start", { channel: "email" });
  await sendForm(request, "submit", { code: await codeOf(request) });
  const first = (await readRequest(org.live, request.id)).assets[0].verification_id;
  (await org.live.post(`proofs/${first}/revoke`, { reason: "user_request" })).expect(200);
  await eventually("the withdrawal", async () => (await readRequest(org.live, request.id)).assets[0].status === "revoked");
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await card(page, 0).getByText("It no longer counts").waitFor();
    await looksRight(page, watch, "request-withdrawn");
    await card(page, 0).getByRole("button", { name: "Begin again" }).click();
    await answer(page, request, 0);
    await card(page, 0).getByText("Proven", { exact: true }).waitFor();
    watch.expectNone();
  });
});
