// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Quotes only, or a written answer too: kept for this tab; what is chosen goes with each question.

const KEPT = "yinzheng.writing";

element.addEventListener("change", ({ target }) => {
  try {
    sessionStorage.setItem(KEPT, target.value);
  } catch {
    // A browser that keeps nothing: it holds until the page is loaded again.
  }
});

watch("value", () => {
  try {
    const kept = element.querySelector(`input[value="${CSS.escape(sessionStorage.getItem(KEPT) ?? "")}"]`);
    if (kept) kept.checked = true;
  } catch {
    // As above.
  }
});
