// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Fills the Evidence tab with what Python wrote (all text in it escaped there), and puts quotes into it from
// anywhere in the page: from buttons that name a quote, and from words selected in the open document.

const KEPT = "yinzheng.report"; // which report is current, in this browser
const SLOW = 500; // milliseconds after which it is said that something is going on
const ASKED = 6000; // milliseconds in which a second press deletes
const SAID = 4000; // milliseconds that a message stays

let report = kept();
let held = []; // for each report: its id, its name, the quotes in it
let last = Promise.resolve(); // one thing after another, in the order of asking
let checked = null; // the report that was checked last: its name and content, for a marked copy of it
let span = null; // what is known of the quote that is shown in the document: its address, what can be done with it
let selected = null; // what is selected in the document: document, start, end, text

const notice = document.createElement("p"); // says what was done, wherever it was asked for
notice.id = "evidence-said";
notice.setAttribute("role", "status");
(document.querySelector("main") ?? document.body).append(notice);
let silence = 0;

watch("value", () => act({ action: "show" }));
if (frame()) act({ action: "show" });

element.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-do]");
  if (!button) return;
  const { do: action, entry, name, kind, in: id, term, spans, digest } = button.dataset;
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
  if (action === "marked") return act({ action, kind, ...checked });
  act({ action, entry: Number(entry), name, kind, document: id, term, spans, digest });
});
element.addEventListener("change", ({ target }) => {
  if (target.dataset.choose !== undefined) {
    keep(Number(target.value));
    act({ action: "show" });
  }
  if (target.dataset.note !== undefined) act({ action: "note", entry: Number(target.dataset.note), note: target.value });
});
element.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const asked = { action: form.dataset.form, ...Object.fromEntries(new FormData(form, event.submitter)) };
  const { file } = asked;
  delete asked.file;
  if (file?.size) {
    if (file.size > words().most * 1e6) return say(words().too_large.replace("{most}", words().most), true);
    Object.assign(asked, { name: file.name, content: await content(file) });
    if (asked.action === "verify") checked = { name: asked.name, content: asked.content };
  }
  const done = await act(asked);
  if (done && asked.action === "create") form.reset();
});

// A row is dragged by its handle: its words stay to be selected. The keyboard has the buttons.
let dragged = null;
element.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.(".drag")?.closest("[data-row]");
  if (!row) return;
  dragged = row;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.row);
  event.dataTransfer.setDragImage(row, 20, 20);
  row.classList.add("dragged");
});
element.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest(".entries > [data-row]");
  if (!dragged) return;
  event.preventDefault();
  clearDropped();
  if (over && over !== dragged) over.classList.add(isBelow(event, over) ? "drop-after" : "drop-before");
});
element.addEventListener("drop", (event) => {
  const over = dragged && event.target.closest(".entries > [data-row]");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const rows = [...over.parentElement.children];
  const from = rows.indexOf(dragged);
  let place = rows.indexOf(over) + (isBelow(event, over) ? 1 : 0);
  if (from < place) place -= 1; // it is taken out first
  if (place !== from) act({ action: "move", entry: Number(dragged.dataset.row), place: place + 1 });
});
element.addEventListener("dragend", () => {
  clearDropped();
  dragged?.classList.remove("dragged");
  dragged = null;
});

function isBelow(event, row) {
  const { top, height } = row.getBoundingClientRect();
  return event.clientY > top + height / 2;
}

function clearDropped() {
  for (const row of element.querySelectorAll(".drop-before, .drop-after")) row.classList.remove("drop-before", "drop-after");
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.adjust !== undefined) return adjustShown(button.dataset.adjust);
  if (button.dataset.add !== undefined) put(button);
  if (button.dataset.mentions !== undefined) findAll(button.dataset.mentions);
  if (button.dataset.absence !== undefined) act({ action: "absence", refusal: button.dataset.absence });
});
document.addEventListener("view", ({ detail }) => {
  if (detail.shown === "evidence") act({ action: "show" }); // another window may have added to it
});
document.addEventListener("selectionchange", () => offer());
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || !shownText()) return;
  event.preventDefault();
  putShown();
});
// Buttons that name a quote come and go with the conversation; the panel fills when a document is opened.
let looking = false;
new MutationObserver(() => {
  if (looking) return;
  looking = true;
  requestAnimationFrame(() => {
    looking = false;
    markAll();
    offer();
  });
}).observe(document.querySelector("main") ?? document.body, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["data-id", "data-start"],
});

