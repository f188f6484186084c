// Copy buttons. `data-copy="482913"` copies that text; an empty `data-copy` copies the code of the
// figure around the button. The button says "Copied" (or what its `data-copied` says), also aloud.

const shown = new Map();
// Buttons are there only where they do something.
document.documentElement.classList.add("copies");

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.closest("figure")?.querySelector("code");
  const text = button.dataset.copy || code?.textContent || "";
  if (await copy(text)) say(button, button.dataset.copied || "Copied");
  else if (code) getSelection()?.selectAllChildren(code);
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// Where the clipboard is out of reach (an address without TLS), the old way still works.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "visually-hidden";
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus?.();
  return copied;
}

function say(button, words) {
  const label = button.querySelector("span") ?? button;
  const before = shown.get(button) ?? { words: label.textContent, name: button.getAttribute("aria-label"), timer: 0 };
  clearTimeout(before.timer);
  // The button keeps its width, so that nothing beside it moves.
  button.style.minInlineSize = `${button.offsetWidth}px`;
  label.textContent = words;
  // What is heard is what is seen.
  if (before.name) button.setAttribute("aria-label", words);
  button.classList.add("copied");
  announcer().textContent = words;
  before.timer = setTimeout(() => {
    label.textContent = before.words;
    if (before.name) button.setAttribute("aria-label", before.name);
    button.classList.remove("copied");
    announcer().textContent = "";
    shown.delete(button);
  }, 2000);
  shown.set(button, before);
}

function announcer() {
  let region = document.getElementById("copy-status");
  if (!region) {
    region = document.createElement("div");
    region.id = "copy-status";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  return region;
}
