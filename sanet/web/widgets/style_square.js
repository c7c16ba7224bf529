/* global TARGET, livePreview, sharesAt, word */
const STEP = 0.05;
const within = (value) => Math.round(100 * Math.min(1, Math.max(0, value))) / 100;
let dragging = false;
let settling = 0;

// Role and focus sit on the element around the template, which is drawn anew at every move.
element.tabIndex = 0;
element.setAttribute("role", "slider");
element.setAttribute("aria-label", word("own_square"));
function describe() {
  const at = sharesAt(props.value, props.corners);
  const shares = ["A", "B", "C", "D"].map((letter, i) =>
    [letter, props.names?.[i], `${Math.round(100 * at[i])} %`].filter(Boolean).join(" "));
  element.setAttribute("aria-valuemin", 0);
  element.setAttribute("aria-valuemax", 100);
  element.setAttribute("aria-valuenow", Math.round(100 * props.value.x));
  element.setAttribute("aria-valuetext", shares.join(", "));
}
describe();
watch(["value", "names", "corners"], describe);

const preview = livePreview(TARGET, () => element.querySelector(".square"), () => props.ticket, server.draw);
watch("ticket", preview.again);

function move(point) {
  props.value = point;
  describe();
  trigger("input");
  preview.ask(point);
}

function toPointer(event) {
  const box = element.querySelector(".square").getBoundingClientRect();
  move({ x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) });
}

element.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".square")) return;
  dragging = true;
  preview.hold(true);
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
    preview.hold(false);
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
