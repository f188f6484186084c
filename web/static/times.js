// Points in time by the reader's own clock and in the page's language. The server writes them in UTC,
// which is what everybody sees where no script runs.

const language = document.documentElement.lang || "en";
// British readers of an English page have British dates.
const own = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
const format = new Intl.DateTimeFormat(own, { dateStyle: "long", timeStyle: "short" });

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
