/* global SLIDER, TARGET, livePreview */
const preview = livePreview(TARGET, () => document.getElementById(SLIDER), () => props.ticket, server.draw);
watch("ticket", preview.again);
const isDragged = (target) => target.type === "range" && target.closest(`#${SLIDER}`);
addEventListener("pointerdown", ({ target }) => preview.hold(Boolean(isDragged(target))), true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => preview.hold(false), true);
addEventListener("input", ({ target }) => isDragged(target) && preview.ask({ alpha: Number(target.value) }), true);
