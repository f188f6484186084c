// Postmark's API for sending as documented; its webhooks carry the password of their own address.
import { randomBytes, randomUUID } from "node:crypto";
import { answerJson, post, textOf } from "./wire.mjs";

export class PostmarkPeer {
  /** Every message that was taken; a repetition is another one. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, errorCode] | "silent"`. */
  refuse;
  #from;
  #token = randomUUID();
  #password = randomBytes(18).toString("hex");

  constructor({ from = "Proof <no-reply@proof-of-tests.com>" } = {}) {
    this.#from = from;
  }

  settings(baseUrl) {
    return {
      EMAIL_PROVIDER: "postmark",
      EMAIL_FROM: this.#from,
      POSTMARK_SERVER_TOKEN: this.#token,
      POSTMARK_WEBHOOK_PASSWORD: this.#password,
      POSTMARK_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    const refusal = (status, code) => answerJson(response, status, { ErrorCode: code, Message: `It is ${code}.` });
    if (!url.pathname.endsWith("/email")) return refusal(404, 0);
    if (request.headers["x-postmark-server-token"] !== this.#token) return refusal(401, 10);
    const message = JSON.parse(text);
    const instead = this.refuse?.(message);
    if (Array.isArray(instead)) return refusal(...instead);
    const taken = { ...message, MessageID: randomUUID() };
    this.sent.push(taken);
    if (instead === "silent") return;
    answerJson(response, 200, { To: message.To, SubmittedAt: new Date().toISOString(), MessageID: taken.MessageID, ErrorCode: 0, Message: "OK" });
  };

  to(address) {
    return this.sent.filter((message) => message.To === address);
  }

  /** Reports on a message that was taken. */
  report(to, message, fields, { password = this.#password } = {}) {
    const event = { MessageID: message.MessageID, Metadata: message.Metadata, Recipient: message.To, Email: message.To, ServerID: 23, ...fields };
    const authorization = `Basic ${Buffer.from(`proof:${password}`).toString("base64")}`;
    return post(to, JSON.stringify(event), { "content-type": "application/json", authorization });
  }
}
