// Chromium, and a page that remembers everything which a visitor should never cause: console errors,
// requests to other hosts, violations of the content security policy.
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const SCREENSHOTS = fileURLToPath(new URL("../../build/screenshots/", import.meta.url));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** `hosts`: names that are somewhere on this machine, and where. */
export async function startBrowser(origin, { hosts = {} } = {}) {
  const named = Object.entries(hosts).map(([name, place]) => `MAP ${name} ${place}, `);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [...FLAGS, `--host-resolver-rules=${named.join("")}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`],
  });
  return {
    /** Runs with a page of its own and closes it. */
    async visit({ viewport = DESKTOP, colorScheme = "light", ...options }, body) {
      const context = await browser.newContext({ viewport, colorScheme, ...options });
      try {
        const page = await context.newPage();
        return await body(page, await watch(page, [origin, ...Object.keys(hosts).map((name) => `https://${name}`)]));
      } finally {
        await context.close();
      }
    },
    stop: () => browser.close(),
  };
}

async function watch(page, origins) {
  const trouble = [];
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
    });
  });
  page.on("console", (message) => message.type() === "error" && trouble.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!origins.includes(url.origin) && url.protocol.startsWith("http")) trouble.push(`outside: ${url.href}`);
  });
  return {
    trouble,
    expectNone: () => assert.deepEqual(trouble, []),
  };
}

/** axe takes its time. Of four views, two have both layouts and both sets of colours between them. */
export const isForAxe = ({ device, colorScheme }) => !device || (device === "phone") === (colorScheme === "light");

/** What axe finds wrong, each with where. */
export async function accessibilityProblems(page) {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} at ${nodes
        .slice(0, 3)
        .map((node) => node.target.join(" "))
        .join(", ")}`,
  );
}

export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true, caret: "initial", animations: "disabled" });
}
