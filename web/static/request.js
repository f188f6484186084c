// The page of a verification request. It works without this; with this it follows what happens
// elsewhere, keeps its place when a form is sent, says when it is offline, and leads back at the end.
// What it shows is always HTML from our own server: nothing is put together here.

/** How soon the page is looked at again where nobody tells of changes, and at the longest. */
const POLL_MILLISECONDS = 5_000;
const MAX_POLL_MILLISECONDS = 60_000;
/** What happens within a challenge is no event of the request: a message that came back, a wrong number. */
const CHALLENGE_MILLISECONDS = 15_000;
const BUSY_AFTER_MILLISECONDS = 300;

const policy = globalThis.trustedTypes?.createPolicy("proof-page", {
  createHTML: (/** @type {string} */ text) => text,
});

/** What each part was when the server wrote it; people's typing does not change it. */
let written = partsOf(document);
/** Parts of an answer that says what was wrong: what they are without it is not known yet. */
/** @type {Set<string>} */
let refused = new Set();
/** Parts that go on to say so, until something else happens to them or a form is sent. */
const outdated = new Set();
let sending = false;
/** Something happened while a form was on its way. */
let missed = false;
/** @type {EventSource | undefined} */
let events;
/** @type {number | undefined} */
let looking;
/** How many looks in a row came to nothing. */
let misses = 0;
/** Only the newest look counts. */
let looks = 0;

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
  const arrived = page.title !== document.title;
  const same = now && !arrived && [...next.keys()].join() === [...written.keys()].join();
  if (same) {
    for (const [id, text] of next) {
      const old = document.getElementById(id);
      const part = page.getElementById(id);
      if (!old || !part) continue;
      if (keep && refused.has(id) && old.className === part.className) outdated.add(id);
      else if (text !== written.get(id) || (!keep && outdated.has(id))) {
        replace(old, part, keep);
        outdated.delete(id);
      }
    }
    Object.assign(about(), { ...now.dataset });
  } else {
    replace(main(), fresh, keep);
    outdated.clear();
  }
  document.title = page.title;
  written = next;
  refused.clear();
  mount();
  const { summary } = about();
  if (arrived) arrive();
  else if (keep && summary && summary !== before) announce(summary);
}

/** The page has become another one: to what can be done on it, or to its title, which is said aloud. */
function arrive() {
  const title = /** @type {HTMLElement} */ (main().querySelector("h1"));
  focus(/** @type {HTMLElement | null} */ (document.querySelector("#end [data-next]")) ?? title);
  announce(title.textContent ?? "");
}

/**
 * @param {Element} old
 * @param {Element} part
 * @param {boolean} keep
 */
function replace(old, part, keep) {
  const focused = keep && old.contains(document.activeElement) ? /** @type {HTMLInputElement} */ (document.activeElement) : undefined;
  const caret = focused && [focused.selectionStart, focused.selectionEnd];
  const typed = keep ? typedIn(old) : new Map();
  const opened = keep ? [...old.querySelectorAll("details")].map(({ open }) => open) : [];
  const node = document.importNode(part, true);
  old.replaceWith(node);
  node.querySelectorAll("details").forEach((details, at) => (details.open ||= opened[at] ?? false));
  for (const field of node.querySelectorAll("input, textarea")) {
    const one = /** @type {HTMLInputElement} */ (field);
    const value = typed.get(keyOf(one));
    if (value === undefined) continue;
    if (one.type === "radio") one.checked = true;
    else one.value = value;
  }
  const again = focused && /** @type {HTMLInputElement | null} */ (document.getElementById(focused.id));
  again?.focus({ preventScroll: true });
  // Fields for addresses have no caret that could be read or set.
  if (typeof caret?.[0] === "number") again?.setSelectionRange?.(caret[0], caret[1] ?? null);
}

/** @param {Element} field */
const keyOf = (field) => {
  const { name, form, type, value } = /** @type {HTMLInputElement} */ (field);
  return `${form?.getAttribute("action")} ${name} ${type === "radio" ? value : ""}`;
};

/**
 * What was typed and chosen.
 * @param {Element} part
 */
function typedIn(part) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (part.querySelectorAll("input:not([type=hidden]), textarea"));
  const own = [...fields].filter((field) => (field.type === "radio" ? field.checked && !field.defaultChecked : field.value !== field.defaultValue));
  return new Map(own.map((field) => [keyOf(field), field.value]));
}

/** @param {string} words */
function announce(words) {
  const region = document.getElementById("page-status");
  if (region) region.textContent = words;
}

/**
 * Why nothing comes through: `offline`, `too-many` or `unavailable`.
 * @param {string} id
 * @param {boolean} is
 */
function heldUp(id, is) {
  const notice = document.getElementById(id);
  if (notice) notice.hidden = !is;
}

/**
 * What kept an answer from being the page, if something did.
 * @param {Response} reply
 * @param {string} html
 */
function obstacle(reply, html) {
  if (parse(html).getElementById("request")) return undefined;
  if (reply.status === 429) return "too-many";
  return reply.status >= 500 ? "unavailable" : undefined;
}

