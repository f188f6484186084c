// Reads the two request bodies of the verifications Worker by hand. The peer proves e-mail addresses only.
import { failField } from "./errors";

export interface CreateRequest {
  type: "email";
  channel: "email";
  identifier: string;
  external_user_id?: string;
  callback_url?: string;
  client_metadata?: Record<string, unknown>;
}

const TYPES = new Set(["phone", "email", "domain", "social", "wallet", "account", "telegram_bot"]);
const FIELDS = new Set(["type", "channel", "identifier", "external_user_id", "callback_url", "client_metadata"]);
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const PLAIN_DOMAIN = /^[a-z0-9.-]+$/;
const CODE = /^[A-Z0-9]{6}$/;

function text(body: Record<string, unknown>, field: string, longest: number): string {
  const value = body[field];
  if (typeof value !== "string" || value === "") throw failField(field, "is required and must be a string");
  if (value.length > longest) throw failField(field, `may have at most ${longest} characters`);
  return value;
}

function emailAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  if (at < 1 || local.length > 64 || !LOCAL_PART.test(local)) throw notAnAddress();
  let domain = address.slice(at + 1).toLowerCase();
  if (!PLAIN_DOMAIN.test(domain)) domain = punycode(domain);
  if (!DOMAIN.test(domain)) throw notAnAddress();
  return `${local}@${domain}`;
}

function punycode(domain: string): string {
  const url = URL.parse(`http://${domain}`);
  if (!url || url.pathname !== "/" || url.port !== "" || url.username !== "") throw notAnAddress();
  return url.hostname;
}

const notAnAddress = () => failField("identifier", "is not a valid e-mail address", "invalid_identifier");

function callbackUrl(value: string): string {
  const url = URL.parse(value);
  if (!url || url.protocol !== "https:" || url.username !== "") throw failField("callback_url", "must be an https URL");
  return value;
}

export function createRequest(body: Record<string, unknown>): CreateRequest {
  for (const field in body) if (!FIELDS.has(field)) throw failField(field, "is not a known field");
  const type = text(body, "type", 32);
  if (!TYPES.has(type)) throw failField("type", "is not a known type");
  const channel = text(body, "channel", 32);
  if (type !== "email" || channel !== "email") {
    throw failField("channel", `cannot prove the type ${type}`, "invalid_channel_for_type");
  }
  const request: CreateRequest = { type, channel, identifier: emailAddress(text(body, "identifier", 254)) };
  if (body.external_user_id !== undefined) request.external_user_id = text(body, "external_user_id", 255);
  if (body.callback_url !== undefined) request.callback_url = callbackUrl(text(body, "callback_url", 2048));
  const metadata = body.client_metadata;
  if (metadata !== undefined) {
    if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
      throw failField("client_metadata", "must be an object");
    }
    if (JSON.stringify(metadata).length > 4096) throw failField("client_metadata", "may have at most 4096 bytes");
    request.client_metadata = metadata as Record<string, unknown>;
  }
  return request;
}

export function challengeCode(body: Record<string, unknown>): string {
  for (const field in body) {
    if (field !== "challenge_code" && field !== "source_identifier") throw failField(field, "is not a known field");
  }
  const code = text(body, "challenge_code", 64);
  if (!CODE.test(code)) throw failField("challenge_code", "must be 6 characters of A-Z and 0-9");
  return code;
}
