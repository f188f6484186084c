// Telnyx's API for text messages as documented, for one number; its webhooks are signed with ed25519.
import { generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { answerJson, post, textOf } from "./wire.mjs";

export class TelnyxPeer {
  /** What was sent, with the id that each message got. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, body]`. */
  refuse;
  #number;
  #apiKey = `KEY${randomBytes(16).toString("hex")}`;
  #keys = generateKeyPairSync("ed25519");

  constructor({ number = "+12025550103" } = {}) {
    this.#number = number;
  }

  settings(baseUrl) {
    const { x } = this.#keys.publicKey.export({ format: "jwk" });
    return {
      SMS_PROVIDER: "telnyx",
      SMS_NUMBER: this.#number,
      TELNYX_API_KEY: this.#apiKey,
      TELNYX_PUBLIC_KEY: Buffer.from(x, "base64url").toString("base64"),
      TELNYX_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    if (request.headers.authorization !== `Bearer ${this.#apiKey}`)
      return answerJson(response, 401, { errors: [{ code: "10009", title: "Authentication failed" }] });
    if (!url.pathname.endsWith("/v2/messages")) return answerJson(response, 404, { errors: [{ code: "10005", title: "Resource not found" }] });
    const message = { ...JSON.parse(text), id: randomUUID() };
    const refused = this.refuse?.(message);
    if (refused) return answerJson(response, ...refused);
    this.sent.push(message);
    const to = [{ phone_number: message.to, status: "queued", carrier: "", line_type: "" }];
    answerJson(response, 200, { data: { record_type: "message", direction: "outbound", id: message.id, from: { phone_number: message.from }, to } });
  };

  sentTo(number) {
    return this.sent.filter((message) => message.to === number);
  }

  /** Somebody writes to the service's number. */
  text({ to, from, body, id = randomUUID(), ...rest }) {
    const payload = {
      record_type: "message",
      direction: "inbound",
      id,
      type: "SMS",
      from: { phone_number: from, carrier: "", line_type: "Wireless" },
      to: [{ phone_number: this.#number, status: "webhook_delivered" }],
      text: body,
      media: [],
      tags: [],
    };
    return this.#event(to, "message.received", payload, rest);
  }

  /** Reports on a message that was sent. */
  report(message, status, errorCode, { to = message.webhook_url, ...rest } = {}) {
    const payload = {
      record_type: "message",
      direction: "outbound",
      id: message.id,
      type: "SMS",
      from: { phone_number: message.from },
      to: [{ phone_number: message.to, status }],
      tags: message.tags,
      errors: errorCode ? [{ code: errorCode, title: "Undeliverable" }] : [],
    };
    return this.#event(to, "message.finalized", payload, rest);
  }

  #event(to, kind, payload, { at = Math.floor(Date.now() / 1000), signature, body } = {}) {
    const data = { record_type: "event", id: randomUUID(), event_type: kind, occurred_at: new Date().toISOString(), payload };
    const text = JSON.stringify({ data, meta: { attempt: 1, delivered_to: to } });
    const signed = signature ?? sign(null, Buffer.from(`${at}|${text}`), this.#keys.privateKey).toString("base64");
    const headers = { "content-type": "application/json", "telnyx-timestamp": String(at), "telnyx-signature-ed25519": signed };
    return post(to, body ?? text, headers);
  }
}