async function refresh() {
  missed = sending;
  if (sending) return;
  const look = ++looks;
  try {
    const reply = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
    const text = await reply.text();
    if (look !== looks) return;
    missed = sending;
    if (sending) return;
    heldUp("offline", false);
    misses = obstacle(reply, text) ? misses + 1 : 0;
    if (misses === 0) show(text, { keep: true });
  } catch {
    if (look !== looks) return;
    misses += 1;
    heldUp("offline", true);
  }
  lookLater();
}

// --- what happens elsewhere ------------------------------------------------------------------------

function listen() {
  const address = about().events;
  events?.close();
  events = undefined;
  lookLater();
  if (!address) return;
  let connected = false;
  const source = new EventSource(address);
  events = source;
  source.addEventListener("connected", (event) => {
    // Something may have been missed since the page was made, or while the stream was away.
    if (connected || event.lastEventId !== about().seen) refresh();
    connected = true;
    heldUp("offline", false);
  });
  source.addEventListener("status_changed", () => refresh());
  source.addEventListener("error", () => {
    if (!navigator.onLine) heldUp("offline", true);
    // A browser comes back by itself unless it was turned away.
    if (source.readyState === EventSource.CLOSED) lookLater();
  });
}

/** Looks again by itself: soon where the last look failed or nobody tells, and while a challenge runs. */
function lookLater() {
  clearTimeout(looking);
  if (!about().events) return;
  let pause;
  if (misses > 0 || events?.readyState === EventSource.CLOSED) {
    pause = Math.min(POLL_MILLISECONDS * 2 ** Math.max(misses - 1, 0), MAX_POLL_MILLISECONDS);
  } else if (document.querySelector(".asset.now")) {
    pause = CHALLENGE_MILLISECONDS;
  }
  // A page that nobody sees is looked at when it is seen again.
  if (pause) looking = setTimeout(() => document.hidden || refresh(), pause);
}

addEventListener("online", () => {
  heldUp("offline", false);
  refresh();
  listen();
});
addEventListener("offline", () => heldUp("offline", true));
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    stay();
    refresh();
    listen();
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stay();
  else if (about().events) refresh();
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
  for (const id of ["too-many", "unavailable"]) heldUp(id, false);
  try {
    const reply = await fetch(form.action, { method: "POST", body: fields });
    const text = await reply.text();
    heldUp("offline", false);
    const what = obstacle(reply, text);
    // The page stays, with what was typed: nothing happened.
    if (what) return heldUp(what, true);
    // What is still being looked up is older than this answer.
    looks += 1;
    const before = document.title;
    show(text, { keep: false });
    if (document.title === before) settle(part);
    if (!reply.ok) {
      refused = new Set([part ?? "", "trouble"]);
      missed = true;
    }
  } catch {
    heldUp("offline", true);
  } finally {
    clearTimeout(slow);
    form.removeAttribute("aria-busy");
    sending = false;
    if (missed) refresh();
    else lookLater();
  }
}

/**
 * After a form was sent: to what is wrong, to the next thing to do, or to the news.
 * @param {string | undefined} id
 */
function settle(id) {
  const part = (id && document.getElementById(id)) || main();
  const places = ["#trouble > *", `#${part.id} [aria-invalid=true]`, `#${part.id} [data-wrong]`, `#${part.id} [data-next]`, `#${part.id} h2`];
  const found = places.map((place) => document.querySelector(place)).find(Boolean);
  focus(/** @type {HTMLElement} */ (found ?? part));
  announce(about().summary ?? "");
}

/** @param {HTMLElement} target */
function focus(target) {
  if (!target.matches("a, button, input, textarea, select")) target.tabIndex = -1;
  target.focus();
}

// --- the way back --------------------------------------------------------------------------------

/** @type {number | undefined} */
let leaving;

/** Leads on by itself, once in each tab, and only while somebody looks and can say no. */
function leadBack() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-return-after]"));
  if (!link || leaving || document.hidden || !/^https?:$/.test(link.protocol)) return;
  if (!isFirstTime(`led-back ${location.pathname}`)) return;
  leaving = setTimeout(() => location.assign(link.href), Number(link.dataset.returnAfter) * 1_000);
  returning(true);
}

/**
 * In this tab.
 * @param {string} what
 */
function isFirstTime(what) {
  try {
    if (sessionStorage.getItem(what)) return false;
    sessionStorage.setItem(what, "1");
  } catch {
    // Some people let pages keep nothing. They can say no as often as they are asked.
  }
  return true;
}

/** Nobody is led away who stays or does not look. */
function stay() {
  if (!leaving) return;
  clearTimeout(leaving);
  returning(false);
}

/** @param {boolean} is */
function returning(is) {
  for (const shown of document.querySelectorAll("[data-stay], [data-returning]")) /** @type {HTMLElement} */ (shown).hidden = !is;
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element && event.target.closest("[data-stay]"))) return;
  stay();
  /** @type {HTMLElement | null} */ (document.querySelector("a[data-return-after]"))?.focus();
});

// --- what only some pages have -----------------------------------------------------------------------

async function mount() {
  leadBack();
  if (!about().events) events?.close();
  if (document.querySelector("[data-wallet]")) {
    const { offerWallets } = await import("./wallets.js");
    offerWallets(document);
  }
}

// Until here the page says that it does not change by itself.
document.documentElement.classList.add("live");
mount();
listen();
