// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// How sure the assistant has to be: said for each position, told to the program, and kept for this tab.

const KEPT = "yinzheng.false-answers";

element.addEventListener("input", say);
element.addEventListener("change", () => {
  keep(choice().share);
  trigger("chosen", { share: choice().share });
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !sheet()?.open) return;
  event.stopPropagation(); // it closes this alone
  sheet().open = false;
  sheet().querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (sheet() && !element.contains(event.target)) sheet().open = false;
});

// It comes when the models are loaded; what was chosen before a reload is chosen again.
watch("value", () => {
  const place = range() ? choices().findIndex(({ share }) => share === kept()) : -1;
  if (place < 0 || place === Number(range().value)) return;
  range().value = place;
  say();
  trigger("chosen", { share: choice().share });
});

function say() {
  range().setAttribute("aria-valuetext", choice().says);
  element.querySelector("output").textContent = choice().says;
}

function sheet() {
  return element.querySelector("details");
}

function range() {
  return element.querySelector("input");
}

function choices() {
  return JSON.parse(range().dataset.choices);
}

function choice() {
  return choices()[Number(range().value)];
}

function keep(share) {
  try {
    sessionStorage.setItem(KEPT, String(share));
  } catch {
    // A browser that keeps nothing: it holds until the page is loaded again.
  }
}

function kept() {
  try {
    return Number(sessionStorage.getItem(KEPT) ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}
