// What a made-up person owns and does, for each pair of type and channel. `asset()` gives what the
// verification is created with, `part` what pressing the button does, `open` a page to visit instead,
// `answer` does it and may say something about it.
import { randomBytes } from "node:crypto";
import { DOMAIN_OF_NOBODY } from "./dns.mjs";

const name = () => randomBytes(4).toString("hex");

export function people({ system, peers }) {
  return {
    ...emails(system),
    ...domains(peers.dns),
  };
}

function emails(system) {
  const newest = async (id) => {
    const query = "SELECT text FROM inbox_messages WHERE verification_id = ? ORDER BY created_at DESC, rowid DESC LIMIT 1";
    const [message] = await system.sql(query, [id]);
    if (!message) throw new Error("the message has not arrived yet");
    return message.text;
  };
  return {
    "email/email": {
      asset: () => ({ request: { identifier: `somebody.${name()}@example.com` } }),
      part: () => "Read the message and enter its code",
      async answer({ id }, _, api) {
        const code = /\b\d{6}\b/.exec(await newest(id))[0];
        await api("POST", `verifications/${id}/submit`, { challenge_code: code });
        return `The message said ${code}.`;
      },
    },
  };
}

function domains(zone) {
  const asset = () => ({ request: { identifier: `shop-${name()}${DOMAIN_OF_NOBODY}` } });
  const look = (api, id) => api("POST", `verifications/${id}/verify`);
  const record = {
    asset,
    part: () => "Publish the record and check",
    async answer({ id, challenge }, _, api) {
      zone.publishRecord(challenge.dns_record.name, challenge.dns_record.value);
      await look(api, id);
    },
  };
  const file = {
    asset,
    part: () => "Publish the file and check",
    async answer({ id, challenge }, _, api) {
      zone.publishFile(challenge.http_file.url.replace(/^https:\/\//, ""), challenge.http_file.content);
      await look(api, id);
    },
  };
  return { "domain/dns": record, "domain/http": file, "domain/auto": record };
}
