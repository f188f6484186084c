// Our judge of signatures, from the edge-profile build.
import { fileURLToPath } from "node:url";
import { startJudge } from "./judge.mjs";

const FOLDER = fileURLToPath(new URL("../../build/edge/bench-wallets", import.meta.url));

export const start = ({ port }) =>
  startJudge(port, FOLDER, [
    ["ESModule", "worker.mjs"],
    ["CompiledWasm", "module.wasm"],
  ]);
