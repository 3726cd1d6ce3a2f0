// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Opens the document of any button that names one, beside the conversation, at its quote.
// All text is set as text: nothing of a document is ever parsed as HTML.

const panel = element.querySelector(".document");
const view = {
  title: panel.querySelector(".title"),
  place: panel.querySelector(".place"),
  verdict: panel.querySelector(".verdict"),
  facts: panel.querySelector(".facts"),
  address: panel.querySelector(".address"),
  text: panel.querySelector(".text"),
  scroller: panel.querySelector(".scroller"),
  close: panel.querySelector(".close"),
  before: panel.querySelector(".before"),
  after: panel.querySelector(".after"),
};
let wanted = null; // what is shown: document, start, end, digest, before, after
let opener = null; // the button that opened it, which gets the focus back

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-document]");
  if (!button) return;
  opener = button;
  const { document: id, start, end, digest } = button.dataset;
  open({ document: id, start: Number(start), end: Number(end), digest });
});
// The same document at another place, asked for by what stands below it, which keeps the focus.
document.addEventListener("place", ({ detail }) => wanted && open(detail, false));
view.close.addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && wanted) close();
});
view.before.addEventListener("click", () => more("before"));
view.after.addEventListener("click", () => more("after"));
openAddress();

async function open(place, anew = true) {
  wanted = { ...place, before: props.around, after: props.around };
  document.body.classList.add("document-open");
  markOpener();
  if (anew) say(words().opening);
  const shown = await fetched();
  if (!shown) return;
  show(shown);
  showPages(shown);
  const mark = view.text.querySelector("mark");
  mark.scrollIntoView({ block: "center" });
  if (anew) view.close.focus({ preventScroll: true });
}

async function more(side) {
  wanted[side] += props.around;
  const below = view.scroller.scrollHeight - view.scroller.scrollTop;
  const shown = await fetched();
  if (!shown) return;
  const top = view.scroller.scrollTop;
  show(shown);
  // What was in view stays in view, whatever was put above it.
  view.scroller.scrollTop = side === "before" ? view.scroller.scrollHeight - below : top;
}

function close() {
  wanted = null;
  document.body.classList.remove("document-open");
  markOpener();
  if (opener && opener.isConnected) opener.focus();
}

// Asks for what is wanted; null when it failed, which is said, or when something else is wanted by now.
async function fetched() {
  const asked = wanted;
  let shown;
  try {
    shown = await server.open_document({ ...asked, language: words().language });
  } catch {
    shown = { error: words().unreachable };
  }
  if (asked !== wanted) return null;
  if (!shown || shown.error || !shown.blocks) {
    say(shown && shown.error ? shown.error : words().unreachable, true);
    return null;
  }
  return shown;
}

function say(message, wrong = false) {
  panel.dataset.state = wrong ? "wrong" : "opening";
  hidePages();
  panel.setAttribute("aria-label", words().document);
  view.close.querySelector("span").textContent = words().close;
  for (const part of ["title", "place", "facts", "text"]) view[part].replaceChildren();
  delete view.text.dataset.id;
  view.before.hidden = view.after.hidden = view.address.hidden = true;
  view.verdict.textContent = message;
}

function show(shown) {
  view.title.textContent = shown.title;
  view.place.textContent = `${shown.place} · ${shown.characters}`;
  view.facts.replaceChildren(fact(shown.name), fact(`SHA-256 ${shown.sha256}`, "hash"));
  view.text.replaceChildren(...shown.blocks.map(block));
  // What selects words in it counts from here, in code points.
  Object.assign(view.text.dataset, {
    id: wanted.document, first: shown.first, start: wanted.start, end: wanted.end, digest: wanted.digest,
  });
  const marked = [...view.text.querySelectorAll("mark")].map((mark) => mark.textContent).join("");
  const same = shown.verified && marked === shown.quote;
  panel.dataset.state = same ? "verified" : "wrong";
  view.verdict.textContent = same ? shown.verdict : words().not_verified;
  view.address.href = address();
  view.address.textContent = words().address;
  view.address.hidden = false;
  for (const side of ["before", "after"]) {
    view[side].hidden = shown[side] === null;
    view[side].textContent = shown[side] ?? "";
  }
}

function block({ kind, number, level, pieces }) {
  const part = document.createElement("span");
  part.className = kind;
  if (kind === "paragraph") part.dataset.number = number;
  if (kind === "heading") part.dataset.level = level;
  for (const piece of pieces) {
    if (!piece.mark) {
      part.append(piece.text);
      continue;
    }
    const mark = document.createElement("mark");
    mark.textContent = piece.text;
    part.append(mark);
  }
  return part;
}

function fact(text, kind = "") {
  const part = document.createElement("span");
  part.className = kind;
  part.textContent = text;
  return part;
}

// Buttons that point to what is open look pressed.
function markOpener() {
  for (const button of document.querySelectorAll("button[data-document]")) {
    const here =
      wanted && button.dataset.document === wanted.document &&
      Number(button.dataset.start) === wanted.start && Number(button.dataset.end) === wanted.end;
    button.classList.toggle("here", Boolean(here));
  }
}

function address() {
  const { document: id, start, end, digest } = wanted;
  const query = new URLSearchParams({ document: id, start, end, digest });
  return `${location.pathname}?${query}`;
}

function openAddress() {
  const query = new URLSearchParams(location.search);
  if (!query.has("document")) return;
  open({
    document: query.get("document"),
    start: Number.parseInt(query.get("start"), 10),
    end: Number.parseInt(query.get("end"), 10),
    digest: query.get("digest") ?? "",
  });
}

// The words of the page's language, which Python decided by the same rule that the header shows.
function words() {
  const header = document.querySelector("[data-language]");
  const language = header ? header.dataset.language : navigator.language.toLowerCase().split("-")[0];
  return props.words[language] ?? props.words.en;
}
