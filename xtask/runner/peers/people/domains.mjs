// The person's domains, with their records and files.
import { randomBytes } from "node:crypto";
import { DOMAIN_OF_NOBODY } from "../dns.mjs";

export function domains({ dns }) {
  if (!dns) return {};
  const asset = () => ({ request: { identifier: `shop-${randomBytes(4).toString("hex")}${DOMAIN_OF_NOBODY}` } });
  const look = (api, id) => api("POST", `verifications/${id}/verify`);
  const record = {
    asset,
    part: () => "Publish the record and check",
    async answer({ id, challenge }, _, api) {
      dns.publishRecord(challenge.dns_record.name, challenge.dns_record.value);
      await look(api, id);
    },
  };
  const file = {
    asset,
    part: () => "Publish the file and check",
    async answer({ id, challenge }, _, api) {
      dns.publishFile(challenge.http_file.url.replace(/^https:\/\//, ""), challenge.http_file.content);
      await look(api, id);
    },
  };
  return { "domain/dns": record, "domain/http": file, "domain/auto": record };
}
