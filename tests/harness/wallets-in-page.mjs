// Wallets in the browser: what an extension puts into a page, with the keys outside of it. What they
// sign with are published libraries (viem, tweetnacl).
import { Buffer } from "node:buffer";

const ICON =
  "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 24 24%22%3E%3Crect width=%2224%22 height=%2224%22 rx=%226%22 fill=%22%23f6851b%22/%3E%3C/svg%3E";

/**
 * Ethereum, announced by EIP-6963 (or, `alone`, only at `window.ethereum`). `declines` says no as often.
 * Gives what the wallet was asked to sign.
 */
export async function withEthereum(page, wallet, { name = "Test Wallet", alone = false, declines = 0, offers = wallet.address } = {}) {
  const signed = [];
  await page.exposeFunction("signEthereum", async (message, address) => {
    const text = Buffer.from(message.slice(2), "hex").toString();
    signed.push({ text, address });
    return signed.length <= declines ? undefined : wallet.sign(text);
  });
  await page.addInitScript(
    ({ name, alone, offers, ICON }) => {
      const provider = {
        async request({ method, params }) {
          if (method === "eth_requestAccounts") return [offers.toLowerCase()];
          if (method !== "personal_sign") throw new Error(`the page asked for ${method}`);
          const signature = await globalThis.signEthereum(...params);
          if (!signature) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
          return signature;
        },
      };
      if (alone) {
        globalThis.ethereum = provider;
        return;
      }
      const info = { uuid: "350670db-19fa-4704-a166-e52e178b59d2", name, rdns: "com.example.wallet", icon: ICON };
      const announce = () =>
        globalThis.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
      addEventListener("eip6963:requestProvider", announce);
      announce();
    },
    { name, alone, offers, ICON },
  );
  return signed;
}

/** Solana, by the wallet standard. */
export async function withSolana(page, wallet, { name = "Test Sol" } = {}) {
  await page.exposeFunction("signSolana", (bytes) => wallet.signBytes(bytes));
  await page.addInitScript(
    ({ name, address, ICON }) => {
      const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
      const unbase58 = (text) => {
        let number = 0n;
        for (const letter of text) number = number * 58n + BigInt(ALPHABET.indexOf(letter));
        return Uint8Array.from(number.toString(16).padStart(128, "0").match(/../g), (pair) => parseInt(pair, 16));
      };
      const account = { address, publicKey: new Uint8Array(32), chains: ["solana:mainnet"], features: ["solana:signMessage"] };
      const wallet = {
        version: "1.0.0",
        name,
        icon: ICON,
        chains: ["solana:mainnet"],
        accounts: [],
        features: {
          "standard:connect": { version: "1.0.0", connect: async () => ({ accounts: [account] }) },
          "solana:signMessage": {
            version: "1.0.0",
            signMessage: async ({ message }) => [{ signedMessage: message, signature: unbase58(await globalThis.signSolana([...message])) }],
          },
        },
      };
      const register = ({ register }) => register(wallet);
      addEventListener("wallet-standard:app-ready", ({ detail }) => register(detail));
      dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: register }));
    },
    { name, address: wallet.address, ICON },
  );
}
