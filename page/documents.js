// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// The Documents tab: the list, what is changed in it, and what is removed. documents_collections.js and
// documents_adding.js go on from here.
// All text is set as text: nothing of a document, and no file's name, is ever parsed as HTML.

const shelf = { documents: [], files: [], collections: [], sort: { by: "added", down: true }, removed: new Map() };
let edited = null; // the document in the dialog

element.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.sort) sortBy(button.dataset.sort);
  if (button.dataset.edit) edit(button.dataset.edit);
  if (button.dataset.remove) remove(button.dataset.remove);
  if (button.dataset.undo) undo(button.dataset.undo);
  if (button.dataset.forget) forget(button.dataset.forget);
  if (button.matches(".close")) part("dialog").close();
  if (button.matches(".put")) putIn(part(".new").value, true);
});
element.addEventListener("input", ({ target }) => {
  if (target.matches(".search")) write();
});
element.addEventListener("change", ({ target }) => {
  if (target.dataset.collection !== undefined) putIn(target.dataset.collection, target.checked);
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".called")) rename();
  else save();
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && part("dialog")?.open) event.stopPropagation(); // it closes the dialog alone
  if (event.key === "Enter" && event.target.matches(".new")) {
    event.preventDefault();
    putIn(event.target.value, true);
  }
});
document.addEventListener("view", ({ detail }) => {
  if (detail.shown === "documents") refresh();
  else if (detail.left === "documents") finishRemovals();
});
watch("value", () => {
  if (part(".documents")) refresh();
  resumeAdding();
});

// What the server answers; an error, also that there is no answer, is said, and gives null. What was said
// stays until the next thing that is done: the list and the progress are asked for by themselves.
async function asked(name, data = {}, where = ".documents > .wrong") {
  let answer;
  try {
    answer = await server[name]({ ...data, language: language() });
  } catch {
    answer = { error: words().unreachable };
  }
  const wrong = part(where);
  const unasked = ["list_documents", "adding_progress"].includes(name);
  if (answer.error || !unasked || wrong.textContent === words().unreachable) {
    wrong.hidden = !answer.error;
    wrong.textContent = answer.error ?? "";
  }
  return answer.error ? null : answer;
}

async function refresh() {
  const found = await asked("list_documents");
  if (!found) return;
  Object.assign(shelf, { documents: found.documents, files: found.files, collections: found.collections });
  const counts = document.querySelector("#top .library");
  if (counts) counts.textContent = found.library;
  part("#collection-names").replaceChildren(...shelf.collections.map((name) => {
    const option = document.createElement("option");
    option.value = name;
    return option;
  }));
  write();
}

function write() {
  const wanted = part(".search").value.trim().toLowerCase();
  const found = shelf.documents
    .filter(({ id }) => !shelf.removed.has(id))
    .filter((entry) => [entry.title, entry.name, ...entry.sources, entry.author, ...entry.collections]
      .join("\n").toLowerCase().includes(wanted));
  const { by, down } = shelf.sort;
  found.sort((left, right) => (down ? -1 : 1) * compared(left[by], right[by]));
  const focused = document.activeElement?.closest?.("tr")?.dataset.id;
  part("tbody").replaceChildren(...found.map(row));
  if (focused && document.activeElement === document.body) {
    part(`tr[data-id="${CSS.escape(focused)}"] [data-edit]`)?.focus();
  }
  for (const column of element.querySelectorAll("th")) {
    const here = column.classList.contains(by);
    column.setAttribute("aria-sort", here ? (down ? "descending" : "ascending") : "none");
  }
  part(".count").textContent = filled(words().shown_count, { shown: found.length, count: shelf.documents.length });
  part(".empty").hidden = found.length > 0;
  part(".empty").textContent = shelf.documents.length ? words().no_match : words().no_documents;
  part("table").hidden = found.length === 0;
  writeNamed();
  part(".files").hidden = shelf.files.length === 0;
  part(".files ul").replaceChildren(...shelf.files.map(fileLine));
}

function compared(left, right) {
  if (typeof left === "number") return left - right;
  return String(left).localeCompare(String(right), language(), { numeric: true });
}

function sortBy(by) {
  shelf.sort = { by, down: shelf.sort.by === by && !shelf.sort.down };
  write();
}

function row(entry) {
  const line = document.createElement("tr");
  line.dataset.id = entry.id;
  const title = document.createElement("th");
  title.scope = "row";
  title.className = "title";
  title.append(text("span", entry.title, "name"), text("span", aside(entry), "aside"));
  for (const name of entry.collections) title.append(text("span", name, "tag"));
  if (entry.reason) title.append(text("span", entry.reason, "reason"));
  const added = text("td", day(entry.added), "added");
  added.title = new Date(entry.added).toLocaleString();
  line.append(
    title, text("td", entry.kind.toUpperCase(), "kind"), text("td", entry.pages || "", "pages"),
    text("td", entry.passages, "passages"), text("td", size(entry.bytes), "bytes"), added,
    text("td", entry.state, "state"), acts(entry),
  );
  return line;
}

// What the narrow page, which has no columns, says in one line.
function aside(entry) {
  const pages = entry.pages ? filled(words().pages_short, { count: entry.pages }) : "";
  const facts = [entry.kind.toUpperCase(), pages, filled(words().passages_short, { count: entry.passages }), size(entry.bytes), day(entry.added), entry.state];
  return facts.filter(Boolean).join(" · ");
}

