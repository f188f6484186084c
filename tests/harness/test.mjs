// A test that keeps a transcript: when it fails it shows what was asked, what was answered and what
// the Workers logged about it. It must never change whether a test passes.
import { AsyncLocalStorage } from "node:async_hooks";
import { test as nodeTest } from "node:test";

const SHOWN = 4;
const BODY = 4_000;
const current = new AsyncLocalStorage();

export { after, afterEach, before, describe } from "node:test";

export function test(name, ...rest) {
  const body = rest.pop();
  const options = { timeout: 120_000, ...rest.pop() };
  return nodeTest(name, options, async (t) => {
    const exchanges = [];
    await current.run(exchanges, async () => {
      try {
        await body(t);
      } catch (error) {
        process.stderr.write(`\n✗ ${name}\n${await render(exchanges)}\n`);
        throw error;
      }
    });
  });
}

/** Called by the clients for every request of the running test. */
export function record(exchange) {
  current.getStore()?.push(exchange);
}

async function render(exchanges) {
  const earlier = exchanges
    .slice(0, -SHOWN)
    .slice(-40)
    .map((one) => `  ${title(one)}`);
  const last = await Promise.all(exchanges.slice(-SHOWN).map(whole));
  return [...(earlier.length ? ["earlier:", ...earlier] : []), ...last].join("\n");
}

const title = ({ request, reply }) =>
  `${request.method} ${request.path} → ${reply ? reply.status : "no answer"}${reply?.requestId ? ` (${reply.requestId})` : ""}`;

async function whole(exchange) {
  const { request, reply, logs } = exchange;
  const lines = [`── ${title(exchange)}`, ...headerLines(request.headers), ""];
  if (request.body) lines.push(shorten(request.body));
  if (reply) lines.push("── answered", ...headerLines(Object.fromEntries(reply.headers)), "", shorten(reply.text));
  const log = await logLines(logs, reply?.requestId);
  if (log.length) lines.push("── the Workers' log", ...log.slice(-30));
  return lines.join("\n");
}

async function logLines(logs, requestId) {
  const all = [await (logs?.() ?? [])].flat().flatMap((text) => String(text).split("\n"));
  const about = requestId ? all.filter((line) => line.includes(requestId)) : [];
  return about.length ? about : all.slice(-10);
}

const headerLines = (headers = {}) =>
  Object.entries(headers).map(
    ([name, value]) => `${name}: ${name.toLowerCase() === "authorization" ? `${String(value).slice(0, 15)}…` : value}`,
  );

const shorten = (text) => (text.length > BODY ? `${text.slice(0, BODY)}… (${text.length} characters)` : text);
