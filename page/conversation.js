// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Buttons in the conversation's HTML say in data attributes what they do.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.ask !== undefined) trigger("again", { question: button.dataset.ask });
  if (button.dataset.copy !== undefined) copy(button);
});

// The last question comes into view when it is asked, and stays while its answer grows.
watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  const last = turns[turns.length - 1];
  if (last) last.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
});

async function copy(button) {
  const label = button.textContent;
  const done = await copied(button.dataset.copy);
  button.textContent = done ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => { button.textContent = label; }, 1500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text); // a page from another machine without HTTPS has no clipboard
  }
}

function copiedBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