function acts({ id, title }) {
  const cell = document.createElement("td");
  cell.className = "acts";
  for (const [name, label] of [["edit", words().edit_named], ["remove", words().remove_named]]) {
    const button = text("button", words()[name], name);
    button.type = "button";
    button.dataset[name] = id;
    button.setAttribute("aria-label", filled(label, { title }));
    cell.append(button);
  }
  return cell;
}

function fileLine(file) {
  const line = document.createElement("li");
  line.className = file.failed ? "failed" : "";
  const button = text("button", words().forget, "forget");
  button.type = "button";
  button.dataset.forget = file.source;
  button.setAttribute("aria-label", filled(words().forget_named, { name: file.name }));
  line.append(text("span", file.name, "name"), text("span", file.state, "state"), text("span", file.reason, "reason"));
  if (!file.under_way) line.append(button);
  return line;
}

async function forget(source) {
  if (await asked("forget_file", { source })) await refresh();
}

// Removing: the row goes at once, the document when nobody undid it in time, or when the view is left.

async function remove(id) {
  const entry = shelf.documents.find((other) => other.id === id);
  if (!entry || !(await asked("remove_document", { document: id }))) return;
  const bar = document.createElement("p");
  const button = text("button", words().undo, "undo");
  button.type = "button";
  button.dataset.undo = id;
  bar.append(text("span", filled(words().removed, { title: entry.title })), button);
  part(".removed").append(bar);
  shelf.removed.set(id, { bar, timer: setTimeout(() => settled([id]), 1000 * props.held_seconds + 500) });
  write();
  button.focus();
}

async function undo(id) {
  const kept = await asked("undo_removal", { document: id });
  forgetRemoval(id);
  await refresh();
  if (kept) part(`tr[data-id="${CSS.escape(id)}"] [data-edit]`)?.focus();
}

async function finishRemovals() {
  const ids = [...shelf.removed.keys()];
  if (ids.length && (await asked("finish_removals", { documents: ids }))) await settled(ids);
}

async function settled(ids) {
  const focused = ids.some((id) => shelf.removed.get(id)?.bar.contains(document.activeElement));
  ids.forEach(forgetRemoval);
  if (focused) part(".search").focus();
  await refresh();
}

function forgetRemoval(id) {
  clearTimeout(shelf.removed.get(id)?.timer);
  shelf.removed.get(id)?.bar.remove();
  shelf.removed.delete(id);
}

function asWrong(message) {
  part(".documents > .wrong").hidden = !message;
  part(".documents > .wrong").textContent = message;
}

// Editing

function edit(id) {
  edited = shelf.documents.find((entry) => entry.id === id);
  if (!edited) return;
  part("#editing-title").textContent = edited.title;
  const names = [...new Set(edited.sources.map((source) => (source.startsWith("upload:") ? source.slice(7) : source)))];
  const called = edited.by_hand ? words().encoding_by_hand : words().encoding;
  const encoding = edited.encoding ? filled(called, { encoding: edited.encoding }) : "";
  part(".facts").textContent = [filled(words().file_names, { names: names.join(words().comma) }), encoding].filter(Boolean).join(" · ");
  part(".notes").replaceChildren(...edited.notes.map((note) => text("li", note)));
  for (const field of element.querySelectorAll(".origin input")) field.value = edited[field.name];
  part(".new").value = "";
  part("dialog .wrong").hidden = true;
  writeCollections();
  part("dialog").showModal();
}

async function save() {
  const changes = {};
  for (const { name, value } of element.querySelectorAll(".origin input")) {
    if (value.trim() !== edited[name]) changes[name] = value;
  }
  if (Object.keys(changes).length && !(await asked("edit_document", { document: edited.id, changes }, "dialog .wrong"))) return;
  part("dialog").close();
  await refresh();
  part(`tr[data-id="${CSS.escape(edited.id)}"] [data-edit]`)?.focus();
}

async function putIn(name, there) {
  if (!name.trim()) return;
  const put = await asked("put_in_collection", { document: edited.id, name, there }, "dialog .wrong");
  if (!put) return writeCollections();
  if (there) part(".new").value = "";
  await refresh();
  edited = shelf.documents.find((entry) => entry.id === edited.id) ?? edited;
  writeCollections();
  [...element.querySelectorAll("dialog [data-collection]")].find((box) => box.dataset.collection === put.name)?.focus();
}

function writeCollections() {
  part(".each").replaceChildren(...shelf.collections.map((name) => {
    const line = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = edited.collections.includes(name);
    box.dataset.collection = name;
    line.append(box, text("span", name));
    return line;
  }));
}

// Small things

function text(kind, content, name = "") {
  const made = document.createElement(kind);
  made.className = name;
  made.dir = "auto";
  made.textContent = String(content);
  return made;
}

function size(bytes) {
  const [unit, each] = bytes >= 1e6 ? ["megabyte", 1e6] : ["kilobyte", 1e3];
  const format = { style: "unit", unit, maximumFractionDigits: bytes / each < 10 ? 1 : 0 };
  return new Intl.NumberFormat(language(), format).format(Math.max(bytes / each, 0.1));
}

function day(time) {
  const date = new Date(time);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function filled(form, values) {
  return form.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function part(selector) {
  return element.querySelector(selector);
}

function language() {
  return document.querySelector("[data-language]")?.dataset.language ?? "en";
}

function words() {
  return props.words[language()];
}
