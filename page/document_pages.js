// Goes on from document.js: the picture of the page that a quote of a PDF stands on, the quote framed.

function showPages(shown) {
  const figure = panel.querySelector(".page");
  const asked = wanted;
  const pages = shown.pages ?? [];
  figure.hidden = pages.length === 0;
  if (pages.length === 0) return;
  const [earlier, later] = [figure.querySelector(".earlier"), figure.querySelector(".later")];
  earlier.setAttribute("aria-label", documentWords().page_earlier);
  later.setAttribute("aria-label", documentWords().page_later);
  earlier.hidden = later.hidden = pages.length === 1;
  let at = 0;
  earlier.onclick = () => turn(at - 1);
  later.onclick = () => turn(at + 1);
  turn(0);

  async function turn(to) {
    at = Math.min(Math.max(to, 0), pages.length - 1);
    const page = pages[at];
    earlier.disabled = at === 0;
    later.disabled = at === pages.length - 1;
    figure.querySelector(".number").textContent = documentWords().page_label.replace("{page}", page);
    figure.querySelector(".picture").replaceChildren();
    figure.querySelector(".unsure").textContent = documentWords().page_opening;
    let seen;
    try {
      seen = await server.show_page({ document: asked.document, start: asked.start, end: asked.end, page, language: language() });
    } catch {
      seen = { error: documentWords().unreachable };
    }
    if (asked !== wanted || pages[at] !== page) return;
    figure.querySelector(".unsure").textContent = seen.error ?? "";
    if (seen.error || !seen.picture) return;
    const image = new Image();
    image.alt = seen.alt;
    image.src = seen.picture;
    const boxes = seen.boxes.map(({ left, top, width, height }) => {
      const box = document.createElement("span");
      box.className = "box";
      const shares = { left, top, width, height };
      for (const side of Object.keys(shares)) box.style[side] = `${100 * shares[side]}%`;
      return box;
    });
    if (boxes.length === 0) figure.querySelector(".unsure").textContent = documentWords().page_unmarked;
    await image.decode().catch(() => {});
    if (asked !== wanted || pages[at] !== page) return;
    figure.querySelector(".picture").replaceChildren(image, ...boxes);
    const frame = figure.querySelector(".frame");
    const first = figure.querySelector(".box");
    frame.scrollTop = first ? first.offsetTop - frame.clientHeight / 3 : 0;
  }
}

function hidePages() {
  panel.querySelector(".page").hidden = true;
}

// A page that is opened at an address may be here before the header is.
function language() {
  const header = document.querySelector("[data-language]");
  const own = header ? header.dataset.language : navigator.language.toLowerCase().split("-")[0];
  return props.document_words[own] ? own : "en";
}

function documentWords() {
  return props.document_words[language()];
}
