// The same live status with the clients that people have: the npm `eventsource` package with a
// header, and a browser's own EventSource with a ticket.
import assert from "node:assert/strict";
import http from "node:http";
import { EventSource } from "eventsource";
import { after, before, test } from "./harness/test.mjs";
import { startBrowser } from "./harness/browser.mjs";
import { eventually, within } from "./harness/poll.mjs";
import { startWorld } from "./harness/world.mjs";
import { create } from "./harness/steps.mjs";

let world;
let browser;
before(async () => {
  world = await startWorld({ vars: { HEARTBEAT_SECONDS: "1" } });
  browser = await startBrowser(world.url);
});
after(async () => {
  await browser?.stop();
  await world?.stop();
});

const complete = async (client, id) => (await client.post(`verifications/${id}/test-verify`)).expect(200);

test("npm eventsource with the key as a header", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const source = new EventSource(client.address(`verifications/${id}/events`), {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${client.key}` } }),
  });
  const heard = [];
  try {
    const verified = new Promise((resolve) => {
      source.addEventListener("connected", ({ data }) => heard.push(["connected", JSON.parse(data).status]));
      source.addEventListener("status_changed", ({ data }) => {
        heard.push(["status_changed", JSON.parse(data).status]);
        resolve();
      });
    });
    await eventually("connected", () => heard.length === 1);
    await complete(client, id);
    await within(5_000, "status_changed", verified);
    assert.deepEqual(heard, [
      ["connected", "pending"],
      ["status_changed", "verified"],
    ]);
    // The server closed the stream. The client comes back, is told 204 and gives up for good.
    await eventually("the client gives up", () => source.readyState === EventSource.CLOSED, { within: 10_000 });
    assert.equal(heard.length, 2, "nothing is told twice");
  } finally {
    source.close();
  }
});

test("a browser's EventSource with a ticket", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { url } = (await client.post(`verifications/${id}/events/ticket`)).expect(201).body;
  await browser.visit({}, async (page) => {
    await page.goto(`${world.url}/health`);
    await page.evaluate((address) => {
      globalThis.heard = [];
      const source = new EventSource(address);
      for (const name of ["connected", "status_changed"]) {
        source.addEventListener(name, ({ data, lastEventId }) => globalThis.heard.push([name, JSON.parse(data).status, lastEventId]));
      }
      source.addEventListener("error", () => (globalThis.state = source.readyState));
    }, url);
    const heard = () => page.evaluate(() => globalThis.heard);
    await eventually("connected", async () => (await heard()).length === 1);
    await complete(client, id);
    await eventually("status_changed", async () => (await heard()).length === 2);
    assert.deepEqual(
      (await heard()).map(([name, status]) => [name, status]),
      [
        ["connected", "pending"],
        ["status_changed", "verified"],
      ],
    );
    // The ticket is used up, so that the browser's own return is refused and it stops asking.
    await eventually("the browser gives up", async () => (await page.evaluate(() => globalThis.state)) === 2, { within: 10_000 });
    assert.equal((await heard()).length, 2);
  });
});

test("a page of another origin may listen", async () => {
  const { test: client } = await world.organisation();
  const { id } = await create(client);
  const { url } = (await client.post(`verifications/${id}/events/ticket`)).expect(201).body;
  const elsewhere = http.createServer((request, response) => response.end("elsewhere"));
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  await browser.visit({}, async (page) => {
    await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
    const status = await page.evaluate(
      (address) =>
        new Promise((resolve, reject) => {
          const source = new EventSource(address);
          source.addEventListener("connected", ({ data }) => {
            source.close();
            resolve(JSON.parse(data).status);
          });
          source.addEventListener("error", () => reject(new Error("refused")));
        }),
      url,
    );
    assert.equal(status, "pending");
  });
  elsewhere.close();
});
