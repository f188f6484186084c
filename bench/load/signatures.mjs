// Signatures to be judged, made by the libraries that the tests take, many to a request. One in ten is
// over another text, so that a judge who always says yes is found out.
import { bitcoin, bitcoinOfBip137, ethereum, solana } from "../../xtask/runner/peers/wallets.mjs";
import { message } from "./messages.mjs";

const CHECKS = 20;
const REQUESTS = 4;
const WRONG_EVERY = 10;

const KINDS = [
  { name: "ethereum", title: "Ethereum, EIP-191; peer: viem", by: "viem", make: ethereum },
  { name: "solana", title: "Solana, ed25519; peer: tweetnacl", by: "tweetnacl", make: solana },
  { name: "solana-noble", title: "Solana, ed25519; peer: @noble/curves", by: "noble", make: solana },
  { name: "bip137", title: "Bitcoin, BIP-137, P2WPKH; peer: bip322-js", by: "bip322-js", make: () => bitcoinOfBip137("p2wpkh") },
  { name: "bip322", title: "Bitcoin, BIP-322, P2WPKH; peer: bip322-js", by: "bip322-js", make: () => bitcoin("p2wpkh") },
  { name: "taproot", title: "Bitcoin, BIP-322, P2TR; peer: bip322-js", by: "bip322-js", make: () => bitcoin("p2tr") },
];

async function work({ by, make }) {
  const genuine = Array.from({ length: CHECKS }, (_, i) => (i + 1) % WRONG_EVERY !== 0);
  const checks = [];
  let channel;
  for (const right of genuine) {
    const wallet = make();
    channel = wallet.channel;
    const text = `proof.example wants you to sign in with your account:\n${wallet.address}\n\nNonce: ${checks.length}`;
    checks.push({ address: wallet.address, message: text, signature: await wallet.sign(right ? text : `${text}!`) });
  }
  return { body: { channel, by, checks }, genuine };
}

/** Rows as the load generator takes them; each answer is `checks` judgements. */
export async function signatureRows() {
  return Promise.all(
    KINDS.map(async (kind) => {
      const works = await Promise.all(Array.from({ length: REQUESTS }, () => work(kind)));
      return {
        name: kind.name,
        title: kind.title,
        checks: CHECKS,
        status: 200,
        source(system) {
          const requests = works.map(({ body, genuine }) => ({ bytes: message(system, "POST", "/bench/wallets", body), about: genuine }));
          let turn = 0;
          return () => requests[turn++ % requests.length];
        },
        check(_system, answer, genuine) {
          const judged = JSON.parse(answer.body).genuine;
          if (JSON.stringify(judged) !== JSON.stringify(genuine)) throw new Error(`${kind.name}: other judgements: ${judged}`);
        },
      };
    }),
  );
}
