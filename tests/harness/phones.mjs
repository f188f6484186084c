// The phone channels' providers, put up in the outside world under their real names.
import { eventually } from "./poll.mjs";
import { read } from "./steps.mjs";
import { startWorld } from "./world.mjs";
import { TelegramGatewayPeer } from "../../xtask/runner/peers/telegram-gateway.mjs";
import { TelegramPeer } from "../../xtask/runner/peers/telegram.mjs";
import { TelnyxPeer } from "../../xtask/runner/peers/telnyx.mjs";
import { TwilioPeer } from "../../xtask/runner/peers/twilio.mjs";
import { WhatsappPeer } from "../../xtask/runner/peers/whatsapp.mjs";

const HOSTS = {
  whatsapp: [WhatsappPeer, "graph.facebook.com"],
  telegram: [TelegramPeer, "api.telegram.org"],
  gateway: [TelegramGatewayPeer, "gatewayapi.telegram.org"],
  twilio: [TwilioPeer, "api.twilio.com"],
  telnyx: [TelnyxPeer, "api.telnyx.com"],
};

/** A world in which the operator has accounts with these providers; `peers` play them. */
export async function startPhoneWorld(names, { vars = {}, ...options } = {}) {
  const peers = {};
  const settings = {};
  for (const name of names) {
    const [Peer, host] = HOSTS[name];
    peers[name] = new Peer();
    Object.assign(settings, peers[name].settings(`https://${host}`));
  }
  const world = await startWorld({ vars: { ...settings, ...vars }, ...options });
  for (const name of names) world.internet.provider(HOSTS[name][1], peers[name].handler);
  return { world, ...peers };
}

/** A provider's account of an organisation's own, whose messages go to the same host. */
export const ownSettings = (peer) =>
  Object.fromEntries(Object.entries(peer.settings("https://unused.example")).filter(([name]) => !name.endsWith("_URL")));

/** The digits of a number, as WhatsApp and Telegram write it. */
export const bare = (number) => number.replace(/^\+/, "");

/** The verification once its code can be found: the object tells the ledger a moment after its answer. */
export async function findable(world, verification) {
  await eventually("the code can be found", async () => {
    const rows = await world.sql("SELECT digest FROM open_codes WHERE subject_id = ?", [verification.id]);
    return rows.length === 1;
  });
  return verification;
}

export const becomes = (client, id, status) =>
  eventually(`${id} is ${status}`, async () => {
    const verification = await read(client, id);
    return verification.status === status && verification;
  });
