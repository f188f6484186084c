// Telegram's Gateway as documented: delivers numeric codes to numbers that have Telegram, and reports.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { answerJson, post, textOf } from "./wire.mjs";

export class TelegramGatewayPeer {
  /** What was sent, with the id that each request got. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, body]`. */
  refuse;
  #token = randomBytes(24).toString("base64url");

  settings(baseUrl) {
    return { TELEGRAM_GATEWAY_TOKEN: this.#token, TELEGRAM_GATEWAY_API_URL: baseUrl };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    if (request.headers.authorization !== `Bearer ${this.#token}`) return answerJson(response, 200, { ok: false, error: "ACCESS_TOKEN_INVALID" });
    if (!url.pathname.endsWith("/sendVerificationMessage")) return answerJson(response, 404, { ok: false, error: "UNKNOWN_METHOD" });
    const message = JSON.parse(text);
    const refused = this.refuse?.(message);
    if (refused) return answerJson(response, ...refused);
    const sent = { ...message, request_id: randomBytes(8).toString("hex") };
    this.sent.push(sent);
    answerJson(response, 200, { ok: true, result: this.#status(sent, "sent") });
  };

  sentTo(number) {
    return this.sent.filter((message) => message.phone_number === number);
  }

  #status({ request_id, phone_number, payload }, status) {
    return { request_id, phone_number, request_cost: 0.01, delivery_status: { status, updated_at: seconds() }, payload };
  }

  /** Reports on a message that was sent. */
  report(message, status, { to = message.callback_url, at = seconds(), token = this.#token, body, signature } = {}) {
    const text = body ?? JSON.stringify(this.#status(message, status));
    const key = createHash("sha256").update(token).digest();
    const signed = signature ?? createHmac("sha256", key).update(`${at}\n${text}`).digest("hex");
    return post(to, text, { "content-type": "application/json", "x-request-timestamp": String(at), "x-request-signature": signed });
  }
}

const seconds = () => Math.floor(Date.now() / 1000);