// Does one thing after what was asked before it; gives what came of it, null where nothing was done.
function act(data) {
  const doing = last.then(() => done(data));
  last = doing.catch(() => {});
  return doing;
}

async function done(data) {
  const slow = setTimeout(() => say(words().working), SLOW);
  let shown;
  try {
    shown = await server.evidence({ report, language: frame()?.dataset.speaks, ...data });
  } catch {
    shown = { error: words().unreachable };
  }
  clearTimeout(slow);
  if (notice.textContent === words().working) say("");
  if (!shown || shown.error) {
    say(shown?.error ?? words().unreachable, true);
    return null;
  }
  keep(shown.report);
  held = shown.held.map((one) => ({ ...one, spans: one.spans.map(parsed) }));
  for (const part of ["reports", "within", "entries", "mentions", "verify"]) {
    if (shown[part] !== undefined) fill(part, shown[part]);
  }
  markAll();
  if (shown.file) hand(shown.file);
  if (shown.said) say(shown.said);
  return shown;
}

// Writes a part anew where it differs; what was unfolded and what had the focus stay so.
function fill(name, html) {
  const part = element.querySelector(`[data-part="${name}"]`);
  if (!part || part.written === html) return;
  const folds = new Map([...part.querySelectorAll("details[data-key]")].map((fold) => [fold.dataset.key, fold.open]));
  const focus = part.contains(document.activeElement) ? document.activeElement : null;
  const row = focus?.closest("[data-row]");
  const place = row ? [...row.parentElement.children].indexOf(row) : -1;
  part.innerHTML = html;
  part.written = html;
  if (name === "reports" || name === "entries") {
    for (const fold of part.querySelectorAll("details[data-key]")) {
      if (folds.has(fold.dataset.key)) fold.open = folds.get(fold.dataset.key);
    }
  }
  if (focus) focusAgain(part, focus, row, place);
}

function focusAgain(part, focus, row, place) {
  const same = row ? part.querySelector(`[data-row="${CSS.escape(row.dataset.row)}"]`) : part;
  const { do: action, kind, note, choose } = focus.dataset;
  const wanted = [...(same?.querySelectorAll("button, textarea, select, input, summary") ?? [])].find((one) =>
    one.tagName === focus.tagName && one.dataset.do === action && one.dataset.kind === kind &&
    one.dataset.note === note && one.dataset.choose === choose && one.name === focus.name && !one.disabled &&
    one.form?.dataset.form === focus.form?.dataset.form);
  if (wanted) return wanted.focus({ preventScroll: true });
  // The button is gone or has no more to do: its row, or the one that is in its place now.
  const rows = part.querySelectorAll("[data-row]");
  (row ? same ?? rows[Math.min(place, rows.length - 1)] : null)?.focus();
}

// Puts the quote that a button names into the current report; one that is in it already is shown there.
async function put(button) {
  const { add: id, start, end, digest } = button.dataset;
  if (button.classList.contains("held")) return show(parsed(`${id}:${start}-${end}`));
  const asked = button.closest("[data-question]");
  const answered = asked && !button.closest(".candidates") ? asked.dataset.answer ?? "" : "";
  await act({
    action: "add", document: id, start: Number(start), end: Number(end), digest,
    question: asked?.dataset.question ?? "", answer: answered,
  });
}

async function putShown() {
  await adjusting; // what was asked for goes in, also where it is not marked yet
  const text = shownText();
  if (!text) return;
  const awaited = coming && coming.document === text.dataset.id ? { ...coming, id: coming.document } : null;
  const { id, start, end, digest } = awaited ?? text.dataset;
  if (selected) await act({ action: "add", ...selected });
  else await act({ action: "add", document: id, start: Number(start), end: Number(end), digest });
}

