// The page of a verification request. It works without this; with this it follows what happens
// elsewhere, keeps its place when a form is sent, says when it is offline, and leads back at the end.
// What it shows is always HTML from our own server: nothing is put together here.

const POLL_MILLISECONDS = 5_000;
const MAX_POLL_MILLISECONDS = 60_000;
const BUSY_AFTER_MILLISECONDS = 300;

const policy = globalThis.trustedTypes?.createPolicy("proof-page", {
  createHTML: (/** @type {string} */ text) => text,
});

/** What each part was when the server wrote it; people's typing does not change it. */
let written = partsOf(document);
let sending = false;
/** Something happened while a form was on its way. */
let missed = false;
/** @type {EventSource | undefined} */
let events;
/** @type {number | undefined} */
let polling;
let patience = POLL_MILLISECONDS;

const main = () => /** @type {HTMLElement} */ (document.querySelector("main"));

/** Where to listen, and how it stands in one sentence. */
const about = () => document.getElementById("request")?.dataset ?? {};

// --- showing what the server says ----------------------------------------------------------------

/** @param {ParentNode} root */
function partsOf(root) {
  return new Map([...root.querySelectorAll("[data-part]")].map((part) => [part.id, part.outerHTML]));
}

/** @param {string} html */
function parse(html) {
  const text = policy ? policy.createHTML(html) : html;
  return new DOMParser().parseFromString(/** @type {string} */ (/** @type {unknown} */ (text)), "text/html");
}

/**
 * Shows the page as it is now, touching only the parts that are different.
 * @param {string} html
 * @param {{keep: boolean}} options `keep`: what somebody is typing stays.
 */
function show(html, { keep }) {
  const page = parse(html);
  const fresh = page.querySelector("main");
  const now = page.getElementById("request");
  if (!fresh) return location.reload();
  const next = partsOf(page);
  const before = about().summary;
  const same = now && page.title === document.title && [...next.keys()].join() === [...written.keys()].join();
  if (same) {
    for (const [id, text] of next) {
      const old = document.getElementById(id);
      const part = page.getElementById(id);
      if (old && part && text !== written.get(id)) replace(old, part, keep);
    }
    Object.assign(about(), { ...now.dataset });
  } else {
    replace(main(), fresh, keep);
  }
  document.title = page.title;
  written = next;
  mount();
  const { summary } = about();
  if (keep && summary && summary !== before) announce(summary);
}

/**
 * @param {Element} old
 * @param {Element} part
 * @param {boolean} keep
 */
function replace(old, part, keep) {
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const typed = keep ? typedIn(old) : new Map();
  const node = document.importNode(part, true);
  old.replaceWith(node);
  for (const [key, value] of typed) {
    const field = [...node.querySelectorAll("input, textarea")].find((one) => keyOf(one) === key);
    if (field) /** @type {HTMLInputElement} */ (field).value = value;
  }
  if (keep && focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** @param {Element} field */
const keyOf = (field) => {
  const { name, form } = /** @type {HTMLInputElement} */ (field);
  return `${form?.getAttribute("action")} ${name}`;
};

/** @param {Element} part */
function typedIn(part) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (part.querySelectorAll("input:not([type=radio], [type=hidden]), textarea"));
  return new Map([...fields].filter((field) => field.value !== field.defaultValue).map((field) => [keyOf(field), field.value]));
}

/** @param {string} words */
function announce(words) {
  const region = document.getElementById("page-status");
  if (region) region.textContent = words;
}

/** @param {boolean} is */
function offline(is) {
  const notice = document.getElementById("offline");
  if (notice) notice.hidden = !is;
}

async function refresh() {
  missed = sending;
  if (sending) return;
  try {
    const reply = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
    const text = await reply.text();
    missed = sending;
    if (sending || reply.status === 429 || reply.status >= 500) return;
    show(text, { keep: true });
    patience = POLL_MILLISECONDS;
    offline(false);
  } catch {
    patience = Math.min(patience * 2, MAX_POLL_MILLISECONDS);
    offline(true);
  }
}

// --- what happens elsewhere ------------------------------------------------------------------------

function listen() {
  const address = about().events;
  clearTimeout(polling);
  events?.close();
  events = undefined;
  if (!address) return;
  let connected = false;
  const source = new EventSource(address);
  events = source;
  source.addEventListener("connected", () => {
    // The first time the page is as new as the stream; later something may have been missed.
    if (connected) refresh();
    connected = true;
    offline(false);
  });
  source.addEventListener("status_changed", () => refresh());
  source.addEventListener("error", () => {
    if (!navigator.onLine) offline(true);
    // A browser comes back by itself unless it was turned away.
    if (source.readyState === EventSource.CLOSED) poll();
  });
}

function poll() {
  clearTimeout(polling);
  polling = setTimeout(async () => {
    if (!about().events) return;
    if (!document.hidden) await refresh();
    poll();
  }, patience);
}

addEventListener("online", () => {
  offline(false);
  refresh();
  listen();
});
addEventListener("offline", () => offline(true));
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    refresh();
    listen();
  }
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && about().events) refresh();
});

// --- forms -------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method !== "post" || !form.action.startsWith(`${location.origin}/verify/`)) return;
  event.preventDefault();
  if (!sending) send(form, /** @type {HTMLButtonElement | null} */ (event.submitter));
});

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement | null} button
 */
async function send(form, button) {
  sending = true;
  const part = form.closest("[data-part]")?.id;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) fields.append(name, String(value));
  const slow = setTimeout(() => form.setAttribute("aria-busy", "true"), BUSY_AFTER_MILLISECONDS);
  try {
    const reply = await fetch(form.action, { method: "POST", body: fields });
    show(await reply.text(), { keep: false });
    offline(false);
    settle(part);
  } catch {
    offline(true);
  } finally {
    clearTimeout(slow);
    form.removeAttribute("aria-busy");
    sending = false;
    if (missed) refresh();
  }
}

/**
 * After a form was sent: to the field that is wrong, to the next thing to do, or to the news.
 * @param {string | undefined} id
 */
function settle(id) {
  const part = (id && document.getElementById(id)) || main();
  const field = part.querySelector("[aria-invalid=true]") ?? part.querySelector("[data-next]") ?? part.querySelector("h2, h3");
  const target = /** @type {HTMLElement} */ (field ?? part);
  if (!target.matches("a, button, input, textarea, select")) target.tabIndex = -1;
  target.focus();
  announce(about().summary ?? "");
}

// --- the way back --------------------------------------------------------------------------------

/** @type {number | undefined} */
let leaving;

function leadBack() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-return-after]"));
  if (!link || leaving || !/^https?:$/.test(link.protocol)) return;
  const stay = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-stay]"));
  const notice = document.querySelector("[data-returning]");
  leaving = setTimeout(() => location.assign(link.href), Number(link.dataset.returnAfter) * 1_000);
  for (const shown of [stay, notice]) if (shown instanceof HTMLElement) shown.hidden = false;
  stay?.addEventListener("click", () => {
    clearTimeout(leaving);
    stay.hidden = true;
    if (notice instanceof HTMLElement) notice.hidden = true;
    link.focus();
  });
}

// --- what only some pages have -----------------------------------------------------------------------

async function mount() {
  leadBack();
  if (!about().events) events?.close();
  if (document.querySelector("[data-wallet]")) {
    const { offerWallets } = await import("./wallets.js");
    offerWallets(document);
  }
}

mount();
listen();
