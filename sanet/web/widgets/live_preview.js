/* global word */
/* exported livePreview */
/**
 * Small pictures over the result `target`, which `draw` answers once there is a `ticket`, from the first question until
 * the full picture has come and the hand has let go. The latest question wins. Where the result is out of sight, as on a phone, they float over or under what is dragged.
 */
function livePreview(target, dragged, ticket, draw) {
  let waiting = null;
  let asking = false;
  let moving = false;
  let isHeld = false;
  let isFull = false; // the full picture has come since
  const panel = () => document.getElementById(target);
  const layer = () => panel()?.querySelector(".live-preview");

  async function ask(question) {
    waiting = question;
    moving = true;
    isFull = false;
    if (asking || !ticket()) return;
    asking = true;
    while (waiting) {
      const asked = waiting;
      waiting = null;
      const picture = await draw({ ticket: ticket(), ...asked }).catch(() => "");
      if (picture && moving) show(picture);
    }
    asking = false;
  }

  function show(picture) {
    if (!panel()) return;
    if (!layer()) {
      const fresh = panel().appendChild(document.createElement("img"));
      fresh.className = "live-preview";
      fresh.alt = word("own_preview");
      place(fresh);
    }
    layer().src = picture;
  }

  // Phones have a bar of buttons over the lower edge.
  function floorOfWindow() {
    const row = panel().closest("[role=tabpanel]").querySelector(".run").parentElement;
    const bar = [row, row.parentElement].find((around) => getComputedStyle(around).position === "fixed");
    return bar ? bar.getBoundingClientRect().top : innerHeight;
  }

  function place(preview) {
    const { top, bottom } = panel().getBoundingClientRect();
    const floor = floorOfWindow();
    const seen = Math.min(bottom, floor) - Math.max(top, 0);
    if (seen > 0.9 * (bottom - top)) return;
    const box = dragged().getBoundingClientRect();
    const [above, below] = [box.top, floor - box.bottom];
    preview.classList.add("afloat");
    preview.style.height = `${Math.max(above, below, 0.3 * innerHeight) - 16}px`;
    const edge = above > below ? "top" : "bottom";
    preview.style[edge] = `${edge === "top" ? 8 : innerHeight - floor + 8}px`;
    preview.style.objectPosition = edge;
  }

  function settle() {
    moving = false;
    if (!layer()?.classList.contains("afloat")) return layer()?.remove();
    // Once the page has drawn it. The visitor, who cannot see the result yet, keeps it until the next step.
    requestAnimationFrame(() => {
      const after = [...panel().querySelectorAll("img:not(.live-preview)")].at(-1);
      if (after && layer()) layer().src = after.src;
      else layer()?.remove();
    });
  }

  function hold(held) {
    if (isHeld && !held && isFull) settle();
    isHeld = held;
  }

  document.addEventListener("full-picture", () => {
    isFull = true;
    if (!isHeld) settle();
  });
  for (const name of ["scroll", "pointerdown"]) {
    document.addEventListener(name, ({ target }) => moving || dragged().contains(target) || layer()?.remove(), true);
  }
  return { ask, hold, again: () => moving && waiting && ask(waiting) };
}
