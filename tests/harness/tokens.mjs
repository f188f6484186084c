// Tokens that nobody issued: taken apart, changed and signed anew, with the right key, a wrong one or
// none. Only tests may hold the system's private key.
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** The three parts of a token, the first two read. */
export function takeApart(token) {
  const [header, claims, signature] = token.split(".");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url").toString());
  return { header: read(header), claims: read(claims), signature, parts: [header, claims, signature] };
}

/** A token of any header and claims (objects, or the very text of them) with any signature. */
export function assemble(header, claims, signer) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signer(input)}`;
}

export const unsigned = () => "";
export const sameSignature = (signature) => () => signature;
export const hmac =
  (secret, hash = "sha256") =>
  (input) =>
    createHmac(hash, secret).update(input).digest("base64url");
export const rsa =
  (key, hash = "sha256", options = {}) =>
  (input) =>
    sign(hash, Buffer.from(input), { key, ...options }).toString("base64url");
export const ecdsa = (key) => (input) => sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");

export const strangersKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
export const strangersCurveKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The system's own signing key, from the secrets it was started with. */
export function systemSigner(secrets) {
  const { active, keys } = secrets.SIGNING_KEYS;
  const jwk = keys.find((key) => key.kid === active);
  return { kid: active, sign: rsa(createPrivateKey({ key: jwk, format: "jwk" })) };
}
