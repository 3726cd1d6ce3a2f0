// Runs as the page loads: the document's language, which fonts and screen readers go by, is the one
// that the page's words are in.
new MutationObserver((changes, observer) => {
  const header = document.querySelector("[data-language]");
  if (!header) return;
  document.documentElement.lang = header.dataset.language === "zh" ? "zh-CN" : "en";
  observer.disconnect();
}).observe(document.documentElement, { childList: true, subtree: true });
