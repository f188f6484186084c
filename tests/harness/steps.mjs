// What many tests do first: make a verification, prove it, read the e-mail.
import { randomBytes, randomInt } from "node:crypto";
import { eventually } from "./poll.mjs";

export const random = (bytes = 6) => randomBytes(bytes).toString("hex");
export const freshId = () => random(12);
export const freshEmail = () => `person.${random()}@postbox-of-tests.com`;
export const freshPhone = () => `+3706${String(randomInt(1e7)).padStart(7, "0")}`;
export const freshDomain = () => `shop-${random()}.com`;

/** The same address written otherwise: only the domain's letters may change their case. */
export const otherwise = (email) => email.replace(/@.*/, (domain) => domain.toUpperCase());

/** A wrong answer that has the right form. */
export const otherCode = (code) => (code === "000000" ? "111111" : "000000");

export async function create(client, overrides = {}) {
  const body = { type: "phone", channel: "whatsapp", identifier: freshPhone(), ...overrides };
  return (await client.post("verifications", body)).expect(201).body;
}

export const createEmail = (client, overrides = {}) =>
  create(client, { type: "email", channel: "email", identifier: freshEmail(), ...overrides });

export const createDomain = (client, channel = "dns", overrides = {}) =>
  create(client, { type: "domain", channel, identifier: freshDomain(), ...overrides });

export const read = async (client, id) => (await client.get(`verifications/${id}`)).expect(200).body;

export const submit = (client, id, code, more = {}) => client.post(`verifications/${id}/submit`, { challenge_code: code, ...more });

/** A verification proven in test mode. */
export async function proven(client, overrides = {}) {
  const { id } = await create(client, overrides);
  const done = (await client.post(`verifications/${id}/test-verify`)).expect(200).body;
  return { id, token: done.proof_token, verification: done };
}

/** A live verification proven by the code in the inbox. */
export async function provenByEmail(world, client, overrides = {}) {
  const { id, identifier } = await createEmail(client, overrides);
  const { code } = await world.inbox.code(id);
  const done = (await submit(client, id, code)).expect(200).body;
  return { id, identifier, token: done.proof.token, verification: done };
}

/** Reads the local inbox. */
export class Inbox {
  #sql;

  constructor(sql) {
    this.#sql = sql;
  }

  messages(verification) {
    return this.#sql("SELECT * FROM inbox_messages WHERE verification_id = ? ORDER BY created_at, rowid", [verification]);
  }

  /** The newest code, once there are at least so many messages. */
  async code(verification, count = 1) {
    const messages = await eventually("the e-mail", async () => {
      const all = await this.messages(verification);
      return all.length >= count && all;
    });
    const message = messages.at(-1);
    return { code: /\b\d{6}\b/.exec(message.text)[0], message, messages };
  }
}
