// Hex, base64url and digests, with keys imported once per isolate.
const encoder = new TextEncoder();
const hmacKeys = new Map<string, Promise<CryptoKey>>();

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}

export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export async function hmacHex(secretHex: string, text: string): Promise<string> {
  let key = hmacKeys.get(secretHex);
  if (!key) {
    key = crypto.subtle.importKey("raw", unhex(secretHex), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    hmacKeys.set(secretHex, key);
  }
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await key, utf8(text))));
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export const randomHex = (length: number): string => hex(crypto.getRandomValues(new Uint8Array(length)));

/** RFC 3339 in UTC without milliseconds. */
export const rfc3339 = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19) + "Z";
