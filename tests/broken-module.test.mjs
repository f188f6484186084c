// A module that breaks: whoever waits for it hears so, and whoever comes next finds a whole one. A
// real panic of the Rust module, and traps of a module that does nothing but trap, under the same
// runtime and in the same workerd.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { eventually } from "./harness/poll.mjs";
import { after, before, describe, test } from "./harness/test.mjs";
import { startWorld } from "./harness/world.mjs";

describe("a panic", () => {
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const panic = () => fetch(`${world.url}/dev/panic`, { method: "POST" });

  test("is answered with an error that gives nothing away, and is in the log", async () => {
    const reply = await panic();
    assert.equal(reply.status, 500);
    const { error } = await reply.json();
    assert.equal(error.code, "internal_error");
    assert.equal(error.message, "Something went wrong on our side.");
    assert.equal(reply.headers.get("x-request-id"), error.request_id);
    const line = world.logs().find((line) => line.includes(error.request_id));
    assert.match(line, /broken\.rs/);
  });

  test("takes nobody with it who comes later, however often it happens", async () => {
    for (let time = 0; time < 5; time++) {
      const [one, other] = await Promise.all([panic(), panic()]);
      assert.deepEqual([one.status, other.status], [500, 500]);
      (await world.anonymous.get("/health")).expect(200);
      (await world.anonymous.get("/api/openapi.json")).expect(200);
    }
  });
});

// (module (func (export "trap") unreachable))
const TRAPS = Buffer.from("0061736d01000000010401600000030201000708010474726170" + "00000a05010300000b", "hex");

const PARTS = `
  import * as platform from "./platform.mjs";
  let wasm;
  class Tally {
    constructor(context) { this.context = context; }
    command(message) {
      const count = (this.context.storage.kv.get("count") ?? 0) + 1;
      this.context.storage.kv.put("count", count);
      if (message === "trap") wasm.trap();
      if (message === "wait") return new Promise(() => {});
      if (message === "trap later") {
        platform.listen(platform.sleep(20), 1, platform.whileWhole(() => wasm.trap()));
        return new Promise(() => {});
      }
      if (message === "call back") {
        platform.listen(platform.sleep(200), 1, platform.whileWhole(() => this.context.storage.kv.put("called", true)));
      }
      if (message === "called") return String(this.context.storage.kv.get("called") ?? false);
      return String(count);
    }
  }
  export const glue = { Tally, __wbg_set_wasm(exports) { wasm = exports; } };
  export const imports = { "./platform.mjs": platform };
`;

const entry = (parts) => `
  import { Module, durableObject } from "./runtime.mjs";
  import wasm from "./traps.wasm";
  export const Tally = durableObject(new Module(wasm, () => { ${parts}; return parts; }), "Tally");
  export default {
    async fetch(request, env) {
      const [, name, message] = decodeURIComponent(new URL(request.url).pathname).split("/");
      const tally = env.TALLY.get(env.TALLY.idFromName(name));
      try {
        return new Response(await tally.command(message));
      } catch (error) {
        return new Response(String(error), { status: 503 });
      }
    },
  };
`;

describe("an object of a module that traps", () => {
  let miniflare;
  let url;
  let folder;

  async function bundled(contents, format) {
    const resolveDir = fileURLToPath(new URL("../shared/edge/js", import.meta.url));
    const { outputFiles } = await build({
      stdin: { contents, resolveDir },
      bundle: true,
      write: false,
      format,
      globalName: format === "iife" ? "parts" : undefined,
      target: "es2024",
      external: ["cloudflare:*", "*.wasm"],
    });
    return outputFiles[0].text;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "proof-traps-"));
    miniflare = new Miniflare({
      modules: [
        { type: "ESModule", path: "worker.mjs", contents: await bundled(entry(await bundled(PARTS, "iife")), "esm") },
        { type: "CompiledWasm", path: "traps.wasm", contents: TRAPS },
      ],
      durableObjects: { TALLY: { className: "Tally", useSQLite: true } },
      compatibilityDate: "2026-07-01",
      defaultPersistRoot: folder,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.resume()),
    });
    url = await miniflare.ready;
  });
  after(async () => {
    await miniflare?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (name, message) => {
    const reply = await fetch(new URL(`/${name}/${message}`, url), { signal: AbortSignal.timeout(5_000) });
    return { status: reply.status, text: await reply.text() };
  };

  test("answers again from what it had stored", async () => {
    assert.equal((await ask("one", "count")).text, "1");
    assert.equal((await ask("one", "trap")).status, 503);
    // What was written in the turn that trapped was not committed.
    assert.deepEqual(await ask("one", "count"), { status: 200, text: "2" });
  });

  test("is told when it waits, and so is everybody else who waits", async () => {
    const waiting = [ask("two", "wait"), ask("three", "wait")];
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await ask("four", "trap")).status, 503);
    for (const one of await Promise.all(waiting)) assert.equal(one.status, 503);
    for (const name of ["two", "three", "four"]) assert.equal((await ask(name, "count")).status, 200);
  });

  test("is told of a trap in a turn that nobody called for", async () => {
    assert.equal((await ask("five", "trap%20later")).status, 503);
    assert.equal((await ask("five", "count")).status, 200);
  });

  test("calls back while its module is whole, and not once it broke", async () => {
    const called = (name) =>
      eventually(`${name} answers`, async () => {
        const { status, text } = await ask(name, "called");
        return status === 200 && text;
      });
    await ask("eight", "call%20back");
    await eventually("the call back", async () => (await called("eight")) === "true");
    await ask("nine", "call%20back");
    assert.equal((await ask("ten", "trap")).status, 503);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(await called("nine"), "false");
  });

  test("that was idle starts anew, after at most one refusal", async () => {
    assert.equal((await ask("six", "count")).text, "1");
    assert.equal((await ask("seven", "trap")).status, 503);
    const first = await ask("six", "count");
    const second = await ask("six", "count");
    assert.ok([200, 503].includes(first.status));
    assert.equal(second.status, 200);
  });
});