// Every button says whether its quote is in a report, and in which.
function markAll() {
  for (const button of document.querySelectorAll("button[data-add]")) {
    const { add: id, start, end } = button.dataset;
    const { label, here } = labelled(within(parsed(`${id}:${start}-${end}`)), words().add);
    if (button.textContent !== label) button.textContent = label;
    if (button.classList.contains("held") !== here) button.classList.toggle("held", here);
  }
}

function parsed(address) {
  const [, id, start, end] = address.match(/^(.*):(\d+)-(\d+)$/);
  return { id, start: Number(start), end: Number(end) };
}

// A quote that was widened in the report is in it still.
function within(quote) {
  return (one) => one.id === quote.id && one.start <= quote.start && quote.end <= one.end;
}

function exactly(quote) {
  return (one) => within(quote)(one) && one.start === quote.start && one.end === quote.end;
}

function labelled(holds, plain) {
  const inside = held.filter(({ spans }) => spans.some(holds));
  const here = inside.find((one) => one.report === report);
  if (here) return { here: true, label: words().held.replace("{report}", () => here.name) };
  if (inside.length) return { here: false, label: words().also_held.replace("{report}", () => inside[0].name) };
  return { here: false, label: plain };
}

// Goes to the tab and to a quote in it.
async function show(quote) {
  document.querySelector("#views [data-view=evidence]")?.click();
  await act({ action: "show" });
  const own = held.find((one) => one.report === report);
  const row = element.querySelectorAll("li.entry")[own ? own.spans.findIndex(within(quote)) : -1];
  row?.scrollIntoView({ block: "center" });
  row?.focus({ preventScroll: true });
}

function findAll(term) {
  document.querySelector("#views [data-view=evidence]")?.click();
  const form = element.querySelector('form[data-form="mentions"]');
  form.closest("details").open = true;
  form.elements.term.value = term;
  form.elements.term.focus();
  form.requestSubmit();
}

// The button below the open document: for what is selected in it, else for the quote that is marked.
function offer() {
  const text = shownText();
  selected = text ? selection(text) : null;
  const button = adder();
  if (!button) return;
  button.hidden = !text;
  offerAdjusting(text);
  if (!text) return;
  const { id, start, end } = selected ? { id: selected.document, ...selected } : text.dataset;
  const plain = selected
    ? words().add_selection.replace("{count}", [...selected.text].length)
    : words().add_marked;
  const { label, here } = labelled(exactly(parsed(`${id}:${start}-${end}`)), plain);
  if (button.textContent !== label) button.textContent = label;
  button.classList.toggle("held", here);
}

function adder() {
  const footer = document.querySelector("#document .document > footer");
  if (!footer) return null;
  let button = footer.querySelector(".add-shown");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "add-shown";
    button.addEventListener("mousedown", (event) => event.preventDefault()); // which would end the selection
    button.addEventListener("click", putShown);
    footer.prepend(button);
  }
  return button;
}

