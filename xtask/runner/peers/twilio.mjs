// Twilio's API for text messages as documented, for one number. Webhooks are signed by Twilio's own
// library.
import { randomBytes } from "node:crypto";
import webhooks from "twilio/lib/webhooks/webhooks.js";
import { answerJson, post, textOf } from "./wire.mjs";

const sid = (prefix) => prefix + randomBytes(16).toString("hex");

export class TwilioPeer {
  /** What was sent, with the id that each message got. */
  sent = [];
  /** Set to answer the next requests differently: `(message) => [status, body]`. */
  refuse;
  #number = "+12025550102";
  #accountSid = sid("AC");
  #authToken = randomBytes(16).toString("hex");

  settings(baseUrl) {
    return {
      SMS_PROVIDER: "twilio",
      SMS_NUMBER: this.#number,
      TWILIO_ACCOUNT_SID: this.#accountSid,
      TWILIO_AUTH_TOKEN: this.#authToken,
      TWILIO_API_URL: baseUrl,
    };
  }

  handler = async (request, response, url) => {
    const text = await textOf(request);
    const credentials = Buffer.from(`${this.#accountSid}:${this.#authToken}`).toString("base64");
    if (request.headers.authorization !== `Basic ${credentials}`)
      return answerJson(response, 401, { code: 20003, message: "Authenticate", more_info: "https://www.twilio.com/docs/errors/20003", status: 401 });
    if (!url.pathname.endsWith(`/2010-04-01/Accounts/${this.#accountSid}/Messages.json`)) return answerJson(response, 404, { code: 20404, status: 404 });
    const message = { ...Object.fromEntries(new URLSearchParams(text)), sid: sid("SM") };
    const refused = this.refuse?.(message);
    if (refused) return answerJson(response, ...refused);
    this.sent.push(message);
    answerJson(response, 201, {
      sid: message.sid,
      account_sid: this.#accountSid,
      to: message.To,
      from: message.From,
      body: message.Body,
      status: "queued",
      error_code: null,
    });
  };

  sentTo(number) {
    return this.sent.filter((message) => message.To === number);
  }

  /** Somebody writes to the service's number. */
  text({ to, from, body, id = sid("SM"), ...rest }) {
    const fields = {
      ToCountry: "US",
      MessageSid: id,
      SmsMessageSid: id,
      SmsSid: id,
      SmsStatus: "received",
      NumMedia: "0",
      NumSegments: "1",
      AccountSid: this.#accountSid,
      From: from,
      To: this.#number,
      Body: body,
      ApiVersion: "2010-04-01",
    };
    return this.deliver(to, { ...fields, ...rest.fields }, rest);
  }

  /** Reports on a message that was sent, at the address that came with it. */
  report(message, status, errorCode, { to = message.StatusCallback, ...rest } = {}) {
    const fields = {
      MessageSid: message.sid,
      SmsSid: message.sid,
      MessageStatus: status,
      SmsStatus: status,
      AccountSid: this.#accountSid,
      From: message.From,
      To: message.To,
      ApiVersion: "2010-04-01",
      ...(errorCode && { ErrorCode: String(errorCode) }),
    };
    return this.deliver(to, fields, rest);
  }

  deliver(to, fields, { signedFor = to, authToken = this.#authToken, signature, body } = {}) {
    const signed = signature ?? webhooks.getExpectedTwilioSignature(authToken, signedFor, fields);
    const headers = { "content-type": "application/x-www-form-urlencoded", ...(signed && { "x-twilio-signature": signed }) };
    return post(to, body ?? new URLSearchParams(fields).toString(), headers);
  }
}
