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
  const peers = await startPeers(folder);
  const world = await startWorld({ vars: peers.vars, outbound: peers.outbound });
  const demo = await world.organisation({ name: "Demo" });
  const connect = () => peers.connect(world, { live_key: demo.live.key, test_key: demo.test.key });
  await connect();
  const browser = await startBrowser(world.url);
  return {
    world,
    demo,
    browser,
    /** As at every start. */
    connect,
    async stop() {
      await browser.stop();
      await world.stop();
      await peers.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
