// The pages of signing in, in a real browser: on a phone and a desk, in light and in dark, in both
// languages, through every state. No console error, no violation of their policy, nothing from another
// host but the provider, nothing that axe objects to.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, screenshot, startBrowser } from "./harness/browser.mjs";
import { startWorld } from "./harness/world.mjs";
import { create, read } from "./harness/steps.mjs";
import { Networks } from "../xtask/runner/peers/networks.mjs";
import { OpenId } from "../xtask/runner/peers/openid.mjs";

const networks = new Networks();
const openid = new OpenId();
const handlers = { networks: networks.handler, openid: openid.handler };
let server;
let world;
let browser;
before(async () => {
  const serve = (request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    return handlers[url.pathname.split("/")[1]]?.(request, response, url) ?? response.writeHead(404).end();
  };
  server = http.createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  world = await startWorld({ vars: { ...networks.settings(`${base}/networks`), ...openid.settings(`${base}/openid`) } });
  world.internet.provider("127.0.0.1", serve);
  openid.trust(world.url);
  browser = await startBrowser(world.url);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
  server?.closeAllConnections();
  server?.close();
});

const VIEWS = [
  ["phone", PHONE, "light", "en-GB"],
  ["phone", PHONE, "dark", "lt-LT"],
  ["desktop", DESKTOP, "light", "lt-LT"],
  ["desktop", DESKTOP, "dark", "en-GB"],
].map(([device, viewport, colorScheme, locale]) => ({ device, viewport, colorScheme, locale }));

async function github(identifier) {
  const { live } = await world.organisation({ name: "Acme Rentals" });
  const made = await create(live, { type: "social", channel: "github", identifier });
  return { live, made, url: made.challenge.auth_url };
}

async function inEveryView(name, run) {
  for (const { device, viewport, colorScheme, locale } of VIEWS) {
    await browser.visit({ viewport, colorScheme, locale }, async (page, watch) => {
      await run(page);
      const serious = watch.trouble.filter((one) => !one.startsWith("outside: http://127.0.0.1") && !/status of 400/.test(one));
      assert.deepEqual(serious, [], `${name}, ${device}`);
      await screenshot(page, `${name}-${device}-${colorScheme}-${locale.slice(0, 2)}`);
      assert.deepEqual(await accessibilityProblems(page), [], `${name}, ${device}, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${name}, ${device}: ${overflow} px too wide`);
    });
  }
}

const press = (page) => page.locator("button[type=submit]").click();

test("asking", async () => {
  const { url } = await github("octocat");
  await inEveryView("connect-asking", async (page) => {
    await page.goto(url);
    const button = await page.locator("button[type=submit]").boundingBox();
    assert.ok(button.height >= 44, "large enough to touch");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.type), "submit", "reached by keyboard");
  });
});

test("a whole way there and back", async () => {
  await inEveryView("connect-done", async (page) => {
    const account = networks.join("github");
    const { live, made, url } = await github(account.username);
    await page.goto(url);
    await press(page);
    await page.waitForURL(/\/networks\/github\//);
    await page.getByText(account.username).click();
    await page.waitForURL(url);
    await page.locator(".mark.draws").waitFor();
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
    assert.equal((await read(live, made.id)).status, "verified");
  });
});

test("an OpenID Connect server in between", async () => {
  const one = openid.join();
  const { live } = await world.organisation();
  const made = await create(live, { type: "social", channel: "google", identifier: one.email });
  await browser.visit({}, async (page) => {
    await page.goto(made.challenge.auth_url);
    await press(page);
    await page.getByText(one.email).click();
    await page.waitForURL(made.challenge.auth_url);
    assert.equal((await read(live, made.id)).status, "verified");
  });
});

test("another account, and no", async () => {
  const [account, other] = [networks.join("github"), networks.join("github", { username: "a-name-as-long-as-github-lets-them-be-39" })];
  const { url } = await github(account.username);
  await inEveryView("connect-another", async (page) => {
    await page.goto(url);
    await press(page);
    await page.getByText(other.username).click();
    await page.waitForURL(/\/connect\/callback\/github/);
    await page.getByText(other.username).waitFor();
  });
  await inEveryView("connect-declined", async (page) => {
    await page.goto(url);
    await press(page);
    await page.getByText("Cancel").click();
    await page.waitForURL(/\/connect\/callback\/github/);
    await page.locator("a.button").click();
    await page.waitForURL(url);
    await page.goBack();
  });
});

test("a long name, a test, a link that leads nowhere", async () => {
  const { test: client } = await world.organisation({ name: "The Very Long Name of a Company That Rents Out Holiday Cottages and Boats" });
  const made = await create(client, { type: "account", channel: "coinbase", identifier: `${"long.address".repeat(5)}@postbox-of-tests.com` });
  await inEveryView("connect-test", (page) => page.goto(made.challenge.auth_url));
  await inEveryView("connect-foreign", (page) => page.goto(`${world.url}/connect/callback/github?state=x`));
});

test("a page elsewhere that presses the button gets nowhere", async () => {
  const account = networks.join("github");
  const { live, made, url } = await github(account.username);
  await browser.visit({}, async (page) => {
    await page.goto(url);
    const form = await page.locator("form").evaluate((one) => ({ action: one.action, key: one.elements.key.value }));
    handlers.evil = (_, response) =>
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<form method="post" action="${form.action}"><input name="key" value="${form.key}"><button type="submit">Win</button></form>`);
    await page.goto(`${new URL(server.address() && `http://localhost:${server.address().port}`)}evil`);
    await press(page);
    await page.waitForURL(/\/connect\//);
    assert.match(await page.locator("h1").textContent(), /not begun here/);
  });
  assert.equal((await read(live, made.id)).status, "pending");
});
