// Bundles the peer's Workers to build/bench, minified as its fans would deploy them.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const PEER_BUNDLES = here("../../build/bench");
export const PEER_WORKERS = {
  front: "front",
  verifications: "verifications",
  proofs: "proofs",
  webhooks: "webhooks",
  "durable-objects": "objects",
};

/** What the wallets' libraries ask of Node by `require`; workerd has it under nodejs_compat, by `import`. */
const ofNode = {
  name: "of-node",
  setup({ onResolve, onLoad }) {
    const builtin = /^(node:)?(buffer|crypto|stream|util|events|assert|string_decoder|vm|process)$/;
    onResolve({ filter: builtin }, ({ path, kind }) => {
      const name = path.replace("node:", "");
      return kind === "require-call" ? { path: name, namespace: "of-node" } : { path: `node:${name}`, external: true };
    });
    onLoad({ filter: /.*/, namespace: "of-node" }, ({ path }) => ({
      contents: `export * from "node:${path}"; export { default } from "node:${path}";`,
    }));
  },
};

/** The Worker that judges signatures. */
export async function buildPeerJudge() {
  await bundle([{ in: here("src/wallets.ts"), out: "wallets/worker" }], {
    plugins: [ofNode],
    inject: [here("src/node-globals.js")],
  });
}

export async function buildPeer() {
  await bundle(Object.entries(PEER_WORKERS).map(([out, source]) => ({ in: here(`src/${source}.ts`), out: `${out}/worker` })));
}

async function bundle(entryPoints, more = {}) {
  await mkdir(PEER_BUNDLES, { recursive: true });
  await build({
    entryPoints,
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
    ...more,
  });
}
