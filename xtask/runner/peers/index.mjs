// The world outside, as a developer's machine needs it: servers that play the providers, and a
// made-up person who answers. One server on loopback holds them all, each below a path of its own.
// Never part of a deployed system.
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { fetch as fetchOutside } from "miniflare";
import { Zone } from "./dns.mjs";
import { Networks } from "./networks.mjs";
import { OpenId } from "./openid.mjs";
import { Play } from "./play.mjs";
import { TelegramPeer } from "./telegram.mjs";
import { TwilioPeer } from "./twilio.mjs";
import { WhatsappPeer } from "./whatsapp.mjs";

const OWN_SETTINGS = "settings.json";

/** Each below the path of its name. */
const PEERS = { dns: Zone, whatsapp: WhatsappPeer, telegram: TelegramPeer, twilio: TwilioPeer, networks: Networks, openid: OpenId };

/**
 * Starts the peers. `folder` may hold `settings.json`, with settings of real providers by name:
 * those win, and nobody plays the channels that they belong to.
 */
export async function startPeers(folder) {
  const own = await readFile(join(folder, OWN_SETTINGS), "utf8").then(JSON.parse, (error) => {
    if (error.code !== "ENOENT") throw new Error(`${OWN_SETTINGS}: ${error.message}`);
    return {};
  });
  const peers = {};
  let play;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://peers");
    const [, name] = url.pathname.split("/");
    const handler = name === "play" ? play?.handler : peers[name]?.handler;
    if (!handler) return response.writeHead(404).end();
    Promise.resolve(handler(request, response, url)).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error?.message ?? error));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const vars = {};
  for (const [name, Peer] of Object.entries(PEERS)) {
    const base = `${url}/${name}`;
    const peer = new Peer(base);
    const settings = peer.settings(base);
    if (Object.keys(settings).some((setting) => setting in own)) continue;
    peers[name] = peer;
    Object.assign(vars, settings);
  }
  return {
    /** What points the system to the peers. */
    vars: { LOCAL_PEERS_URL: url, ...vars, ...own },
    /** What the Workers fetch: files of made-up domains here, everything else from the world. */
    outbound: (request) => peers.dns?.page(request) ?? fetchOutside(request, { redirect: "manual" }),
    /** Tells the person which system and whose key to use. */
    connect(system, demo) {
      peers.openid?.trust(system.url);
      play = new Play({ system, key: demo.live_key, peers });
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