// The quote that is marked in the document, wider or narrower by a sentence before it goes in.
function offerAdjusting(text) {
  const footer = document.querySelector("#document .document > footer");
  let box = footer.querySelector(".adjust-shown");
  if (!box) {
    box = document.createElement("details");
    box.className = "adjust-shown";
    const summary = document.createElement("summary");
    const ends = document.createElement("div");
    ends.className = "ends";
    for (const name of ["wider_before", "narrower_before", "narrower_after", "wider_after"]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", disabled: true });
      button.dataset.adjust = name;
      button.addEventListener("mousedown", (event) => event.preventDefault());
      ends.append(button);
    }
    const said = document.createElement("div");
    said.className = "around";
    box.append(summary, ends, said);
    box.addEventListener("toggle", () => adjustShown(""));
    footer.prepend(box);
    footer.prepend(adder());
  }
  const labels = [["summary", words().before_adding], ...[...box.querySelectorAll("[data-adjust]")].map((button) =>
    [`[data-adjust=${button.dataset.adjust}]`, words()[button.dataset.adjust]])];
  for (const [which, label] of labels) {
    const part = box.querySelector(which);
    if (part.textContent !== label) part.textContent = label;
  }
  box.hidden = !text || selected !== null;
  const { id, start, end } = text?.dataset ?? {};
  if (coming && (coming.document !== id || `${coming.start}-${coming.end}` === `${start}-${end}`)) coming = null;
  const known = span && span.place.document === id && `${span.place.start}-${span.place.end}` === `${start}-${end}`;
  if (!known && box.open && text) adjustShown("");
  for (const button of known ? box.querySelectorAll("[data-adjust]") : []) {
    const can = span.can.includes(button.dataset.adjust);
    if (!can && document.activeElement === button) box.querySelector("summary").focus();
    button.disabled = !can;
  }
  const said = box.querySelector(".around");
  const around = known ? span.around : span?.place.document === id ? said.written ?? "" : ""; // until it is marked
  if ((said.written ?? "") !== around) said.innerHTML = said.written = around;
}

let asking = "";
let adjusting = Promise.resolve();
let coming = null; // the quote that is about to be marked
function adjustShown(adjust) {
  adjusting = adjusted(adjust).catch(() => {});
}

async function adjusted(adjust) {
  const text = shownText();
  if (!text || !document.querySelector("#document .adjust-shown")?.open) return;
  const { id, start, end } = text.dataset;
  const question = `${id}:${start}-${end} ${adjust}`;
  if (asking === question) return;
  asking = question;
  const found = await act({ action: "span", adjust, document: id, start: Number(start), end: Number(end) });
  asking = "";
  if (!found) return;
  span = found;
  if (adjust) coming = found.place;
  if (adjust) document.dispatchEvent(new CustomEvent("place", { detail: found.place }));
  offer();
}

function shownText() {
  const text = document.querySelector(".document-open #document .text");
  return text?.dataset.id ? text : null;
}

// The part of the selection that is in the document's words, counted in code points of the stored text: the
// elements hold that text without a gap from data-first on.
function selection(text) {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed || !chosen.containsNode(text, true)) return null;
  const range = chosen.getRangeAt(0).cloneRange();
  const whole = document.createRange();
  whole.selectNodeContents(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) range.setStart(text, 0);
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) range.setEnd(text, text.childNodes.length);
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const first = whole.toString();
  let from = before.toString().length;
  let to = from + range.toString().length;
  if (/^[\uDC00-\uDFFF]/.test(first.slice(from))) from -= 1; // never half of a character
  if (/^[\uDC00-\uDFFF]/.test(first.slice(to))) to += 1;
  if (from >= to) return null;
  const start = Number(text.dataset.first) + [...first.slice(0, from)].length;
  const words = first.slice(from, to);
  return { document: text.dataset.id, start, end: start + [...words].length, text: words };
}

function hand({ name, type, content: encoded }) {
  const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function content(file) {
  const read = new FileReader();
  return new Promise((resolve, reject) => {
    read.addEventListener("load", () => resolve(read.result.slice(read.result.indexOf(",") + 1)));
    read.addEventListener("error", () => reject(read.error));
    read.readAsDataURL(file);
  });
}

function say(message, wrong = false) {
  clearTimeout(silence);
  notice.textContent = message;
  notice.className = wrong ? "wrong" : "";
  if (message && message !== words().working) silence = setTimeout(() => say(""), wrong ? 3 * SAID : SAID);
}

function frame() {
  return element.querySelector(".evidence");
}

function words() {
  return props.words[frame()?.dataset.speaks] ?? props.words.en;
}

function keep(chosen) {
  report = chosen;
  try {
    if (chosen === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, String(chosen));
  } catch {
    // A browser that keeps nothing: the latest report is current after a reload.
  }
}

function kept() {
  try {
    return Number(localStorage.getItem(KEPT)) || null;
  } catch {
    return null;
  }
}
