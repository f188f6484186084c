// A Worker that judges signatures, alone in a Miniflare of its own beside one that answers first.
import { readFile } from "node:fs/promises";
import { Miniflare } from "miniflare";
import { readWorkers } from "../../xtask/runner/workers.mjs";

const FIRST = `export default { fetch: () => Response.json({ keys: [] }) };`;

/** @returns {Promise<{url: string, key: string, stop: () => Promise<void>}>} */
export async function startJudge(port, folder, modules, flags = []) {
  const [{ options }] = await readWorkers();
  const { compatibilityDate } = options;
  const first = { name: "first", modules: true, script: FIRST, compatibilityDate, routes: ["*/.well-known/jwks.json"] };
  const read = async ([type, name]) => ({ type, path: `${folder}/${name}`, contents: await readFile(`${folder}/${name}`) });
  const judge = {
    name: "judge",
    modulesRoot: folder,
    modules: await Promise.all(modules.map(read)),
    compatibilityDate,
    compatibilityFlags: flags,
    routes: ["*/bench/wallets"],
    bindings: { LOG: "off" },
  };
  const miniflare = new Miniflare({ host: "127.0.0.1", port, cf: false, telemetry: { enabled: false }, workers: [first, judge] });
  await miniflare.ready;
  return { url: `http://127.0.0.1:${port}`, key: "", stop: () => miniflare.dispose() };
}
