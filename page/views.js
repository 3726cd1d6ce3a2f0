// The body of a function that Gradio calls once with (element, trigger, props, server, upload, watch).
// Which view of the page is shown: the body says it to the styles, and an event to the views themselves.

element.addEventListener("click", ({ target }) => {
  const tab = target.closest("[role=tab]");
  if (tab) show(tab);
});
element.addEventListener("keydown", (event) => {
  const at = tabs().indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs().length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  show(tabs().at(to % tabs().length));
});
watch("value", label);

function show(tab) {
  const left = document.body.dataset.view ?? tabs()[0].dataset.view;
  document.body.dataset.view = tab.dataset.view;
  for (const other of tabs()) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  tab.focus();
  document.dispatchEvent(new CustomEvent("view", { detail: { shown: tab.dataset.view, left } }));
}

function label() {
  for (const tab of tabs()) {
    const part = document.getElementById(tab.getAttribute("aria-controls"));
    part?.setAttribute("role", "tabpanel");
    part?.setAttribute("aria-labelledby", tab.id);
  }
}

function tabs() {
  return [...element.querySelectorAll("[role=tab]")];
}
