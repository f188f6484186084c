// Resend's API for sending as documented, with its idempotency keys; its webhooks are signed by the
// library that Resend itself names, svix.
import { randomBytes, randomUUID } from "node:crypto";
import { Webhook } from "svix";
import { answerJson, post, textOf } from "./wire.mjs";

export class ResendPeer {
  /** Every message that was taken, once however often it was sent: `{id, key, ...the request}`. */
  sent = [];
  /** Every request, taken or not. */
  requests = [];
  /** Set to answer the next requests differently: `(message) => [status, name] | "silent" | "taken"`. */
  refuse;
  #from;
  #apiKey = `re_${randomBytes(16).toString("hex")}`;
  #secret = `whsec_${randomBytes(24).toString("base64")}`;

  constructor({ from = "Proof <no-reply@proof-of-tests.com>" } = {}) {
    this.#from = from;
  }

  settings(baseUrl) {
    return {
      EMAIL_PROVIDER: "resend",
      EMAIL_FROM: this.#from,
      RESEND_API_KEY: this.#apiKey,
      RESEND_WEBHOOK_SECRET: this.#secret,
      RESEND_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    const refusal = (status, name) => answerJson(response, status, { statusCode: status, name, message: `It is ${name}.` });
    if (request.method !== "POST" || !url.pathname.endsWith("/emails")) return refusal(404, "not_found");
    if (request.headers.authorization !== `Bearer ${this.#apiKey}`) return refusal(403, "invalid_api_key");
    const key = request.headers["idempotency-key"];
    const message = { key, text, ...JSON.parse(text) };
    this.requests.push(message);
    const instead = this.refuse?.(message);
    if (Array.isArray(instead)) return refusal(...instead);
    const known = key && this.sent.find((one) => one.key === key);
    if (known && known.text !== text) return refusal(409, "invalid_idempotent_request");
    const taken = known ?? { ...message, id: randomUUID() };
    if (!known) this.sent.push(taken);
    // It was taken, and nobody hears of it.
    if (instead === "silent") return;
    answerJson(response, 200, { id: taken.id });
  };

  to(address) {
    return this.sent.filter((message) => message.to.includes(address));
  }

  /** Reports on a message that was taken. */
  report(to, message, type, { data = {}, tags, body, at = new Date(), id = `msg_${randomUUID()}`, secret = this.#secret, headers = {} } = {}) {
    const event = {
      type,
      created_at: at.toISOString(),
      data: {
        email_id: message.id,
        from: message.from,
        to: message.to,
        subject: message.subject,
        created_at: at.toISOString(),
        tags: tags ?? Object.fromEntries(message.tags.map(({ name, value }) => [name, value])),
        ...data,
      },
    };
    const text = JSON.stringify(event);
    const signature = new Webhook(secret).sign(id, at, text);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    return post(to, body ?? text, {
      "content-type": "application/json",
      "svix-id": id,
      "svix-timestamp": timestamp,
      "svix-signature": signature,
      ...headers,
    });
  }
}

/** What Resend says of a mailbox that is none. */
export const BOUNCE = { bounce: { type: "Permanent", subType: "General", message: "The recipient's mailbox does not exist." } };
