// Cloudflare's Email Service by its binding, as Miniflare plays it: it checks the message as the
// service does and keeps the two bodies.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "./harness/test.mjs";
import { codeIn, delivery, linkIn } from "./harness/mail.mjs";
import { eventually } from "./harness/poll.mjs";
import { createEmail, submit } from "./harness/steps.mjs";
import { startWorld } from "./harness/world.mjs";

let world;
before(async () => {
  world = await startWorld({ vars: { EMAIL_PROVIDER: "cloudflare", EMAIL_FROM: "Proof <no-reply@proof-of-tests.com>" } });
});
after(() => world?.stop());

/** Every body of this form that the binding took. */
async function bodies(extension) {
  const files = await readdir(world.stateDir, { recursive: true });
  return Promise.all(files.filter((file) => file.endsWith(`.${extension}`)).map((file) => readFile(join(world.stateDir, file), "utf8")));
}

test("the binding takes text and HTML, and the code proves", async () => {
  const org = await world.organisation({ name: "Ąžuolas & <Sons>" });
  const made = await createEmail(org.live);
  await delivery(org.live, made.id, "sent");
  const mine = (texts) => texts.filter((text) => text.includes(made.id));
  const [text, ...others] = await eventually("the text", async () => {
    const found = mine(await bodies("txt"));
    return found.length > 0 && found;
  });
  assert.equal(others.length, 0);
  const [html] = mine(await bodies("html"));
  assert.equal(codeIn(html), codeIn(text));
  assert.ok(html.includes("&lt;Sons&gt;"));
  assert.equal(linkIn(text).origin, world.url);
  (await submit(org.live, made.id, codeIn(text))).expect(200);
  assert.deepEqual(world.internet.outside(), []);
});
