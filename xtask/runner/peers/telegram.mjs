// Telegram's Bot API as documented: one bot with the persons who write to it, and the bots of others,
// which are only asked for their name.
import { randomBytes, randomInt } from "node:crypto";
import { answerJson, post, textOf } from "./wire.mjs";

const SECRET_HEADER = "x-telegram-bot-api-secret-token";

export class TelegramPeer {
  /** What the bot sent, in the documented form. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, body]`. */
  refuse;
  #username;
  #token = `${randomInt(100_000_000, 999_999_999)}:${randomBytes(26).toString("base64url")}`;
  #secret = randomBytes(24).toString("base64url");
  #bots = new Map();
  #updates = randomInt(1, 1_000_000);

  constructor({ username = "proof_example_bot" } = {}) {
    this.#username = username;
  }

  settings(baseUrl) {
    return {
      TELEGRAM_BOT_USERNAME: this.#username,
      TELEGRAM_BOT_TOKEN: this.#token,
      TELEGRAM_WEBHOOK_SECRET: this.#secret,
      TELEGRAM_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    if (url.pathname.endsWith("/getMe")) return this.#getMe(response, url);
    const path = `/bot${this.#token}/sendMessage`;
    if (!url.pathname.endsWith(path)) return answerJson(response, 404, { ok: false, error_code: 404, description: "Not Found" });
    const message = JSON.parse(text);
    const refused = this.refuse?.(message);
    if (refused) return answerJson(response, ...refused);
    this.sent.push(message);
    const chat = { id: Number(message.chat_id), type: "private" };
    answerJson(response, 200, { ok: true, result: { message_id: this.sent.length, date: seconds(), chat, text: message.text } });
  };

  #getMe(response, url) {
    const refused = this.refuse?.();
    if (refused) return answerJson(response, ...refused);
    const bot = this.#bots.get(/\/bot([^/]+)\/getMe$/.exec(url.pathname)?.[1]);
    if (!bot) return answerJson(response, 401, { ok: false, error_code: 401, description: "Unauthorized" });
    const result = { id: Number(bot.id), is_bot: true, first_name: "Somebody's bot", username: bot.username, can_join_groups: true };
    return answerJson(response, 200, { ok: true, result });
  }

  /** Somebody makes a bot with BotFather. */
  makeBot() {
    const id = String(randomInt(100_000_000, 999_999_999));
    const bot = { id, token: `${id}:${randomBytes(27).toString("base64url").slice(0, 35)}`, username: `some_${id}_bot` };
    this.#bots.set(bot.token, bot);
    return bot;
  }

  /** Its token is revoked. */
  revoke(bot) {
    this.#bots.delete(bot.token);
  }

  /** Messages to one chat, oldest first. */
  sentTo(chat) {
    return this.sent.filter((message) => message.chat_id === String(chat));
  }

  /** Somebody who has Telegram. */
  person() {
    return randomInt(1_000_000, 2_000_000_000);
  }

  /** The person opens the deep link and presses Start. */
  start({ to, person, code, ...rest }) {
    return this.say({ to, person, text: `/start ${code}`, ...rest });
  }

  say({ to, person, text, ...rest }) {
    return this.update(to, person, { text }, rest);
  }

  /** The person shares a contact: their own with the button, or anybody's from the address book. */
  shareContact({ to, person, phone, contactOf = person, ...rest }) {
    return this.update(to, person, { contact: { phone_number: phone, first_name: "Somebody", user_id: contactOf } }, rest);
  }

  /** Sends an update about a message. `id` repeats an earlier one. */
  update(to, person, content, { id = ++this.#updates, chat = { id: person, type: "private" }, secret = this.#secret } = {}) {
    const from = { id: person, is_bot: false, first_name: "Somebody", language_code: "en" };
    const message = { message_id: randomInt(1, 1_000_000), from, chat, date: seconds(), ...content };
    return this.deliver(to, JSON.stringify({ update_id: id, message }), secret);
  }

  deliver(to, body, secret = this.#secret) {
    return post(to, body, { "content-type": "application/json", ...(secret && { [SECRET_HEADER]: secret }) });
  }
}

const seconds = () => Math.floor(Date.now() / 1000);
