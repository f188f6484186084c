// The documentation page works without this. It adds: finding an operation by any word, the current
// section in the contents, and this host's own address in the examples.

const contents = document.getElementById("contents");
const filter = document.getElementById("filter");
const result = document.getElementById("filter-result");

const entries = [...contents.querySelectorAll("li a")].map((link) => {
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const path = section?.querySelector(".endpoint")?.textContent ?? "";
  const name = `${link.textContent} ${path}`.toLowerCase();
  return { link, section, item: link.closest("li"), name, words: undefined };
});

// --- find ---------------------------------------------------------------------------------------

const wanted = () => filter.value.toLowerCase().split(/\s+/).filter(Boolean);

filter.addEventListener("input", () => {
  const words = wanted();
  let found = 0;
  for (const entry of entries) {
    entry.words ??= `${entry.name} ${entry.section?.textContent ?? ""}`.toLowerCase();
    const fits = words.every((word) => entry.words.includes(word));
    entry.item.hidden = !fits;
    found += fits;
  }
  for (const group of contents.querySelectorAll(".contents-group")) {
    group.hidden = !group.querySelector("li:not([hidden])");
  }
  result.textContent =
    words.length === 0 ? "" : found === 0 ? "Nothing fits." : found === 1 ? "1 section" : `${found} sections`;
});

// Enter leads to what is called so, or else to the first that speaks of it.
filter.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const words = wanted();
  const shown = entries.filter((entry) => !entry.item.hidden);
  const named = shown.find((entry) => words.every((word) => entry.name.includes(word)));
  (named ?? shown[0])?.link.click();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (contents.offsetParent === null && getComputedStyle(contents).display === "none") {
    contents.showPopover?.();
  }
  filter.focus();
});

// On a narrow screen the contents lie over the text: make way.
contents.addEventListener("click", (event) => {
  if (event.target.closest("li a") && contents.matches(":popover-open")) contents.hidePopover();
});

// --- where the reader is ------------------------------------------------------------------------

const visible = new Set();
let current;
const observer = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) visible.add(target);
      else visible.delete(target);
    }
    const entry = entries.find(({ section }) => visible.has(section));
    if (!entry || entry === current) return;
    current?.link.removeAttribute("aria-current");
    entry.link.setAttribute("aria-current", "true");
    current = entry;
    bringIntoView(entry.link);
  },
  { rootMargin: "-100px 0px -60% 0px" },
);
for (const { section } of entries) if (section) observer.observe(section);

// Scrolls the contents only, never the page.
function bringIntoView(link) {
  const [frame, line] = [contents.getBoundingClientRect(), link.getBoundingClientRect()];
  if (line.top < frame.top + 48 || line.bottom > frame.bottom - 48) {
    contents.scrollTop += line.top - frame.top - frame.height / 2;
  }
}

// --- the reader's own host ----------------------------------------------------------------------

for (const sample of document.querySelectorAll("[data-own-host]")) {
  const texts = document.createTreeWalker(sample, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.data = texts.currentNode.data.replaceAll("https://proof.example", location.origin);
  }
}
