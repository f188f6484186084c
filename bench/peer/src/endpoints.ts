// The tenant's endpoints: how their secrets are kept, and what a delivery asks of them at each attempt.
import { utf8 } from "./bytes";
import type { Environment } from "./keys";

export interface Endpoint {
  url: string;
  secret: string;
}

interface Row {
  url: string;
  secret: string;
  enabled: number;
}

let sealing: Promise<CryptoKey> | undefined;

function sealingKey(hexKey: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(hexKey.match(/../g)!, (pair) => parseInt(pair, 16));
  return (sealing ??= crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
}

/** What a seal is bound to: a row copied to another place stays shut. */
const place = (organisationId: string, environment: Environment, id: string): Uint8Array =>
  utf8(`webhook-endpoint/${organisationId}/${environment}/${id}`);

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
export const unbase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

export const newSecret = (): string => `whsec_${base64(crypto.getRandomValues(new Uint8Array(32)))}`;

export async function seal(hexKey: string, secret: string, organisationId: string, environment: Environment, id: string) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const settings = { name: "AES-GCM", iv, additionalData: place(organisationId, environment, id) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(settings, await sealingKey(hexKey), utf8(secret)));
  return `${base64(iv)}.${base64(sealed)}`;
}

/** The endpoint as it is now, or null if it gets nothing any more. */
export async function endpointOf(
  env: { DB: D1Database; SEALING_KEY: string },
  organisationId: string,
  environment: Environment,
  id: string,
): Promise<Endpoint | null> {
  const row = await env.DB.prepare(
    "SELECT url, secret, enabled FROM webhook_endpoints WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3",
  )
    .bind(id, organisationId, environment)
    .first<Row>();
  if (!row?.enabled) return null;
  const [iv, sealed] = row.secret.split(".").map(unbase64);
  const settings = { name: "AES-GCM", iv: iv!, additionalData: place(organisationId, environment, id) };
  const secret = await crypto.subtle.decrypt(settings, await sealingKey(env.SEALING_KEY), sealed!);
  return { url: row.url, secret: new TextDecoder().decode(secret) };
}
