// Points in time by the reader's own clock and in the page's language. The server writes them in UTC,
// which is what everybody sees where no script runs.

const options = /** @type {const} */ ({ dateStyle: "long", timeStyle: "short" });
const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, options);

/** @param {ParentNode} root */
function tell(root) {
  for (const time of root.querySelectorAll("time[data-moment]:not([title])")) {
    const at = new Date(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(at.getTime())) continue;
    time.setAttribute("title", time.textContent ?? "");
    time.textContent = format.format(at);
  }
}

tell(document);
// Parts of a page are replaced while it is open.
new MutationObserver(() => tell(document)).observe(document.body, { childList: true, subtree: true });
