// The page of a request as a browser meets it for the first time: bytes over the wire, first paint, when it can be
// used, and how far things jump. Once as it is on this machine, and once as on a slow phone: four times less
// processor, 1.6 Mbit/s and 150 ms there and back, which are Lighthouse's figures for mobile.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { median } from "./measure/summary.mjs";
import { API } from "./load/messages.mjs";
import { launch } from "./systems/launch.mjs";

const RUNS = 9;
const QUIET_MS = 1_000;
const PHONE = { width: 390, height: 844 };
const SLOW_PHONE = { cpu: 4, latency: 150, bytesPerSecond: 1_600_000 / 8 };

const REQUEST = {
  action_context: { title: "Open an account", description: "Bench asks who opens it." },
  assets: [
    { type: "email", channel: "email" },
    { type: "domain", channel: "dns" },
    { type: "wallet", channel: "ethereum" },
  ],
};

async function address(system) {
  const reply = await fetch(new URL(`${API}/verification-requests`, system.url), {
    method: "POST",
    headers: { authorization: `Bearer ${system.key}`, "content-type": "application/json" },
    body: JSON.stringify(REQUEST),
  });
  const text = await reply.text();
  assert.equal(reply.status, 201, text);
  return JSON.parse(text).verification_url;
}

/** Runs before the page's own scripts. */
const watch = () => {
  globalThis.seen = { shift: 0, busy: 0, paint: 0 };
  const each = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  each("layout-shift", ({ value }) => (globalThis.seen.shift += value));
  each("longtask", ({ startTime, duration }) => (globalThis.seen.busy = startTime + duration));
  each("largest-contentful-paint", ({ startTime }) => (globalThis.seen.paint = startTime));
};

async function visit(browser, url, slow) {
  const context = await browser.newContext({ viewport: PHONE });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    if (slow) {
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: slow.cpu });
      const { latency, bytesPerSecond } = slow;
      await devtools.send("Network.enable");
      const network = { offline: false, latency, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
      await devtools.send("Network.emulateNetworkConditions", network);
    }
    const responses = [];
    page.on("response", (response) => responses.push(response));
    await page.addInitScript(watch);
    const answer = await page.goto(url, { waitUntil: "load" });
    assert.equal(answer.status(), 200);
    await page.waitForTimeout(QUIET_MS);
    const { shift, busy, paint, ready, first } = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation");
      const first = performance.getEntriesByName("first-contentful-paint")[0].startTime;
      return { ...globalThis.seen, ready: navigation.domContentLoadedEventEnd, first };
    });
    const sizes = await Promise.all(responses.map(wireBytes));
    return {
      requests: responses.length,
      bytes: sizes.reduce((sum, one) => sum + one, 0),
      first,
      largest: paint,
      // Its scripts have run, it is painted, and nothing holds up a tap.
      interactive: Math.max(ready, first, busy),
      shift,
    };
  } finally {
    await context.close();
  }
}

/** Head and body as they came, compressed; of a stream of events, which does not end, nothing. */
async function wireBytes(response) {
  const type = response.headers()["content-type"] ?? "";
  if (type.startsWith("text/event-stream")) return 0;
  const { responseHeadersSize, responseBodySize } = await response.request().sizes();
  return responseHeadersSize + responseBodySize;
}

/** @returns {Promise<Record<"here" | "slow", Record<string, number>>>} medians */
export async function measurePage(settings, say) {
  const system = await launch("ours", settings);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const url = await address(system);
    const figures = {};
    for (const [name, slow] of [["here", undefined], ["slow", SLOW_PHONE]]) {
      const seen = [];
      // The first visit warms up the system, not the browser: every visitor is a new one.
      for (let run = 0; run <= RUNS; run++) seen.push(await visit(browser, url, slow));
      figures[name] = Object.fromEntries(Object.keys(seen[0]).map((key) => [key, median(seen.slice(1).map((one) => one[key]))]));
      say(`page ${name}: ${(figures[name].bytes / 1024).toFixed(1)} KiB, can be used after ${figures[name].interactive.toFixed(0)} ms`);
    }
    return figures;
  } finally {
    await browser.close();
    await system.stop();
  }
}
