// Wallets that live in the browser: those of Ethereum announce themselves by EIP-6963 (or sit at
// `window.ethereum`), those of Solana by the wallet standard. A wallet is asked for its address or
// for a signature over exactly the text on the page, never for anything that costs or moves money.

/**
 * A wallet that was found.
 * @typedef {object} Wallet
 * @property {string} name
 * @property {string} [icon]
 * @property {() => Promise<string[]>} addresses
 * @property {(address: string, message: string) => Promise<string>} sign
 */

/** @typedef {{request: (ask: {method: string, params?: unknown[]}) => Promise<any>}} Eip1193 */

const SECONDS_TO_ANNOUNCE = 0.3;
const DECLINED = 4001;

/** @type {Map<string, Map<string, Wallet>>} */
const found = new Map([
  ["ethereum", new Map()],
  ["solana", new Map()],
]);

/** @type {Set<() => void>} */
const waiting = new Set();

/**
 * @param {string} chain
 * @param {string} key
 * @param {Wallet} wallet
 */
function add(chain, key, wallet) {
  if (found.get(chain)?.has(key)) return;
  found.get(chain)?.set(key, wallet);
  for (const draw of waiting) draw();
}

// --- Ethereum ----------------------------------------------------------------------------------

/**
 * @param {string} name
 * @param {string | undefined} icon
 * @param {Eip1193} provider
 * @returns {Wallet}
 */
const ethereum = (name, icon, provider) => ({
  name,
  icon,
  addresses: () => provider.request({ method: "eth_requestAccounts" }),
  sign: (address, message) => provider.request({ method: "personal_sign", params: [hex(new TextEncoder().encode(message)), address] }),
});

/** @param {Uint8Array} bytes */
const hex = (bytes) => `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

addEventListener("eip6963:announceProvider", (event) => {
  const { info, provider } = /** @type {CustomEvent} */ (event).detail ?? {};
  if (typeof provider?.request === "function") add("ethereum", String(info?.uuid), ethereum(String(info?.name), info?.icon, provider));
});

// --- Solana --------------------------------------------------------------------------------------

const registry = Object.freeze({
  /** @param {...any} wallets */
  register(...wallets) {
    for (const wallet of wallets) {
      const connect = wallet?.features?.["standard:connect"]?.connect;
      const signMessage = wallet?.features?.["solana:signMessage"]?.signMessage;
      if (connect && signMessage) add("solana", String(wallet.name), solana(wallet, connect, signMessage));
    }
    return () => {};
  },
});

/**
 * @param {any} wallet
 * @param {() => Promise<{accounts: any[]}>} connect
 * @param {(input: object) => Promise<{signature: Uint8Array}[]>} signMessage
 * @returns {Wallet}
 */
const solana = (wallet, connect, signMessage) => ({
  name: String(wallet.name),
  icon: wallet.icon,
  addresses: async () => (await connect()).accounts.map(({ address }) => String(address)),
  async sign(address, message) {
    const { accounts } = await connect();
    const account = accounts.find((one) => one.address === address);
    const [{ signature }] = await signMessage({ account, message: new TextEncoder().encode(message) });
    return btoa(String.fromCharCode(...signature));
  },
});

addEventListener("wallet-standard:register-wallet", (event) => {
  const register = /** @type {CustomEvent} */ (event).detail;
  if (typeof register === "function") register(registry);
});

// --- on the page ---------------------------------------------------------------------------------

dispatchEvent(new Event("eip6963:requestProvider"));
dispatchEvent(new CustomEvent("wallet-standard:app-ready", { detail: registry }));
setTimeout(() => {
  const { ethereum: lonely } = /** @type {{ethereum?: Eip1193}} */ (/** @type {unknown} */ (globalThis));
  if (lonely && found.get("ethereum")?.size === 0) add("ethereum", "window", ethereum("", undefined, lonely));
}, SECONDS_TO_ANNOUNCE * 1_000);

/**
 * Puts a button for each wallet that was found into every place for them.
 * @param {ParentNode} root
 */
export function offerWallets(root) {
  waiting.clear();
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-wallet]"))) {
    const draw = () => offer(place);
    waiting.add(draw);
    draw();
  }
}

/** @param {HTMLElement} place */
function offer(place) {
  const chain = place.dataset.wallet ?? "";
  const list = place.querySelector("[data-wallet-list]");
  for (const [key, wallet] of found.get(chain) ?? []) {
    if (!list || [...list.children].some((one) => one instanceof HTMLElement && one.dataset.key === key)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button primary wide";
    button.dataset.key = key;
    if (wallet.icon?.startsWith("data:image/")) {
      const icon = document.createElement("img");
      icon.addEventListener("error", () => icon.remove());
      Object.assign(icon, { src: wallet.icon, alt: "", width: 20, height: 20 });
      button.append(icon);
    }
    const words = wallet.name ? place.dataset.use?.replace("{wallet}", wallet.name) : place.dataset.useAny;
    button.append(words ?? wallet.name);
    button.addEventListener("click", () => use(place, wallet, button));
    list.append(button);
  }
  if (list?.children.length) place.hidden = false;
}

/**
 * @param {HTMLElement} place
 * @param {Wallet} wallet
 * @param {HTMLButtonElement} button
 */
async function use(place, wallet, button) {
  const form = place.closest("form");
  const field = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem(place.dataset.fills ?? ""));
  if (!form || !field) return;
  const { address, message } = place.dataset;
  say(place, place.dataset.asking);
  button.disabled = true;
  try {
    const offered = await wallet.addresses();
    if (!message) {
      field.value = offered[0] ?? "";
    } else {
      const signer = offered.find((one) => isSame(one, address ?? ""));
      if (!signer) return say(place, place.dataset.otherAccount?.replace("{account}", offered[0] ?? ""));
      field.value = await wallet.sign(signer, message);
    }
    say(place, "");
    form.requestSubmit();
  } catch (error) {
    say(place, /** @type {any} */ (error)?.code === DECLINED ? place.dataset.declined : place.dataset.failed);
  } finally {
    button.disabled = false;
  }
}

// The letters of an Ethereum address carry a checksum in their case, and those of others a meaning.
/**
 * @param {string} one
 * @param {string} other
 */
const isSame = (one, other) => one === other || (one.startsWith("0x") && one.toLowerCase() === other.toLowerCase());

/**
 * @param {HTMLElement} place
 * @param {string | undefined} words
 */
function say(place, words) {
  const status = place.querySelector("[role=status]");
  if (status) status.textContent = words ?? "";
}
