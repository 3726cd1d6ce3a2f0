// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Buttons in the conversation's HTML say in data attributes what they do.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.ask !== undefined) trigger("again", { question: button.dataset.ask });
  if (button.dataset.copy !== undefined) copy(button);
  if (button.dataset.edit !== undefined) edit(button.dataset.edit);
  if (button.dataset.judge === "right") judge(button.closest(".judging"), { verdict: "right" });
  if (button.dataset.judge === "wrong") {
    const form = button.parentElement.querySelector("form");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input").focus();
  }
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const reason = form.querySelector("input[type=radio]:checked").value;
  judge(form.closest(".judging"), { verdict: "wrong", reason, words: form.elements.words.value });
});

function judge(part, said) {
  trigger("judge", { turn: Number(part.dataset.turn), reason: "", words: "", ...said });
  const thanks = document.createElement("p");
  thanks.className = "judged";
  thanks.setAttribute("role", "status");
  part.replaceWith(thanks);
  thanks.textContent = part.dataset.thanks;
}

// Candidates that were unfolded stay so when the conversation grows, which writes it anew.
const unfolded = new Set();
element.addEventListener("toggle", ({ target }) => {
  if (target.isConnected) unfolded[target.open ? "add" : "delete"](turns().indexOf(target.closest(".turn")));
}, true);

// The last question comes into view when it is asked, and stays while its answer grows.
watch("value", () => {
  if (turns().length === 0) unfolded.clear();
  for (const place of unfolded) turns()[place]?.querySelector("details")?.setAttribute("open", "");
  const last = turns().at(-1);
  if (last) last.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
});

function edit(question) {
  const box = document.querySelector("#question textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function turns() {
  return [...element.querySelectorAll(".turn")];
}

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
