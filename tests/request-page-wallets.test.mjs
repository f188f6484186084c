// Wallets on the page of a request: announced ones, a lonely one, one that says no, one with another
// account, those of Solana; and signatures that are pasted. Keys sign by published libraries.
import assert from "node:assert/strict";
import { bitcoin, ethereum, solana } from "../xtask/runner/peers/wallets.mjs";
import { after, before, test } from "./harness/test.mjs";
import { PHONE, startBrowser } from "./harness/browser.mjs";
import { begin, card, createRequest, looksRight, readRequest, says } from "./harness/request-page.mjs";
import { withEthereum, withSolana } from "./harness/wallets-in-page.mjs";
import { startWorld } from "./harness/world.mjs";

let world, browser, org;
before(async () => {
  world = await startWorld();
  browser = await startBrowser(world.url);
  org = await world.organisation();
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

const proven = (page) => page.getByRole("heading", { level: 1, name: "It is proven" }).waitFor();

test("the wallet gives the address and the signature, and is asked for nothing else", async () => {
  const wallet = ethereum();
  const request = await createRequest(org.live, [{ type: "wallet", channel: "ethereum" }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    const signed = await withEthereum(page, wallet, { name: "Bear & <b>Wolf</b>" });
    await page.goto(request.page);
    await card(page, 0).getByRole("button", { name: says("Take the address from Bear & <b>Wolf</b>") }).click();
    await card(page, 0).getByRole("button", { name: says("Sign with Bear & <b>Wolf</b>") }).waitFor();
    const text = await card(page, 0).locator("pre").textContent();
    await card(page, 0).getByRole("button", { name: /^Sign with/ }).click();
    await proven(page);
    assert.deepEqual(signed, [{ text, address: wallet.address.toLowerCase() }], "exactly the text that is shown");
    watch.expectNone();
  });
});

test("a wallet that nobody announced, and one that is told no", async () => {
  const wallet = ethereum();
  const request = await createRequest(org.live, [{ type: "wallet", channel: "ethereum", identifier: wallet.address }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await withEthereum(page, wallet, { alone: true, declines: 1 });
    await page.goto(request.page);
    await begin(page, 0);
    const button = card(page, 0).getByRole("button", { name: "Sign with your wallet" });
    await button.click();
    await card(page, 0).getByText("You said no in the wallet").waitFor();
    await looksRight(page, watch, "request-wallet-declined");
    await button.click();
    await proven(page);
    watch.expectNone();
  });
});

test("a wallet with another account signs nothing, and the page says which it offers", async () => {
  const [wanted, other] = [ethereum(), ethereum()];
  const request = await createRequest(org.live, [{ type: "wallet", channel: "ethereum", identifier: wanted.address }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    const signed = await withEthereum(page, other);
    await page.goto(request.page);
    await begin(page, 0);
    await card(page, 0).getByRole("button", { name: says("Sign with Test Wallet") }).click();
    await card(page, 0).getByText(other.address.toLowerCase()).waitFor();
    assert.deepEqual(signed, []);
    await looksRight(page, watch, "request-wallet-other");
  });
});

test("Solana by the wallet standard", async () => {
  const wallet = solana();
  const request = await createRequest(org.live, [{ type: "wallet", channel: "solana" }]);
  await browser.visit({ viewport: PHONE }, async (page, watch) => {
    await withSolana(page, wallet);
    await page.goto(request.page);
    await card(page, 0).getByRole("button", { name: says("Take the address from Test Sol") }).click();
    await card(page, 0).getByRole("button", { name: says("Sign with Test Sol") }).click();
    await proven(page);
    watch.expectNone();
  });
  assert.equal((await readRequest(org.live, request.id)).status, "completed");
});

for (const [name, make] of [
  ["bitcoin", bitcoin],
  ["ethereum", ethereum],
]) {
  test(`pasted, without any script: a wrong signature, then the right one (${name})`, async () => {
    const [wallet, other] = [make(), make()];
    const request = await createRequest(org.live, [{ type: "wallet", channel: name, identifier: wallet.address }]);
    await browser.visit({ viewport: PHONE, javaScriptEnabled: false }, async (page) => {
      await page.goto(request.page);
      await begin(page, 0);
      const text = await card(page, 0).locator("pre").textContent();
      const paste = async (signature) => {
        const field = card(page, 0).getByLabel("Signature");
        if (!(await field.isVisible())) await card(page, 0).getByText("Sign somewhere else and paste").click();
        await field.fill(signature);
        await card(page, 0).getByRole("button", { name: "Check the signature" }).click();
      };
      await paste(await other.sign(text));
      await card(page, 0).getByText(says("4 tries left")).waitFor();
      await paste(` ${await wallet.sign(text)}\n`);
      await card(page, 0).getByText("Proven", { exact: true }).waitFor();
    });
  });
}
