// Every channel on a developer's machine, tried in a browser as a newcomer would: press "Try", play
// the person's part, see the proof.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPeers } from "../xtask/runner/peers/index.mjs";
import { after, before, test } from "./harness/test.mjs";
import { DESKTOP, PHONE, accessibilityProblems, screenshot } from "./harness/browser.mjs";
import { startDeveloper } from "./harness/developer.mjs";
import { MATRIX } from "./harness/identifiers.mjs";

let developer;
let world;
let browser;
before(async () => {
  developer = await startDeveloper();
  ({ world, browser } = developer);
});
after(() => developer?.stop());

const SESSIONS = ["whatsapp", "telegram"];
const VIEWS = [
  ["phone", PHONE, "light"],
  ["desktop", DESKTOP, "dark"],
];

async function look(page, watch, name) {
  watch.expectNone();
  await screenshot(page, name);
  assert.deepEqual(await accessibilityProblems(page), [], name);
}

test("the page lists every pair of the matrix", async () => {
  for (const [device, viewport, colorScheme] of VIEWS) {
    await browser.visit({ viewport, colorScheme }, async (page, watch) => {
      await page.goto(`${world.url}/dev/channels`);
      const rows = await page.locator(".row").count();
      const pairs = Object.values(MATRIX).reduce((sum, channels) => sum + Object.keys(channels).length, 0);
      assert.equal(rows, pairs + SESSIONS.length);
      await look(page, watch, `channels-${device}-${colorScheme}`);
    });
  }
});

for (const [type, channels] of Object.entries(MATRIX))
  for (const channel of Object.keys(channels))
    test(`${type} by ${channel}: tried, played, proven`, () => tried(`button[value="${type}/${channel}"]`, `channel-${type}-${channel}`));

for (const channel of SESSIONS)
  test(`a session by ${channel}: tried, played, proven`, () => tried(`button[name=session][value="${channel}"]`, `session-${channel}`));

async function tried(button, name) {
  await browser.visit({ viewport: PHONE, reducedMotion: "reduce" }, async (page, watch) => {
    page.setDefaultTimeout(5_000);
    await page.goto(`${world.url}/dev/channels`);
    await page.locator(button).click();
    await page.getByText("Waiting for the person").waitFor();
    await look(page, watch, `${name}-asked`);
    await page.locator("form button[type=submit]").click();
    await page.getByText("Verified", { exact: true }).waitFor();
    assert.match(await page.locator(".clipped").innerText(), /^eyJ/);
    await look(page, watch, `${name}-proven`);
  });
}

test("a real provider's settings win, and nobody plays it", async () => {
  const other = await mkdtemp(join(tmpdir(), "proof-peers-"));
  const own = { GITHUB_CLIENT_ID: "mine", GITHUB_CLIENT_SECRET: "mine", SMS_PROVIDER: "telnyx" };
  await writeFile(join(other, "settings.json"), JSON.stringify(own));
  const few = await startPeers(other);
  try {
    assert.equal(few.vars.GITHUB_CLIENT_ID, "mine");
    assert.equal(few.vars.GITHUB_AUTHORIZE_URL, undefined, "GitHub itself is asked");
    assert.ok(few.vars.X_AUTHORIZE_URL, "the other networks are played");
    assert.equal(few.vars.SMS_NUMBER, undefined);
    assert.ok(few.vars.WHATSAPP_NUMBER);
    const demo = await world.organisation({ name: "Demo" });
    await few.connect(world, { live_key: demo.live.key });
    const { channels } = await (await fetch(`${few.vars.LOCAL_PEERS_URL}/play/channels`)).json();
    const played = (wanted) => channels.find(({ channel }) => channel === wanted).playable;
    assert.deepEqual([played("github"), played("sms"), played("x"), played("whatsapp")], [false, false, true, true]);
  } finally {
    await few.stop();
    await rm(other, { recursive: true, force: true });
  }
});

test("settings that cannot be read are not passed over", async () => {
  const other = await mkdtemp(join(tmpdir(), "proof-peers-"));
  await writeFile(join(other, "settings.json"), "{");
  await assert.rejects(startPeers(other), /settings\.json/);
  await rm(other, { recursive: true, force: true });
});
