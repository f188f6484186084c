// Contract wallets for a node's chain, as code: one with an owner who signs (ERC-1271), and those that
// do everything else a contract can do when it is asked.

const byte = (number) => number.toString(16).padStart(2, "0");

/** Code that makes a contract with this code. */
export const creating = (code) => `0x61${byte(code.length >> 9)}${byte((code.length >> 1) & 255)}80600c6000396000f3${code}`;

const MAGIC = "631626ba7e60e01b"; // the four bytes at the beginning of a word
const ANSWER = "60005260206000f3"; // return that word

/** Says yes to its owner's signature (65 bytes) over the digest, and no to everything else. */
export const owned = (owner) =>
  creating(
    [
      "600435600052", // the digest
      "60a43560001a602052", // v
      "606435604052", // r
      "608435606052", // s
      "602060006080600060015afa50", // ecrecover
      `60005173${owner.slice(2).toLowerCase()}14`,
      `${MAGIC}02${ANSWER}`,
    ].join(""),
  );

/** Contracts that do not say yes in the one way that counts. */
export const HOSTILE = {
  reverts: creating("60006000fd"),
  "reverts with the magic value": creating(`${MAGIC}60005260206000fd`),
  loops: creating("5b600056"),
  "uses up its gas at once": creating("fe"),
  "answers nothing": creating("00"),
  "answers no": creating(`63ffffffff60e01b${ANSWER}`),
  "answers with four bytes": creating(`${MAGIC}60005260046000f3`),
  "answers with the magic value and a bit more": creating(`${MAGIC}600117${ANSWER}`),
  "answers with the magic value at the other end": creating(`631626ba7e${ANSWER}`),
  "answers true": creating(`6001${ANSWER}`),
  "answers with the digest": creating(`600435${ANSWER}`),
  "answers with a megabyte": creating("62100000600060003762100000 6000f3".replace(" ", "")),
  "tries to change the chain": creating(`6001600055${MAGIC}${ANSWER}`),
};

/** Says yes to anything: its address is proven by whoever asks, as its maker wanted. */
export const YES = creating(`${MAGIC}${ANSWER}`);
