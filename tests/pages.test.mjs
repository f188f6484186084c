// The pages in a real browser: no console error, no violation of their policy, no request to another
// host, nothing that axe objects to, on a phone and a desk, in light and in dark.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, isForAxe, screenshot, startBrowser } from "./harness/browser.mjs";
import { startWorld } from "./harness/world.mjs";
import { createEmail } from "./harness/steps.mjs";

let world;
let browser;
before(async () => {
  world = await startWorld();
  browser = await startBrowser(world.url);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

const VIEWS = [
  ["phone", PHONE],
  ["desktop", DESKTOP],
].flatMap(([device, viewport]) => ["light", "dark"].map((colorScheme) => ({ device, viewport, colorScheme })));

/** Visits a page in all four ways and looks for everything that a page must not do. */
async function everyView(name, path, look = async () => {}) {
  for (const view of VIEWS) {
    const { device, viewport, colorScheme } = view;
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      const response = await page.goto(world.url + path, { waitUntil: "networkidle" });
      assert.equal(response.status(), 200);
      await look(page);
      // Before the tools below, which put styles of their own into the page.
      watch.expectNone();
      await screenshot(page, `${name}-${device}-${colorScheme}`);
      if (isForAxe(view)) assert.deepEqual(await accessibilityProblems(page), [], `${name}, ${device}, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${name}, ${device}: ${overflow} px too wide`);
    });
  }
}

function policyOf(reply) {
  const policy = reply.headers.get("content-security-policy") ?? "";
  return Object.fromEntries(
    policy
      .split(";")
      .map((part) => part.trim().split(/\s+/))
      .filter(([name]) => name)
      .map(([name, ...values]) => [name, values]),
  );
}

for (const [name, path] of [
  ["docs", "/docs"],
  ["inbox", "/dev/inbox"],
]) {
  test(`${name}: its policy allows nothing from elsewhere and nothing inline`, async () => {
    const reply = (await world.anonymous.get(path)).expect(200);
    assert.match(reply.headers.get("content-type"), /^text\/html; ?charset=utf-8/i);
    const policy = policyOf(reply);
    assert.deepEqual(policy["default-src"], ["'none'"]);
    assert.deepEqual(policy["script-src"], ["'self'"]);
    assert.deepEqual(policy["style-src"], ["'self'"]);
    assert.deepEqual(policy["frame-ancestors"], ["'none'"]);
    assert.deepEqual(policy["base-uri"], ["'none'"]);
    assert.deepEqual(policy["require-trusted-types-for"], ["'script'"]);
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    assert.equal(reply.headers.get("referrer-policy"), "no-referrer");
    assert.ok(!/<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:|\sstyle=/i.test(reply.text), "no inline script or style");
    for (const [, address] of reply.text.matchAll(/(?:src|href)="(?!#|\/(?!\/)|data:image)([^"]*)"/g)) {
      assert.ok(
        /^https?:\/\//.test(address) &&
          !new RegExp(`(?:src|rel="stylesheet"[^>]*href)="${address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`).test(reply.text),
        `loads ${address}`,
      );
    }
    assert.match(reply.text, /<html[^>]* lang="en"/);
    assert.match(reply.text, /<meta[^>]* name="viewport"/);
  });
}

test("docs: every operation is there, and the page holds in every view", async () => {
  await everyView("docs", "/docs", async (page) => {
    const text = await page.evaluate(() => document.body.innerText);
    for (const { template } of world.contract.operations()) assert.ok(text.includes(template), `${template} is not on the page`);
    for (const code of ["invalid_identifier", "challenge_expired", "channel_not_configured", "rate_limited"])
      assert.ok(text.includes(code), code);
  });
});

test("docs: reads without any script", async () => {
  await browser.visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${world.url}/docs`);
    assert.ok((await page.textContent("body")).includes("/api/v1/verifications"));
  });
});

test("docs: links within the page lead somewhere, and the keyboard can follow them", async () => {
  await browser.visit({}, async (page, watch) => {
    await page.goto(`${world.url}/docs`);
    const dead = await page.evaluate(() =>
      [...document.querySelectorAll('a[href^="#"]')]
        .map((link) => link.getAttribute("href").slice(1))
        .filter((id) => id && !document.getElementById(decodeURIComponent(id))),
    );
    assert.deepEqual(dead, []);
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      return { tag: document.activeElement.tagName, seen: (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none" };
    });
    assert.notEqual(focused.tag, "BODY");
    assert.ok(focused.seen, "the focus can be seen");
    watch.expectNone();
  });
});

test("the first view of the docs weighs little", async () => {
  await browser.visit({ viewport: PHONE }, async (page) => {
    const loaded = [];
    page.on("response", (response) => loaded.push(response.body().then((body) => gzipSync(body).length)));
    await page.goto(`${world.url}/docs`, { waitUntil: "networkidle" });
    const weight = (await Promise.all(loaded)).reduce((sum, one) => sum + one, 0);
    assert.ok(weight <= 60 * 1024, `${weight} bytes over the wire`);
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value))).observe({
            type: "layout-shift",
            buffered: true,
          });
          setTimeout(() => resolve(sum), 200);
        }),
    );
    assert.ok(shift < 0.01, `layout shift ${shift}`);
  });
});

test("inbox: empty it says what to do", async () => {
  await everyView("inbox-empty", "/dev/inbox");
});

test("inbox: messages are there with their codes, and what they say stays text", async () => {
  const org = await world.organisation({ name: '<img src=x onerror="alert(1)"></pre><script>alert(2)</script>' });
  const made = await createEmail(org.live);
  const { code } = await world.inbox.code(made.id);
  await everyView("inbox", "/dev/inbox", async (page) => {
    const text = await page.evaluate(() => document.body.innerText);
    assert.ok(text.includes(code));
    assert.ok(text.includes(made.identifier));
    assert.equal(await page.locator("img[src=x], script:not([src])").count(), 0);
  });
  await browser.visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page, watch) => {
    await page.goto(`${world.url}/dev/inbox`);
    const button = page.locator("button", { hasText: "Copy" }).first();
    const box = await button.boundingBox();
    assert.ok(box.height >= 44 && box.width >= 44, `${box.width}×${box.height} px to touch`);
    await button.click();
    await page.getByText("Copied").first().waitFor({ timeout: 3_000 });
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), code);
    watch.expectNone();
  });
});
