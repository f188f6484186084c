// The world outside, as a developer's machine needs it: servers that play the providers, and a
// made-up person who answers. One server on loopback holds them all, each below a path of its own.
// Never part of a deployed system.
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { fetch as fetchOutside } from "miniflare";
import { Zone } from "./dns.mjs";
import { Hooks } from "./hooks.mjs";
import { Networks } from "./networks.mjs";
import { OpenId } from "./openid.mjs";
import { Play } from "./play.mjs";
import { TelegramPeer } from "./telegram.mjs";
import { TwilioPeer } from "./twilio.mjs";
import { WhatsappPeer } from "./whatsapp.mjs";

const OWN_SETTINGS = "settings.json";

/** Each below the path of its name. */
const PEERS = { dns: Zone, whatsapp: WhatsappPeer, telegram: TelegramPeer, twilio: TwilioPeer, networks: Networks, openid: OpenId };

const OF_MANY = new Set([Networks, OpenId]);

/** Settings of one provider begin with the same word. */
const familyOf = (setting) => setting.split("_")[0];

/**
 * Starts the peers. `folder` may hold `settings.json`, with settings of real providers by name:
 * those win, and nobody plays the channels that they belong to.
 */
export async function startPeers(folder) {
  const own = await ownSettings(join(folder, OWN_SETTINGS));
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
  const families = new Set(Object.keys(own).map(familyOf));
  const isReal = (setting) => families.has(familyOf(setting));
  for (const [name, Peer] of Object.entries(PEERS)) {
    const peer = new Peer();
    const settings = Object.entries(peer.settings(`${url}/${name}`));
    const played = settings.filter(([setting]) => !isReal(setting));
    // A peer of one provider is needed whole; one of many plays those that are left.
    if (played.length === 0 || (played.length < settings.length && !OF_MANY.has(Peer))) continue;
    peers[name] = peer;
    Object.assign(vars, Object.fromEntries(played));
  }
  // Its name is a made-up one: where a real resolver is asked, nobody finds it.
  if (peers.dns) peers.hooks = new Hooks();
  return {
    /** What points the system to the peers. */
    vars: { LOCAL_PEERS_URL: url, ...vars, ...own },
    /** What the Workers fetch: made-up domains and the tenant's own server here, everything else from the world. */
    outbound: async (request) =>
      (await peers.hooks?.take(request)) ?? peers.dns?.page(request) ?? fetchOutside(request, { redirect: "manual" }),
    /** Tells the person which system and whose key to use, and has the tenant's server registered. */
    async connect(system, demo) {
      peers.openid?.trust(system.url);
      play = new Play({ system, key: demo.live_key, peers, isReal });
      await peers.hooks?.connect(system, demo);
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function ownSettings(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw new Error(`${OWN_SETTINGS}: ${error.message}`);
  }
}
