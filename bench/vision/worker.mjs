// A Worker that does what it is told, as often as it is told. The clock is outside: in here it stands
// still while something computes.
import { Bench, initSync } from "./vision.js";
import module from "./vision_bg.wasm";

let bench;

/** One address for each method of the module. */
const DOES = {
  "/begin": async (request, url) => {
    if (!bench) initSync({ module });
    bench?.free();
    bench = new Bench(await request.text(), url.searchParams.get("set"));
  },
  "/load": async (request, url) => bench.load(url.searchParams.get("file"), new Uint8Array(await request.arrayBuffer())),
  "/take": async (request) => bench.take(new Uint8Array(await request.arrayBuffer())),
  "/run": (_, url) => bench.run(url.searchParams.get("stage"), Number(url.searchParams.get("times"))),
  "/answer": async (request, url) => bench.answer(url.searchParams.get("role"), new Float32Array(await request.arrayBuffer())),
};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    try {
      return new Response(await DOES[url.pathname](request, url));
    } catch (error) {
      return new Response(error.message, { status: 500 });
    }
  },
};
