// The same checks by the libraries that a TypeScript team would take.
import { ed25519 } from "@noble/curves/ed25519.js";
import { base58 } from "@scure/base";
import { Verifier } from "bip322-js";
import nacl from "tweetnacl";
import { verifyMessage } from "viem/utils";

interface Signed {
  address: string;
  message: string;
  signature: string;
}

interface Work {
  by: string;
  checks: Signed[];
}

type Check = (signed: Signed) => boolean | Promise<boolean>;

const text = new TextEncoder();

const CHECKS: Record<string, Check> = {
  viem: ({ address, message, signature }) =>
    verifyMessage({ address: address as `0x${string}`, message, signature: signature as `0x${string}` }),
  tweetnacl: ({ address, message, signature }) =>
    nacl.sign.detached.verify(text.encode(message), base58.decode(signature), base58.decode(address)),
  noble: ({ address, message, signature }) =>
    ed25519.verify(base58.decode(signature), text.encode(message), base58.decode(address), { zip215: false }),
  "bip322-js": ({ address, message, signature }) => Verifier.verifySignature(address, message, signature),
};

export default {
  async fetch(request: Request): Promise<Response> {
    const { by, checks } = (await request.json()) as Work;
    const check = CHECKS[by];
    if (!check) return Response.json({ error: "no such library" }, { status: 400 });
    const genuine: boolean[] = [];
    for (const one of checks) genuine.push(await check(one));
    return Response.json({ genuine });
  },
};
