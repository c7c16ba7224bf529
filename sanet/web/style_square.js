let dragging = false;

function move(event) {
  const box = element.querySelector(".square").getBoundingClientRect();
  const share = (at, start, length) => Math.round(100 * Math.min(1, Math.max(0, (at - start) / length))) / 100;
  props.value = { x: share(event.clientX, box.left, box.width), y: share(event.clientY, box.top, box.height) };
  trigger("input");
}

// The template is drawn anew at every move, so the listeners sit on the element around it.
element.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".square")) return;
  dragging = true;
  element.setPointerCapture(event.pointerId);
  move(event);
  event.preventDefault();
});
element.addEventListener("pointermove", (event) => dragging && move(event));
for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, () => (dragging = false));
