/* global PLACES, word */
// The same place of several pictures at once, enlarged. It lies over them, in the page, as style.css says.
const ZOOM = 3;
const STEP = 0.04; // of a picture, at a stroke of an arrow key
const SHARE = 0.6; // of a picture's shorter side
const within = (share) => Math.min(1, Math.max(0, share));
const blocks = () => [...document.querySelectorAll(PLACES)];
const pictureOf = (block) => [...block.querySelectorAll("img")].find((img) => img.naturalWidth && img.offsetParent);
let at = { x: 0.5, y: 0.5 }; // from the top left, of each picture
let isOn = false;

element.tabIndex = 0;
element.setAttribute("role", "slider");
element.setAttribute("aria-label", word("own_lens_name"));
element.setAttribute("aria-valuemin", 0);
element.setAttribute("aria-valuemax", 100);
function describe() {
  const [x, y] = [at.x, at.y].map((share) => Math.round(100 * share));
  element.setAttribute("aria-valuenow", x);
  element.setAttribute("aria-valuetext", word("own_lens_at", { x, y }));
}
describe();

/** Where a picture is drawn inside its element, which may be wider or higher than it. */
function drawn(picture) {
  const box = picture.getBoundingClientRect();
  const scale = Math.min(box.width / picture.naturalWidth, box.height / picture.naturalHeight);
  const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

function show() {
  isOn = true;
  for (const block of blocks()) {
    const picture = pictureOf(block);
    let glass = block.querySelector(":scope > .lens-glass");
    if (!picture) {
      glass?.remove();
      continue;
    }
    if (!glass) {
      glass = document.createElement("div");
      glass.className = "lens-glass";
      block.append(glass);
    }
    const { left, top, width, height } = drawn(picture);
    const around = block.getBoundingClientRect();
    const side = Math.round(SHARE * Math.min(width, height));
    Object.assign(glass.style, {
      width: `${side}px`,
      height: `${side}px`,
      left: `${left - around.left - block.clientLeft + at.x * width - side / 2}px`,
      top: `${top - around.top - block.clientTop + at.y * height - side / 2}px`,
      backgroundImage: `url("${picture.src}")`,
      backgroundSize: `${ZOOM * width}px ${ZOOM * height}px`,
      backgroundPosition: `${side / 2 - ZOOM * at.x * width}px ${side / 2 - ZOOM * at.y * height}px`,
    });
  }
}

function hide() {
  isOn = false;
  for (const glass of document.querySelectorAll(".lens-glass")) glass.remove();
}

/** The block under the pointer, with the place in its picture; none beside the picture. */
function placeUnder({ clientX, clientY }) {
  for (const block of blocks()) {
    const picture = pictureOf(block);
    if (!picture) continue;
    const { left, top, width, height } = drawn(picture);
    const [x, y] = [(clientX - left) / width, (clientY - top) / height];
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) return { x, y };
  }
  return null;
}

function follow(event) {
  const place = placeUnder(event);
  if (!place) return false;
  at = place;
  describe();
  show();
  return true;
}

// A mouse takes the lens along. A finger taps to put it somewhere or away, and drags it; beside it the page scrolls.
let dragged = null; // the finger on the lens, and whether it has moved
document.addEventListener("pointermove", (event) => {
  if (!element.offsetParent) return;
  if (event.pointerType === "mouse") {
    const isOver = blocks().some((block) => block.contains(event.target)) && follow(event);
    if (!isOver && isOn && document.activeElement !== element) hide();
  } else if (dragged?.id === event.pointerId) {
    dragged.moved ||= Math.hypot(event.clientX - dragged.x, event.clientY - dragged.y) > 6;
    if (dragged.moved) follow(event);
  }
});
document.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "mouse" || !event.target.closest?.(".lens-glass")) return;
  dragged = { id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
  event.target.setPointerCapture(event.pointerId);
});
document.addEventListener("pointerup", (event) => {
  if (dragged?.id !== event.pointerId) return;
  if (!dragged.moved) hide();
  setTimeout(() => (dragged = null));
});
document.addEventListener("pointercancel", () => (dragged = null));
document.addEventListener("click", (event) => {
  if (event.pointerType !== "touch" || dragged || !event.target.closest?.(".compared")) return;
  follow(event);
});

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
element.addEventListener("focus", () => element.matches(":focus-visible") && show());
element.addEventListener("blur", hide);
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return hide();
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  at = { x: within(at.x + arrow[0]), y: within(at.y + arrow[1]) };
  describe();
  show();
});
addEventListener("resize", hide);
