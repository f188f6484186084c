// WhatsApp's Cloud API as documented, for one business number: takes messages to persons, and sends
// what persons write as signed webhooks. The signature is made by a published library.
import { randomBytes, randomInt } from "node:crypto";
import { sign } from "@octokit/webhooks-methods";
import { answerJson, post, textOf } from "./wire.mjs";

const digits = (length) => Array.from({ length }, () => randomInt(1, 10)).join("");

export class WhatsappPeer {
  /** What was sent to persons, in the documented form. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, body]`. */
  refuse;
  #number;
  #phoneNumberId = digits(15);
  #accessToken = randomBytes(16).toString("hex");
  #appSecret = randomBytes(16).toString("hex");
  #verifyToken = randomBytes(16).toString("hex");

  constructor({ number = "12025550101" } = {}) {
    this.#number = number;
  }

  settings(baseUrl) {
    return {
      WHATSAPP_NUMBER: `+${this.#number}`,
      WHATSAPP_PHONE_NUMBER_ID: this.#phoneNumberId,
      WHATSAPP_ACCESS_TOKEN: this.#accessToken,
      WHATSAPP_APP_SECRET: this.#appSecret,
      WHATSAPP_VERIFY_TOKEN: this.#verifyToken,
      WHATSAPP_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    if (request.method !== "POST" || !url.pathname.endsWith(`/${this.#phoneNumberId}/messages`))
      return answerJson(response, 404, { error: { message: "Unsupported request", type: "GraphMethodException", code: 100 } });
    if (request.headers.authorization !== `Bearer ${this.#accessToken}`)
      return answerJson(response, 401, { error: { message: "Invalid OAuth access token", type: "OAuthException", code: 190 } });
    const message = JSON.parse(text);
    const refused = this.refuse?.(message);
    if (refused) return answerJson(response, ...refused);
    this.sent.push(message);
    const to = message.to ?? message.recipient;
    answerJson(response, 200, {
      messaging_product: "whatsapp",
      contacts: [{ input: to, ...(message.to ? { wa_id: to } : { user_id: to }) }],
      messages: [{ id: messageId() }],
    });
  };

  /** Messages to one person, oldest first. */
  sentTo(address) {
    return this.sent.filter((message) => (message.to ?? message.recipient) === address);
  }

  /** Meta's question whether an address is ours. */
  handshake(to, { token = this.#verifyToken, challenge = digits(10), mode = "subscribe" } = {}) {
    const query = new URLSearchParams({ "hub.mode": mode, "hub.challenge": challenge, "hub.verify_token": token });
    return fetch(`${to}?${query}`);
  }

  /** A person writes. `from` is a number, `user` stands for somebody who hides theirs. */
  say({ to, from, user, text, id = messageId() }) {
    return this.deliver(to, this.webhook([this.#message({ from, user, id, type: "text", text: { body: text } })], { from, user }));
  }

  /** A person shares a contact; `origin` says whether we asked for it. */
  shareContact({ to, from, user, phone, origin = "contact_request", id = messageId() }) {
    const contacts = [{ origin, name: { formatted_name: "Somebody" }, phones: [{ phone: `+${phone}`, wa_id: phone, type: "CELL" }] }];
    return this.deliver(to, this.webhook([this.#message({ from, user, id, type: "contacts", contacts })], { from, user }));
  }

  #message({ from, user, ...rest }) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    return { ...(from && { from }), ...(user && { from_user_id: user }), timestamp, ...rest };
  }

  /** The webhook with these messages, as text. */
  webhook(messages, { from, user, phoneNumberId = this.#phoneNumberId } = {}) {
    const contact = { profile: { name: "Somebody" }, ...(from && { wa_id: from }), ...(user && { user_id: user }) };
    const value = {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: this.#number, phone_number_id: phoneNumberId },
      contacts: [contact],
      messages,
    };
    return JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: digits(15), changes: [{ field: "messages", value }] }] });
  }

  /** Sends a webhook, signed unless another signature is given. */
  async deliver(to, body, signature) {
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature ?? (await sign(this.#appSecret, body)) };
    return post(to, body, headers);
  }
}

export const messageId = () => `wamid.${randomBytes(18).toString("base64")}`;
