// The person's wallets, which live as long as the verification is pending.
import { walletOf } from "../wallets.mjs";

const person = (make) => ({
  asset() {
    const wallet = make();
    return { wallet, request: { identifier: wallet.address } };
  },
  part: () => "Sign the message with a throw-away wallet",
  async answer({ id, challenge }, { wallet }, api) {
    const signature = await wallet.sign(challenge.message);
    await api("POST", `verifications/${id}/submit`, { signature });
    return `The wallet signed: ${signature}`;
  },
});

export const wallets = () => Object.fromEntries(Object.entries(walletOf).map(([channel, make]) => [`wallet/${channel}`, person(make)]));
