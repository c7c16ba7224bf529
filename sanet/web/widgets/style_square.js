const STEP = 0.05;
const within = (value) => Math.round(100 * Math.min(1, Math.max(0, value))) / 100;
let dragging = false;
let settling = 0;

// Role and focus sit on the element around the template, which is drawn anew at every move.
element.tabIndex = 0;
element.setAttribute("role", "slider");
element.setAttribute("aria-label", word("own_square"));
function describe() {
  const { x, y } = props.value;
  const shares = ["A", "B", "C", "D"].map((letter, i) => {
    const share = (i % 2 ? x : 1 - x) * (i > 1 ? y : 1 - y);
    return [letter, props.names?.[i], `${Math.round(100 * share)} %`].filter(Boolean).join(" ");
  });
  element.setAttribute("aria-valuemin", 0);
  element.setAttribute("aria-valuemax", 100);
  element.setAttribute("aria-valuenow", Math.round(100 * x));
  element.setAttribute("aria-valuetext", shares.join(", "));
}
describe();
watch(["value", "names"], describe);

// The latest position wins: while one preview is on its way, only the last point is remembered.
let waiting = null;
let asking = false;
async function preview(point) {
  waiting = point;
  if (asking || !props.ticket) return;
  asking = true;
  while (waiting) {
    const asked = waiting;
    waiting = null;
    const picture = await server.draw({ ticket: props.ticket, ...asked }).catch(() => "");
    if (picture && moving) show(picture);
  }
  asking = false;
}

watch("ticket", () => moving && waiting && preview(waiting));

// From the first move until the full picture has come.
let moving = false;
const panel = () => document.getElementById(TARGET);
const layer = () => panel()?.querySelector(".live-preview");
function show(picture) {
  if (!panel()) return;
  if (!layer()) {
    const fresh = panel().appendChild(document.createElement("img"));
    fresh.className = "live-preview";
    fresh.alt = word("own_square_preview");
    place(fresh);
  }
  layer().src = picture;
}

/** Where the result is out of sight, as on a phone, the preview floats over or under the square. */
function place(preview) {
  const { top, bottom } = panel().getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
  if (seen > 0.7 * (bottom - top)) return;
  const square = element.querySelector(".square").getBoundingClientRect();
  const [above, below] = [square.top, innerHeight - square.bottom];
  preview.classList.add("afloat");
  preview.style.height = `${Math.max(above, below, 0.3 * innerHeight) - 16}px`;
  const edge = above > below ? "top" : "bottom";
  preview.style[edge] = "8px";
  preview.style.objectPosition = edge;
}

document.addEventListener("full-picture", () => {
  if (dragging) return;
  moving = false;
  if (!layer()?.classList.contains("afloat")) return layer()?.remove();
  // Once the page has drawn it. The visitor, who cannot see the result yet, keeps it until the next step.
  requestAnimationFrame(() => {
    const after = [...panel().querySelectorAll("img:not(.live-preview)")].at(-1);
    if (after && layer()) layer().src = after.src;
    else layer()?.remove();
  });
});
for (const name of ["scroll", "pointerdown"]) {
  document.addEventListener(name, ({ target }) => moving || element.contains(target) || layer()?.remove(), true);
}

function move(point) {
  moving = true;
  props.value = point;
  describe();
  trigger("input");
  preview(point);
}

function toPointer(event) {
  const box = element.querySelector(".square").getBoundingClientRect();
  move({ x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) });
}

element.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".square")) return;
  dragging = true;
  element.setPointerCapture(event.pointerId);
  toPointer(event);
  element.focus({ focusVisible: false, preventScroll: true });
  event.preventDefault();
});
element.addEventListener("pointermove", (event) => dragging && toPointer(event));
for (const name of ["pointerup", "pointercancel"]) {
  element.addEventListener(name, () => {
    if (dragging) trigger("release");
    dragging = false;
  });
}

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
element.addEventListener("keydown", (event) => {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  move({ x: within(props.value.x + arrow[0]), y: within(props.value.y + arrow[1]) });
  clearTimeout(settling);
  settling = setTimeout(() => trigger("release"), 500);
});
