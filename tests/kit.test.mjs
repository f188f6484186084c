// The kit in a real browser: every part and every state of a page, on a phone and a desk, in light and
// in dark, in both languages, from right to left and in a tenant's colours. axe finds nothing, nothing
// is too wide, everything can be touched, and the focus can be seen.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, isForAxe, screenshot, startBrowser } from "./harness/browser.mjs";
import { startWorld } from "./harness/world.mjs";

const SCENES = ["open", "choice", "working", "trouble", "completed", "expired-some", "expired", "cancelled", "unknown", "unavailable"];

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

/** Looks for everything that a page must not do. */
async function holds(path, name, view) {
  await browser.visit(view, async (page, watch) => {
    const response = await page.goto(world.url + path, { waitUntil: "networkidle" });
    assert.equal(response.status(), 200);
    watch.expectNone();
    await screenshot(page, name);
    if (isForAxe(view)) assert.deepEqual(await accessibilityProblems(page), [], name);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`);
    assert.deepEqual(await page.evaluate(small), [], `${name}: too small to touch`);
    assert.deepEqual(await page.evaluate(unspoken), [], `${name}: a text is missing`);
  });
}

/** Controls that a finger misses. Links within sentences are as high as their line. */
function small() {
  const controls = document.querySelectorAll("button, a.button, summary, .choice, .languages a, textarea, input:not([type=radio], [type=hidden])");
  return [...controls]
    .map((control) => [control, control.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < 44 || box.width < 44))
    .map(([control, box]) => `${control.outerHTML.slice(0, 80)}: ${box.width}×${box.height}`);
}

/** Keys of the message files that were shown instead of their text. */
function unspoken() {
  return document.body.innerText.match(/(?<![\w./])(?:request|asset|standing|check|wrong|end|wallet|channel|kind|your|trouble)-[a-z-]+/g) ?? [];
}

for (const view of VIEWS) {
  const { device, colorScheme } = view;
  test(`every part holds on a ${device} in ${colorScheme}`, async () => {
    await holds("/dev/kit", `kit-${device}-${colorScheme}`, view);
  });
  test(`every page of a request holds on a ${device} in ${colorScheme}`, async () => {
    for (const scene of SCENES) await holds(`/dev/kit/${scene}`, `kit-${scene}-${device}-${colorScheme}`, view);
  });
}

test("every part speaks Lithuanian", async () => {
  await holds("/dev/kit?lang=lt", "kit-lt", { viewport: PHONE, colorScheme: "light" });
  for (const scene of SCENES) {
    await holds(`/dev/kit/${scene}?lang=lt`, `kit-${scene}-lt`, { viewport: PHONE, colorScheme: "light" });
    const text = (await world.anonymous.get(`/dev/kit/${scene}?lang=lt`)).expect(200).text;
    assert.match(text, /<html lang="lt" dir="ltr">/);
  }
});

test("a page can run from right to left", async () => {
  for (const [device, viewport] of [
    ["phone", PHONE],
    ["desktop", DESKTOP],
  ]) {
    await holds("/dev/kit?dir=rtl", `kit-rtl-${device}`, { viewport, colorScheme: "light" });
    await holds("/dev/kit/working?dir=rtl", `kit-working-rtl-${device}`, { viewport, colorScheme: "light" });
  }
});

test("the stylesheet names no left and no right", async () => {
  const css = (await world.anonymous.get("/static/proof.css")).expect(200).text.replace(/\/\*[^]*?\*\//g, "");
  const sided = css.match(/[^;{}]*(?:(?:margin|padding|border|inset)-(?:left|right)|text-align:\s*(?:left|right)|[\s;{](?:left|right):|float:)[^;}]*/g) ?? [];
  const uneven = [...css.matchAll(/(?:margin|padding|inset):\s*([^;}]+)/g)]
    .map(([rule, values]) => [rule, values.trim().split(/\s+(?![^(]*\))/)])
    .filter(([, sides]) => sides.length === 4 && sides[1] !== sides[3]);
  assert.deepEqual([...sided, ...uneven.map(([rule]) => rule)], []);
});

test("any colour of a tenant can be read", async () => {
  for (const accent of ["ffd400", "0b5fff", "808080"]) {
    for (const colorScheme of ["light", "dark"]) {
      await holds(`/dev/kit/working?accent=${accent}&radius=0`, `kit-brand-${accent}-${colorScheme}`, { viewport: PHONE, colorScheme });
    }
  }
  await holds("/dev/kit?accent=ffd400&radius=20", "kit-brand", { viewport: PHONE, colorScheme: "light" });
});

test("the QR code is large, dark on light in both themes, and the link comes first on a phone", async () => {
  for (const { device, viewport, colorScheme } of VIEWS) {
    await browser.visit({ viewport, colorScheme }, async (page) => {
      await page.goto(`${world.url}/dev/kit`);
      const scan = page.locator(".scan").last();
      const [picture, link] = await Promise.all([scan.locator("svg[role=img]").boundingBox(), scan.locator("a.button").boundingBox()]);
      assert.ok(picture.width >= 12 * 16 && picture.height >= 12 * 16, `${picture.width} px`);
      assert.equal(link.y < picture.y, device === "phone", `${device}: which comes first`);
      const colours = await scan.locator("svg[role=img] path").evaluateAll((paths) => paths.map((path) => getComputedStyle(path).fill));
      assert.deepEqual(colours, ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
    });
  }
});

test("everything can be reached by the keyboard, and the focus can be seen", async () => {
  await browser.visit({ viewport: PHONE }, async (page) => {
    await page.goto(`${world.url}/dev/kit/working`);
    const reached = [];
    for (let at = 0; at < 40; at += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const { activeElement } = document;
        if (!activeElement || activeElement === document.body) return undefined;
        const shown = activeElement.closest(".choice") ?? activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        return { name: activeElement.outerHTML.slice(0, 60), seen: outlineStyle !== "none" && outlineWidth !== "0px" };
      });
      if (!focused) break;
      assert.ok(focused.seen, focused.name);
      reached.push(focused.name);
    }
    assert.ok(reached.some((name) => name.startsWith("<input")) && reached.some((name) => name.includes("data-copy")), reached.join("\n"));
  });
});

test("the mark draws itself once, and not where motion is unwelcome", async () => {
  for (const [reducedMotion, animations] of [
    ["no-preference", 1],
    ["reduce", 0],
  ]) {
    await browser.visit({ reducedMotion }, async (page) => {
      await page.goto(`${world.url}/dev/kit/completed`);
      const running = await page.locator(".masthead .mark").evaluate((mark) => mark.getAnimations().filter((one) => one.effect.getTiming().iterations === 1).length);
      assert.equal(running, animations, reducedMotion);
    });
  }
});

test("a copy button says that it copied, in the page's language", async () => {
  await browser.visit({ viewport: PHONE, permissions: ["clipboard-read", "clipboard-write"] }, async (page, watch) => {
    await page.goto(`${world.url}/dev/kit/working?lang=lt`);
    await page.locator("[data-copy^='proof-verify=']").click();
    await page.getByText("Nukopijuota").first().waitFor({ timeout: 3_000 });
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^proof-verify=[0-9a-f]{32}$/);
    watch.expectNone();
  });
});

test("times are those of the reader's clock, and in UTC without a script", async () => {
  const told = (options) =>
    browser.visit(options, async (page) => {
      await page.goto(`${world.url}/dev/kit/working`);
      return (await page.locator(".facts time").textContent()).replace(/[\u2066-\u2069]/g, "");
    });
  assert.match(await told({ javaScriptEnabled: false }), /^25 July 2026, 12:00 UTC$/);
  assert.match(await told({ timezoneId: "Asia/Tokyo" }), /July 25, 2026.* 9:00|25 July 2026.* 21:00/);
});

test("without a script nothing is offered that needs one", async () => {
  await browser.visit({ javaScriptEnabled: false, viewport: PHONE }, async (page) => {
    await page.goto(`${world.url}/dev/kit/working`);
    assert.equal(await page.locator("[data-copy]:visible").count(), 0);
    assert.ok(await page.getByText("This page does not change by itself.").isVisible());
    assert.ok(await page.locator("input[autocomplete=one-time-code]").isVisible());
  });
});
