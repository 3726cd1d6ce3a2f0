// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// How sure the assistant has to be: said for each position and kept for this tab. `data-share` goes with
// each question; there is none until something is chosen.

const KEPT = "yinzheng.false-answers";

element.addEventListener("input", () => {
  choose();
  keep(range().dataset.share);
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
  if (place < 0) return;
  range().value = place;
  choose();
});

function choose() {
  const { share, says } = choices()[Number(range().value)];
  range().dataset.share = share;
  range().setAttribute("aria-valuetext", says);
  element.querySelector("output").textContent = says;
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

function keep(share) {
  try {
    sessionStorage.setItem(KEPT, share);
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
