// The person's mailbox is the local inbox.
import { randomBytes } from "node:crypto";
import { DOMAIN_OF_NOBODY } from "../dns.mjs";

const name = () => randomBytes(4).toString("hex");

export function mailboxes(system) {
  const newest = async (id) => {
    const query = "SELECT text FROM inbox_messages WHERE verification_id = ? ORDER BY created_at DESC, rowid DESC LIMIT 1";
    const [message] = await system.sql(query, [id]);
    if (!message) throw new Error("the message has not arrived yet");
    return message.text;
  };
  const reader = (identifier) => ({
    asset: () => ({ request: { identifier: identifier() } }),
    part: () => "Read the message and enter its code",
    async answer({ id }, _, api) {
      const code = /\b\d{6}\b/.exec(await newest(id))[0];
      await api("POST", `verifications/${id}/submit`, { challenge_code: code });
      return `The message said ${code}.`;
    },
  });
  return {
    "email/email": reader(() => `somebody.${name()}@example.com`),
    "domain/email": reader(() => `shop-${name()}${DOMAIN_OF_NOBODY}`),
  };
}
