// What tests of a request's page do first: make a request, look at its page in all four ways, send its
// forms without a browser.
import assert from "node:assert/strict";
import { DESKTOP, PHONE, accessibilityProblems, screenshot } from "./browser.mjs";
import { random } from "./steps.mjs";

export const VIEWS = [
  ["phone", PHONE],
  ["desktop", DESKTOP],
].flatMap(([device, viewport]) => ["light", "dark"].map((colorScheme) => ({ device, viewport, colorScheme })));

/** A new request; its page is at `page`. */
export async function createRequest(client, assets, overrides = {}) {
  const made = (await client.post("verification-requests", { assets, reference_id: `order-${random()}`, ...overrides })).expect(201).body;
  return { ...made, page: made.verification_url };
}

export const readRequest = async (client, id) => (await client.get(`verification-requests/${id}`)).expect(200).body;

/** These words, whatever keeps apart the directions of writing among them. */
export const says = (text) => {
  const words = text.split(" ").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("[\u2066-\u2069]* [\u2066-\u2069]*"));
};

/** One asset's card on the page. */
export const card = (page, index) => page.locator(`#asset-${index}`);

/** Presses the button that begins with an asset, choosing a way if there are several. */
export async function begin(page, index, channel) {
  if (channel) {
    const choice = card(page, index).locator(`input[type=radio][value=${channel}]`);
    if (await choice.count()) await choice.check();
  }
  await card(page, index).getByRole("button", { name: /^(Begin|Pradėti)/ }).click();
}

/** What no page may have, whatever it shows; and a picture of it. */
export async function looksRight(page, watch, name) {
  watch?.expectNone();
  // The mark draws itself once; a picture of half of it shows nothing.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));
  await screenshot(page, name);
  assert.deepEqual(await accessibilityProblems(page), [], name);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("main button, main a.button, main input:not([type=radio]), main label.choice, main summary")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => `${one.tagName} ${one.textContent.trim()} ${Math.round(one.getBoundingClientRect().height)}`),
  );
  assert.deepEqual(small, [], `${name}: too small to touch`);
}

/** Sends one of the page's forms as a browser would. */
export function sendForm(request, step, fields = {}, { index = 0, headers = {}, ...options } = {}) {
  const url = new URL(request.page);
  return fetch(`${url.origin}${url.pathname}/assets/${index}/${step}`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(fields),
    headers: { origin: url.origin, ...headers },
    ...options,
  });
}

export const pageText = async (request, options) => (await fetch(request.page, options)).text();
