// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Fills the Conversations tab with what Python wrote (all text in it escaped there).

const ASKED = 6000; // milliseconds in which a second press deletes
const TYPED = 250; // milliseconds after the last key in which nothing is searched yet

let typing = 0;
let latest = 0; // an answer that comes after a later one is not shown

document.addEventListener("view", ({ detail }) => {
  if (detail.shown === "conversations") act({ action: "list" });
});
element.addEventListener("input", ({ target }) => {
  if (target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(() => act({ action: "list" }), TYPED);
});
element.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-do]");
  if (!button) return;
  const row = button.closest("[data-conversation]");
  const conversation = Number(row.dataset.conversation);
  const { do: action, kind } = button.dataset;
  if (action === "open") {
    trigger("reopen", { conversation });
    document.getElementById("view-ask")?.click();
    return;
  }
  if (action === "rename") {
    const form = row.querySelector("form");
    form.hidden = !form.hidden;
    if (!form.hidden) form.elements.name.select();
    return;
  }
  if (action === "delete" && !button.dataset.asked) {
    button.dataset.asked = "yes";
    const plain = button.textContent;
    button.textContent = button.dataset.really;
    setTimeout(() => {
      delete button.dataset.asked;
      button.textContent = plain;
    }, ASKED);
    return;
  }
  act({ action, kind, conversation });
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const conversation = Number(event.target.closest("[data-conversation]").dataset.conversation);
  act({ action: "rename", conversation, name: event.target.elements.name.value });
});

async function act(data) {
  const frame = element.querySelector(".conversations");
  if (!frame) return;
  const { speaks: language } = frame.dataset;
  const number = ++latest;
  const focused = [...frame.querySelectorAll("button, input")].indexOf(document.activeElement);
  let shown;
  try {
    shown = await server.conversations({ search: frame.querySelector("[type=search]").value, language, ...data });
  } catch {
    shown = { error: (props.words[language] ?? props.words.en).unreachable };
  }
  if (number !== latest && !shown.file) return;
  frame.querySelector(".said").textContent = shown.error ?? "";
  if (shown.list !== undefined) {
    frame.querySelector(".list").innerHTML = shown.list;
    for (const time of frame.querySelectorAll("time")) {
      time.textContent = new Date(time.dateTime).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    }
  }
  if (shown.file) hand(shown.file);
  if (focused >= 0 && document.activeElement === document.body) {
    const places = [...frame.querySelectorAll("button, input")];
    places[Math.min(focused, places.length - 1)]?.focus();
  }
}

function hand({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
