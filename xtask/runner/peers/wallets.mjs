// Throw-away wallets that sign as people's wallets do, by published libraries. Each knows its address
// and signs a text; keys are random and live as long as the object.
import { createHash, createPrivateKey, randomBytes, sign as signWith } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { base58, createBase58check } from "@scure/base";
import { Address, BIP322, Signer } from "bip322-js";
import bitcoinMessage from "bitcoinjs-message";
import { Wallet } from "ethers";
import nacl from "tweetnacl";
import { privateKeyToAccount } from "viem/accounts";

const secret = () => {
  for (;;) {
    const bytes = randomBytes(32);
    if (secp256k1.utils.isValidSecretKey(bytes)) return bytes;
  }
};

/** By viem. */
export function ethereum(key = secret()) {
  const account = privateKeyToAccount(`0x${key.toString("hex")}`);
  return { channel: "ethereum", key, address: account.address, sign: (message) => account.signMessage({ message }) };
}

/** By ethers. */
export function ethereumByEthers(key = secret()) {
  const wallet = new Wallet(`0x${key.toString("hex")}`);
  return { channel: "ethereum", key, address: wallet.address, sign: (message) => wallet.signMessage(message) };
}

/** By tweetnacl. `signBytes` signs what is no text. */
export function solana() {
  const { publicKey, secretKey } = nacl.sign.keyPair();
  const signBytes = (bytes) => base58.encode(nacl.sign.detached(Uint8Array.from(bytes), secretKey));
  return { channel: "solana", publicKey, address: base58.encode(publicKey), signBytes, sign: async (message) => signBytes(Buffer.from(message)) };
}

/** By OpenSSL. */
export function solanaByOpenssl() {
  const seed = randomBytes(32);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  return { channel: "solana", address: base58.encode(publicKey), sign: async (message) => signWith(null, Buffer.from(message), key).toString("base64") };
}

export const BITCOIN_KINDS = ["p2pkh", "p2sh-p2wpkh", "p2wpkh", "p2tr"];

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const wif = (key) => createBase58check(sha256).encode(Uint8Array.from([0x80, ...key, 1]));

/** By bip322-js: BIP-137 for P2PKH, BIP-322 (simple) for the others. */
export function bitcoin(kind = "p2wpkh", key = secret()) {
  const publicKey = Buffer.from(secp256k1.getPublicKey(key, true));
  const address = Address.convertPubKeyIntoAddress(publicKey, kind).mainnet;
  return { channel: "bitcoin", kind, key, publicKey, address, sign: async (message) => Signer.sign(wif(key), address, message) };
}

const SEGWIT = { "p2sh-p2wpkh": "p2sh(p2wpkh)", p2wpkh: "p2wpkh" };

/** By bitcoinjs-message: BIP-137 with the header of the address's kind, or as older wallets with that of P2PKH. */
export function bitcoinOfBip137(kind = "p2wpkh", { header = kind, key = secret() } = {}) {
  const { address, publicKey } = bitcoin(kind, key);
  const options = SEGWIT[header] && { segwitType: SEGWIT[header] };
  const sign = async (message) => bitcoinMessage.sign(message, key, header !== "uncompressed", options).toString("base64");
  return { channel: "bitcoin", kind, key, publicKey, address, sign };
}

/** By bip322-js and bitcoinjs-lib: BIP-322 with the whole transaction. */
export function bitcoinOfFullBip322(kind = "p2wpkh", key = secret()) {
  const { address, publicKey } = bitcoin(kind, key);
  const signer = { publicKey, sign: (digest) => Buffer.from(secp256k1.sign(digest, key, { prehash: false })) };
  const sign = async (message) => {
    const script = Address.convertAdressToScriptPubkey(address);
    const spent = BIP322.buildToSpendTx(message, script);
    const psbt = BIP322.buildToSignTx(spent.getId(), script);
    if (kind === "p2pkh") {
      psbt.updateInput(0, { nonWitnessUtxo: spent.toBuffer() });
      delete psbt.data.inputs[0].witnessUtxo;
    }
    psbt.signInput(0, signer).finalizeAllInputs();
    return psbt.extractTransaction(true).toBuffer().toString("base64");
  };
  return { channel: "bitcoin", kind, key, publicKey, address, sign };
}

/** The wallet of a channel that a made-up person would have. */
export const walletOf = { ethereum, solana, bitcoin };
