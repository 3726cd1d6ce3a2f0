// Goes on from documents.js: files that are dropped or chosen are uploaded, then added, with progress.

const RUN = "yinzheng.run"; // the addition under way, so that a page that is loaded again shows it
const POLL = 400; // milliseconds
let adding = null; // { cancelled, run }

element.addEventListener("click", ({ target }) => {
  if (target.closest(".choose")) part(".file").click();
  if (target.closest(".choose-folder")) part(".folder").click();
  if (target.closest(".adding .cancel")) cancelAdding();
  if (target.closest(".adding .dismiss")) {
    part(".adding").hidden = true;
    part(".choose").focus();
  }
});
element.addEventListener("change", ({ target }) => {
  if (!target.matches(".file, .folder")) return;
  const files = [...target.files].map((file) => ({ file, folder: file.webkitRelativePath.split("/").slice(0, -1).join("/") }));
  target.value = "";
  addFiles(target.matches(".folder") ? readable(files) : files);
});
// Anywhere in the view: a file that misses the box must not take the browser away from the page.
for (const kind of ["dragover", "drop", "dragleave"]) {
  element.addEventListener(kind, (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    part(".drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") dropped(event.dataTransfer).then(addFiles);
  });
}

// What was dropped, each file with the folder that it was in. What a browser says of a drop it says only at once.
async function dropped({ files, items }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory);
  const bare = [...items].filter((item) => item.kind === "file" && !item.webkitGetAsEntry?.()?.isDirectory);
  const alone = items.length ? bare.map((item) => item.getAsFile()).filter(Boolean) : [...files];
  const found = alone.map((file) => ({ file, folder: "" }));
  if (!entries.length) return found;
  if (!adding) asWrong("");
  const inside = [];
  try {
    for (const entry of entries) await walk(entry, inside);
  } catch (error) {
    asWrong(filled(words().upload_failed, { reason: error?.message || entries[0].name }));
    return [];
  }
  return [...found, ...readable(inside)];
}

// All files below a folder, in the order of their names; readEntries gives a hundred at a time.
async function walk(folder, found) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    entries.push(...some);
  }
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.isDirectory && !isHidden(entry.name)) await walk(entry, found);
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, folder: folder.fullPath.replace(/^\//, "") });
    }
  }
}

// Of a folder's files those of a format that is read, as the command line takes them; how many are left out is said.
function readable(files) {
  const seen = files.filter(({ file, folder }) => ![file.name, ...folder.split("/")].some(isHidden));
  const found = seen.filter(({ file }) => props.suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix)));
  if (!adding) asWrong(found.length < seen.length ? filled(words().left_out, { count: seen.length - found.length }) : found.length ? "" : words().empty_folder);
  return found;
}

function isHidden(name) {
  return name.startsWith(".") || name.startsWith("~$");
}

async function addFiles(files) {
  if (!files.length) return;
  if (adding) return asWrong(words().adding_busy);
  const now = (adding = { cancelled: false, run: null });
  const collection = part(".into").value.trim();
  const encoding = part(".encoding").value;
  const sent = [];
  startShowing();
  await finishRemovals(); // what was taken out and is added again must stay
  for (const [place, { file, folder }] of files.entries()) {
    if (now.cancelled) break;
    sayProgress(filled(words().uploading, { number: place + 1, count: files.length, name: file.name }), null);
    try {
      const { path } = await upload(file);
      sent.push({ path, name: file.name, folder });
    } catch (error) {
      now.cancelled = true;
      asWrong(filled(words().upload_failed, { reason: error?.message || file.name }));
    }
  }
  if (now.cancelled) {
    await server.discard_uploads({ files: sent, language: language() }).catch(() => {});
    return ended(filled(words().adding_cancelled, { done: 0, count: files.length }));
  }
  const started = await asked("start_adding", { files: sent, collection, encoding });
  if (!started) return ended("");
  now.run = started.run;
  keepRun(now.run);
  if (now.cancelled) cancelAdding();
  await follow();
}

// Ask how far it is until it ends. The list is brought up to date as files come in, and at the end.
async function follow() {
  let listed = 0, lately = 0;
  for (;;) {
    const progress = await asked("adding_progress", { run: adding.run });
    if (!progress && part(".documents > .wrong").textContent === words().unreachable) {
      await new Promise((resolve) => setTimeout(resolve, 5 * POLL));
      continue;
    }
    if (!progress) return ended("");
    sayProgress(progress.says, progress.share);
    part(".outcomes").replaceChildren(...progress.outcomes.map(outcome));
    if (progress.ended) {
      ended(progress.says);
      return refresh();
    }
    if (progress.outcomes.length > listed && Date.now() - lately > 2000) {
      [listed, lately] = [progress.outcomes.length, Date.now()];
      await refresh();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function cancelAdding() {
  if (!adding) return;
  adding.cancelled = true;
  part(".adding .cancel").disabled = true;
  if (adding.run) asked("cancel_adding", { run: adding.run });
}

function resumeAdding() {
  let run = null;
  try {
    run = sessionStorage.getItem(RUN);
  } catch {
    // Nothing is kept here.
  }
  if (!run || adding) return;
  adding = { cancelled: false, run };
  startShowing();
  follow();
}

function startShowing() {
  part(".adding").hidden = false;
  part(".outcomes").replaceChildren();
  part(".adding .cancel").hidden = part(".adding .cancel").disabled = false;
  part(".adding .dismiss").hidden = true;
  part(".choose").disabled = part(".choose-folder").disabled = true;
}

function sayProgress(says, share) {
  const bar = part(".adding progress");
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  if (part(".adding .says").textContent !== says) part(".adding .says").textContent = says;
}

function ended(says) {
  const focused = document.activeElement === part(".adding .cancel");
  adding = null;
  keepRun(null);
  sayProgress(says, says ? 1 : 0);
  part(".adding .cancel").hidden = true;
  part(".adding .dismiss").hidden = false;
  part(".choose").disabled = part(".choose-folder").disabled = false;
  if (focused) part(".adding .dismiss").focus();
  if (!says) part(".adding").hidden = true;
}

function outcome({ name, state, says }) {
  const line = document.createElement("li");
  line.className = state;
  line.append(text("span", name, "name"), text("span", says, "came"));
  return line;
}

function keepRun(run) {
  try {
    if (run) sessionStorage.setItem(RUN, run);
    else sessionStorage.removeItem(RUN);
  } catch {
    // Nothing is kept here.
  }
}
