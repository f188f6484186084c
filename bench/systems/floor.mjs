// What every figure contains: the simulator's own entry and one Worker that does nothing.
import { Miniflare } from "miniflare";
import { readWorkers } from "../../xtask/runner/workers.mjs";

const SCRIPT = `export default { fetch: () => Response.json({ keys: [] }) };`;

export async function start({ port }) {
  const [{ options }] = await readWorkers();
  const { compatibilityDate } = options;
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port,
    cf: false,
    telemetry: { enabled: false },
    workers: [{ name: "floor", modules: true, script: SCRIPT, compatibilityDate, routes: ["*/.well-known/jwks.json"] }],
  });
  await miniflare.ready;
  return { url: `http://127.0.0.1:${port}`, key: "", stop: () => miniflare.dispose() };
}
