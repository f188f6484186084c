// Bundles the peer's Workers to build/bench, minified as its fans would deploy them.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const PEER_BUNDLES = here("../../build/bench");
export const PEER_WORKERS = { front: "front", verifications: "verifications", proofs: "proofs", "durable-objects": "objects" };

export async function buildPeer() {
  await mkdir(PEER_BUNDLES, { recursive: true });
  await build({
    entryPoints: Object.entries(PEER_WORKERS).map(([out, source]) => ({ in: here(`src/${source}.ts`), out: `${out}/worker` })),
    outdir: PEER_BUNDLES,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    legalComments: "none",
    logLevel: "warning",
  });
}
