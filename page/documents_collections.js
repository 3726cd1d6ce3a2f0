// Goes on from documents.js: the collections, to be renamed and dissolved. The documents in them stay as they are.

let renamed = null; // the collection whose name is being typed
let dissolving = null; // the button that was pressed once

element.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.rename !== undefined) beginRenaming(button.dataset.rename);
  if (button.matches(".called .keep")) endRenaming();
  if (button.dataset.dissolve !== undefined) dissolve(button);
});
element.addEventListener("focusout", ({ target }) => {
  if (target !== dissolving) return;
  dissolving = null;
  label(target, "dissolve", target.dataset.dissolve, words().dissolve_named);
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || renamed === null) return;
  event.stopPropagation();
  endRenaming();
});

function writeNamed() {
  part(".named").hidden = shelf.collections.length === 0;
  if (!shelf.collections.includes(renamed)) renamed = null;
  if (renamed !== null && part(".called input")?.dataset.name === renamed) return; // it is being typed in
  dissolving = null;
  part(".named ul").replaceChildren(...shelf.collections.map(namedLine));
}

function namedLine(name) {
  const line = document.createElement("li");
  if (name === renamed) {
    const form = document.createElement("form");
    form.className = "called";
    const field = document.createElement("input");
    field.type = "text";
    field.maxLength = 200;
    field.value = field.dataset.name = name;
    field.setAttribute("aria-label", filled(words().rename_named, { name }));
    const save = text("button", words().save, "save");
    const keep = text("button", words().cancel, "keep");
    keep.type = "button";
    form.append(field, save, keep);
    line.append(form);
    return line;
  }
  const count = shelf.documents.filter((entry) => entry.collections.includes(name)).length;
  line.append(text("span", name, "name"), text("span", filled(words().documents_short, { count }), "count"));
  for (const [act, says] of [["rename", words().rename_named], ["dissolve", words().dissolve_named]]) {
    const button = text("button", "", act);
    button.type = "button";
    button.dataset[act] = name;
    label(button, act, name, says);
    line.append(button);
  }
  return line;
}

function label(button, word, name, says) {
  button.textContent = words()[word];
  button.setAttribute("aria-label", filled(says, { name }));
}

function beginRenaming(name) {
  renamed = name;
  writeNamed();
  part(".called input").select();
}

function endRenaming() {
  const name = renamed;
  renamed = null;
  writeNamed();
  focusOn("rename", name);
}

async function rename() {
  const name = renamed, typed = part(".called input").value;
  const answer = await asked("rename_collection", { name, new: typed });
  if (!answer) return part(".called input")?.focus();
  renamed = null;
  await refresh();
  focusOn("rename", answer.name);
}

// The first press asks, the second does it: a grouping made by hand cannot be had back.
async function dissolve(button) {
  const name = button.dataset.dissolve;
  if (dissolving !== button) {
    dissolving = button;
    return label(button, "dissolve_again", name, words().dissolve_sure);
  }
  dissolving = null;
  await asked("dissolve_collection", { name });
  await refresh();
  (part("[data-dissolve]") ?? part(".search")).focus();
}

function focusOn(act, name) {
  [...element.querySelectorAll(`[data-${act}]`)].find((button) => button.dataset[act] === name)?.focus();
}
