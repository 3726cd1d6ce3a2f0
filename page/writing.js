// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Quotes only, or a written answer too: kept for this tab; what is chosen goes with each question.

const KEPT = "yinzheng.writing";

const keep = (chosen) => {
  try {
    sessionStorage.setItem(KEPT, chosen);
  } catch {
    // A browser that keeps nothing: it holds until the page is loaded again.
  }
};

element.addEventListener("change", ({ target }) => keep(target.value));
// Chosen while the page was still loading, before anything listened.
const early = element.querySelector("input:checked");
if (early && !early.defaultChecked) keep(early.value);

watch("value", () => {
  try {
    const kept = element.querySelector(`input[value="${CSS.escape(sessionStorage.getItem(KEPT) ?? "")}"]`);
    if (kept) kept.checked = true;
  } catch {
    // As above.
  }
});
