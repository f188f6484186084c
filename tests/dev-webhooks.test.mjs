// The receiver of webhooks on a developer's machine: what happens is heard of, believed by the published
// library, and can be made to fail.
import assert from "node:assert/strict";
import { demoRequest } from "../xtask/runner/demo.mjs";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, screenshot } from "./harness/browser.mjs";
import { startDeveloper } from "./harness/developer.mjs";
import { eventually } from "./harness/poll.mjs";

let developer;
let world;
let browser;
let demo;
before(async () => {
  developer = await startDeveloper();
  ({ world, browser, demo } = developer);
});
after(() => developer?.stop());

const open = (viewport, colorScheme, body) =>
  browser.visit({ viewport, colorScheme }, async (page, watch) => {
    page.setDefaultTimeout(5_000);
    await page.goto(`${world.url}/dev/webhooks`);
    await body(page);
    watch.expectNone();
  });

/** Looks again and again until a delivery shows these words. */
const arrival = (page, ...words) =>
  eventually(words.join(", "), async () => {
    await page.goto(`${world.url}/dev/webhooks`);
    const cards = await page.locator(".messages > li").allInnerTexts();
    return cards.find((card) => words.every((word) => card.includes(word)));
  });

async function look(page, name) {
  await screenshot(page, name);
  assert.deepEqual(await accessibilityProblems(page), [], name);
}

const endpoint = async () => (await demo.test.get("webhook-endpoints")).expect(200).body.data[0];
const press = (page, name) => page.getByRole("button", { name }).click();

test("nothing has arrived yet", () => open(PHONE, "light", (page) => look(page, "webhooks-empty")));

test("registering again changes nothing", async () => {
  await developer.connect();
  for (const client of [demo.live, demo.test]) {
    assert.equal((await client.get("webhook-endpoints")).expect(200).body.data.length, 1);
  }
});

test("a test event arrives and is believed", () =>
  open(PHONE, "light", async (page) => {
    await press(page, "Send a test event");
    await arrival(page, "webhook_endpoint.test", "Signature right", "Answered 200");
    await page.locator("summary").first().click();
    await look(page, "webhooks-phone");
  }));

test("what completes is heard of", () =>
  open(DESKTOP, "dark", async (page) => {
    const request = { type: "email", channel: "email", identifier: "somebody@example.com" };
    const { id, challenge } = (await demo.test.post("verifications", request)).expect(201).body;
    (await demo.test.post(`verifications/${id}/submit`, { challenge_code: challenge.code })).expect(200);
    await arrival(page, "verification.completed", "Signature right");
    assert.match(await page.locator("li.card").first().textContent(), new RegExp(id));
    await look(page, "webhooks-desktop");
  }));

test("a rotated secret is believed as well", () =>
  open(PHONE, "light", async (page) => {
    (await demo.test.post(`webhook-endpoints/${(await endpoint()).id}/rotate-secret`, {})).expect(200);
    await press(page, "Send a test event");
    await arrival(page, "webhook_endpoint.test", "Signature right");
  }));

test("told to break, it answers 500, and told to take, 200", () =>
  open(PHONE, "dark", async (page) => {
    await press(page, "Choose: Break: 500");
    await press(page, "Send a test event");
    await arrival(page, "webhook_endpoint.test", "Answered 500");
    await look(page, "webhooks-broken");
    await press(page, "Choose: Take it: 200");
    await press(page, "Send a test event");
    await arrival(page, "webhook_endpoint.test", "Answered 200");
  }));

test("told to be gone, the endpoint is switched off, and on again when it takes", () =>
  open(PHONE, "light", async (page) => {
    await press(page, "Choose: Be gone: 410");
    await press(page, "Send a test event");
    await arrival(page, "webhook_endpoint.test", "Answered 410");
    await eventually("the endpoint is off", async () => (await endpoint()).status === "disabled");
    await press(page, "Choose: Take it: 200");
    await page.getByText("Now").waitFor();
    assert.equal((await endpoint()).status, "enabled");
  }));

test("the page of the demo request opens", () =>
  browser.visit({ viewport: PHONE }, async (page, watch) => {
    const answer = await page.goto(await demoRequest(world, { test_key: demo.test.key }));
    assert.equal(answer.status(), 200);
    await page.getByText("Open an account").first().waitFor();
    watch.expectNone();
  }));
