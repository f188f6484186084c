// Mail providers, put up in the outside world under their real names, and what a message holds.
import { eventually } from "./poll.mjs";
import { read } from "./steps.mjs";
import { startWorld } from "./world.mjs";
import { PostmarkPeer } from "../../xtask/runner/peers/postmark.mjs";
import { ResendPeer } from "../../xtask/runner/peers/resend.mjs";

const HOSTS = { resend: [ResendPeer, "api.resend.com"], postmark: [PostmarkPeer, "api.postmarkapp.com"] };

/** A world in which the operator has accounts with these providers, in this order. */
export async function startMailWorld(names, { vars = {}, ...options } = {}) {
  const peers = {};
  const settings = {};
  for (const name of names) {
    peers[name] = new HOSTS[name][0]();
    Object.assign(settings, peers[name].settings(`https://${HOSTS[name][1]}`));
  }
  const world = await startWorld({ vars: { ...settings, EMAIL_PROVIDER: names.join(","), ...vars }, ...options });
  for (const name of names) world.internet.provider(HOSTS[name][1], peers[name].handler);
  return { world, ...peers };
}

/** The verification once its delivery has come so far. */
export const delivery = (client, id, status, within = 10_000) =>
  eventually(
    `delivery ${status}`,
    async () => {
      const verification = await read(client, id);
      return verification.delivery_status === status && verification;
    },
    { within },
  );

/** The code and the link in the words of a message. */
export const codeIn = (text) => /\b\d{6}\b/.exec(text)[0];
export const linkIn = (text) => new URL(/https?:\/\/\S+\/confirm\/email\/\S+/.exec(text)[0]);
