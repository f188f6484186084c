// The peer's judge of signatures. Its libraries ask for some of Node's modules.
import { PEER_BUNDLES } from "../peer/build.mjs";
import { startJudge } from "./judge.mjs";

export const start = ({ port }) => startJudge(port, `${PEER_BUNDLES}/wallets`, [["ESModule", "worker.mjs"]], ["nodejs_compat"]);
