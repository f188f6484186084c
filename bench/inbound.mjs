// How long a person waits between the message they send and the proof: each channel's webhook, signed
// as the provider signs it, on a system that does nothing else. Beside it stands the shortest way
// there is, a right code by `/submit`, so that the figures can be compared between machines.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { TelegramPeer } from "../xtask/runner/peers/telegram.mjs";
import { TelnyxPeer } from "../xtask/runner/peers/telnyx.mjs";
import { TwilioPeer } from "../xtask/runner/peers/twilio.mjs";
import { WhatsappPeer } from "../xtask/runner/peers/whatsapp.mjs";
import { median } from "./measure/summary.mjs";
import { launch } from "./systems/launch.mjs";

const WARM_UP = 50;
const RUNS = 300;
const phone = () => `+3706${String(randomInt(1e7)).padStart(7, "0")}`;
const digits = (number) => number.slice(1);

/** Each channel: what points the system to its peer, and how a person answers. */
const CHANNELS = {
  whatsapp: { channel: "whatsapp", Peer: WhatsappPeer, path: "whatsapp", send: (peer, to, { from, code }) => peer.say({ to, from: digits(from), text: code }) },
  telegram: {
    channel: "telegram",
    Peer: TelegramPeer,
    path: "telegram",
    async send(peer, to, { from, code }) {
      const person = peer.person();
      const asked = await peer.start({ to, person, code });
      return asked.status === 200 ? peer.shareContact({ to, person, phone: digits(from) }) : asked;
    },
  },
  twilio: { channel: "sms", Peer: TwilioPeer, path: "sms/twilio", send: (peer, to, { from, code }) => peer.text({ to, from, body: code }) },
  telnyx: { channel: "sms", Peer: TelnyxPeer, path: "sms/telnyx", send: (peer, to, { from, code }) => peer.text({ to, from, body: code }) },
};

async function api({ url, key }, method, path, body) {
  const headers = { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) };
  const reply = await fetch(new URL(`/api/v1/${path}`, url), { method, headers, body: body && JSON.stringify(body) });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text}`);
  return JSON.parse(text);
}

async function timed(begin, answer, check) {
  const times = [];
  for (let run = -WARM_UP; run < RUNS; run++) {
    const verification = await begin();
    const start = performance.now();
    await answer(verification);
    if (run >= 0) times.push(performance.now() - start);
    if (run % 25 === 0) await check(verification);
  }
  times.sort((a, b) => a - b);
  return { p50: median(times), p99: times[Math.floor(times.length * 0.99)] };
}

async function bySubmit(system) {
  const create = () => api(system, "POST", "verifications", { type: "email", channel: "email", identifier: "somebody@example.com" });
  const submit = ({ id, challenge }) => api(system, "POST", `verifications/${id}/submit`, { challenge_code: challenge.code });
  return timed(create, submit, () => {});
}

async function byWebhook({ channel, Peer, path, send }, settings) {
  const peer = new Peer();
  const system = await launch("ours", { ...settings, environment: "live", vars: peer.settings("http://127.0.0.1:1") });
  try {
    const to = new URL(`/inbound/${path}`, system.url).href;
    const create = async () => {
      const verification = await api(system, "POST", "verifications", { type: "phone", channel, identifier: phone() });
      // Its object tells the ledger after its answer; a person takes longer than this.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return verification;
    };
    const answer = async ({ identifier, challenge }) => {
      const { status, text } = await send(peer, to, { from: identifier, code: challenge.code });
      assert.equal(status, 200, text);
    };
    const check = async ({ id }) => assert.equal((await api(system, "GET", `verifications/${id}`)).status, "verified");
    return await timed(create, answer, check);
  } finally {
    await system.stop();
  }
}

/** @returns {Promise<Record<string, {p50: number, p99: number}>>} milliseconds by way */
export async function measureInbound(settings, say) {
  say("inbound: submit");
  const system = await launch("ours", settings);
  const figures = { submit: await bySubmit(system).finally(() => system.stop()) };
  for (const [name, channel] of Object.entries(CHANNELS)) {
    say(`inbound: ${name}`);
    figures[name] = await byWebhook(channel, settings);
  }
  return figures;
}
