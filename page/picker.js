// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Where to look. What is chosen stands in `data-within`, as JSON, and goes with each question; there is
// none until something is chosen. It is kept for this tab. All text is set as text.

const KEPT = "yinzheng.within";
const MOST = 200; // entries shown of each kind; the search box finds the others
let offered = { collections: [], documents: [] };
let chosen = kept(); // pairs of name and label

element.addEventListener("toggle", async ({ target }) => {
  if (target !== details() || !target.open) return;
  await fetchPlaces();
  details().querySelector("[type=search]").focus();
}, true);
element.addEventListener("input", ({ target }) => {
  if (target.type === "search") write();
});
element.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox") return;
  const { name, label } = target.dataset;
  choose(target.checked ? [...chosen, [name, label]] : chosen.filter((pair) => pair[0] !== name));
});
element.addEventListener("click", ({ target }) => {
  if (!target.closest(".reset")) return;
  choose([]);
  write();
  details().querySelector("summary").focus();
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !details()?.open) return;
  event.stopPropagation(); // it closes this alone
  details().open = false;
  details().querySelector("summary").focus();
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    if (details() && target.isConnected && !element.contains(target)) details().open = false;
  });
}
watch("value", say);

function choose(pairs) {
  chosen = pairs;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing: it holds until the page is loaded again.
  }
  say();
}

// A document that is gone stays chosen, and says so: a question is never looked for in more than was chosen.
async function fetchPlaces() {
  let found;
  try {
    found = await server.list_places({ language: language() });
  } catch {
    found = { error: words().unreachable };
  }
  if (found.error) {
    details().querySelector(".choices").textContent = found.error;
    return;
  }
  offered = found;
  const labels = new Map([...found.collections, ...found.documents].map(({ name, label }) => [name, label]));
  chosen = chosen.map(([name, label]) => [name, labels.get(name) ?? gone(label)]);
  say();
  write();
}

function write() {
  const wanted = details().querySelector("[type=search]").value.trim().toLowerCase();
  const there = new Set([...offered.collections, ...offered.documents].map(({ name }) => name));
  const lost = chosen.filter(([name]) => !there.has(name)).map(([name, label]) => ({ name, label }));
  const groups = [[words().picker_collections, offered.collections], [words().picker_documents, [...lost, ...offered.documents]]];
  const written = groups.flatMap(([title, entries]) => {
    const found = entries.filter(({ label, file = "" }) => `${label}\n${file}`.toLowerCase().includes(wanted));
    return found.length ? [group(title, found.slice(0, MOST))] : [];
  });
  const none = document.createElement("p");
  none.textContent = words().picker_none;
  details().querySelector(".choices").replaceChildren(...(written.length ? written : [none]));
}

function group(title, entries) {
  const set = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = title;
  set.append(legend, ...entries.map(choice));
  return set;
}

function choice({ name, label, count }) {
  const line = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = chosen.some((pair) => pair[0] === name);
  Object.assign(box.dataset, { name, label });
  const text = document.createElement("span");
  text.dir = "auto";
  text.textContent = count === undefined ? label : `${label} (${count})`;
  line.append(box, text);
  return line;
}

function say() {
  if (!details()) return;
  const names = chosen.map(([, label]) => label).join(words().comma);
  const many = chosen.length > 2;
  let now = words().picker_all;
  if (chosen.length) now = (many ? words().picker_more : words().picker_some);
  now = now.replace("{names}", () => names).replace("{count}", String(chosen.length));
  details().querySelector(".now").textContent = now;
  details().querySelector("summary").setAttribute("aria-label", `${words().picker}: ${now}`);
  details().querySelector(".reset").disabled = chosen.length === 0;
  details().classList.toggle("limited", chosen.length > 0);
  if (chosen.length) details().dataset.within = JSON.stringify(chosen);
  else delete details().dataset.within;
}

function gone(label) {
  return label.endsWith(words().picker_gone) ? label : label + words().picker_gone;
}

function kept() {
  try {
    const pairs = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(pairs) ? pairs.filter((pair) => Array.isArray(pair) && pair.length === 2) : [];
  } catch {
    return [];
  }
}

function details() {
  return element.querySelector("details");
}

function language() {
  return document.querySelector("[data-language]")?.dataset.language ?? "en";
}

function words() {
  return props.words[language()] ?? props.words.en;
}
