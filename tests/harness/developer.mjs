// What `cargo xtask dev` sets up on a developer's machine: the peers, a system that knows them, the demo
// organisation; and a browser.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPeers } from "../../xtask/runner/peers/index.mjs";
import { startBrowser } from "./browser.mjs";
import { startWorld } from "./world.mjs";

export async function startDeveloper() {
  const folder = await mkdtemp(join(tmpdir(), "proof-peers-"));
  const started = [];
  const stop = async () => {
    for (const one of started.reverse()) await one.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (promise) => {
    const one = await promise;
    started.push(one);
    return one;
  };
  try {
    const peers = await start(startPeers(folder));
    const world = await start(startWorld({ vars: peers.vars, outbound: peers.outbound }));
    const demo = await world.organisation({ name: "Demo" });
    /** As at every start. */
    const connect = () => peers.connect(world, { live_key: demo.live.key, test_key: demo.test.key });
    await connect();
    return { world, demo, connect, browser: await start(startBrowser(world.url)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
