// Time runs out on the page of a request, for one asset and for the whole, while a person looks on.
// The waits are settings here; in use they are minutes and days.
import assert from "node:assert/strict";
import { after, before, test } from "./harness/test.mjs";
import { PHONE, startBrowser } from "./harness/browser.mjs";
import { begin, card, createRequest, looksRight, pageText, readRequest, sendForm } from "./harness/request-page.mjs";
import { freshEmail } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world, browser;
before(async () => {
  world = await startWorld({ vars: { CHALLENGE_SECONDS: "5", REQUEST_SECONDS: "20" } });
  browser = await startBrowser(world.url);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

test("too late for a code, begun again, and then too late for all of it", async () => {
  const org = await world.organisation();
  const request = await createRequest(org.live, [
    { type: "email", identifier: freshEmail() },
    { type: "email", identifier: freshEmail() },
  ]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await page.goto(request.page);
    await begin(page, 0);
    await card(page, 0).getByLabel("Code").waitFor();
    const id = (await readRequest(org.live, request.id)).assets[0].verification_id;
    await card(page, 0).getByText("Too late").waitFor({ timeout: 20_000 });
    await looksRight(page, watch, "request-too-late");
    const { code } = await world.inbox.code(id);
    await card(page, 0).getByRole("button", { name: "Begin again" }).click();
    await card(page, 0).getByLabel("Code").waitFor();
    // The old code is that of a challenge which is over.
    assert.equal((await sendForm(request, "submit", { code })).status, 400);
    await page.getByRole("heading", { level: 1, name: "The time is over" }).waitFor({ timeout: 40_000 });
    await page.getByText("Nothing was proven in time").waitFor();
    await looksRight(page, watch, "request-expired");
  });
  assert.equal((await readRequest(org.live, request.id)).status, "expired");
  const late = await sendForm(request, "start", {}, { index: 1 });
  assert.ok(late.status < 500, `${late.status}`);
  assert.match(await pageText(request), /The time is over/);
});
