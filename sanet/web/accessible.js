/* exported describeResult */
// What Gradio's own widgets leave unsaid to screen readers.
function nameWhatIsDrawn() {
  // A label needs a role to be read.
  for (const empty of document.querySelectorAll(".empty[aria-label]:not([role])")) empty.setAttribute("role", "img");
  // The words that are seen are the words that are said.
  for (const button of document.querySelectorAll("button.upload-container[aria-label]")) {
    if (button.textContent.trim()) button.removeAttribute("aria-label");
  }
  for (const button of document.querySelectorAll(".thumbnail-item[aria-label]")) button.removeAttribute("aria-label");
  // A picture that is put in is called what stands over it.
  for (const picture of document.querySelectorAll(".named-by-label img")) {
    const label = picture.closest(".block").querySelector("[data-testid=block-label]").textContent.trim();
    if (picture.alt !== label) picture.alt = label;
  }
  // A button may hold no button: the one that closes a notice stays.
  for (const head of document.querySelectorAll(".toast-header[role=button]")) {
    head.removeAttribute("role");
    head.removeAttribute("tabindex");
  }
}
// In the place where something went wrong Gradio says no more than "Error"; its sentence stands in the notice alone.
function sayWhatWentWrong() {
  const sentence = [...document.querySelectorAll(".toast-message-text.error")].at(-1)?.textContent;
  const places = document.querySelectorAll("[data-testid=status-tracker]:not(.hide) > .error:not([data-said])");
  for (const place of sentence ? places : []) {
    place.textContent = sentence;
    place.dataset.said = "";
  }
}
// Nor does its cross do anything over a result.
document.addEventListener("click", ({ target }) => {
  const place = target.closest(".clear-status")?.parentElement.querySelector(".error");
  if (place) place.dataset.seen = "";
});
// The words for the pictures before and after, by the id of the result; Gradio leaves them without any.
const resultWords = {};
function describeResult(id, words) {
  resultWords[id] = words ?? [];
  describeResults();
}
function describeResults() {
  for (const [id, words] of Object.entries(resultWords)) {
    const pictures = document.querySelectorAll(`#${id} img[data-testid="imageslider-image"]`);
    words.forEach((word, i) => pictures[i]?.setAttribute("alt", word));
  }
}
// A gallery, and the row of tabs, is one stop of the Tab key; inside, the arrow keys go from one to the next.
const GROUPS = ".strip, .sheet, [role=tablist]";
const MEMBERS = ".thumbnail-item, [role=tab]";
const membersOf = (group) => [...group.querySelectorAll(MEMBERS)];
function makeOneStop(group, chosen) {
  const all = membersOf(group);
  const open = all.find((button) => button.matches("[role=tab][aria-selected=true]"));
  const stop = chosen ?? open ?? all.find((button) => button.tabIndex === 0 && button.dataset.stop) ?? all[0];
  for (const button of all) {
    const tabIndex = button === stop ? 0 : -1;
    if (button.tabIndex !== tabIndex) button.tabIndex = tabIndex;
    if (button === stop && !("stop" in button.dataset)) bringIn(group, button);
    if (button === stop) button.dataset.stop = "";
    else delete button.dataset.stop;
  }
}
// To the middle of a row that is wider than the window, without moving the page.
function bringIn(row, button) {
  const [all, one] = [row.getBoundingClientRect(), button.getBoundingClientRect()];
  row.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
}
// Gradio's ring stays on the last one that was clicked: here it goes with the pictures in the places.
const namesOf = (address) => decodeURIComponent(address).split("/").pop().replace(/\.\w+$/, "").replaceAll("-", " ");
function markChosen(strip) {
  const places = strip.id.replace(/-examples$/, "");
  const pictures = document.querySelectorAll(`#${places}.picture-place img, .picture-place[id^="${places}-"] img`);
  const names = new Set([...pictures].map((img) => namesOf(img.src).toLowerCase()));
  for (const button of membersOf(strip)) {
    const isChosen = names.has(button.textContent.trim().toLowerCase());
    if (isChosen !== button.hasAttribute("aria-current")) button.toggleAttribute("aria-current");
  }
}
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
document.addEventListener("keydown", (event) => {
  const member = event.target.closest?.(MEMBERS);
  const group = member?.closest(GROUPS);
  if (!group || !(event.key in STEPS)) return;
  event.preventDefault();
  event.stopPropagation();
  const all = membersOf(group);
  const to = all.indexOf(member) + STEPS[event.key];
  const next = all[Math.min(all.length - 1, Math.max(0, to))];
  makeOneStop(group, next);
  next.focus();
}, true);
// The handle between before and after, which Gradio lets only be dragged, follows the arrow keys.
const HANDLES = '.result [data-testid="slider"]';
function nameHandles() {
  for (const handle of document.querySelectorAll(`${HANDLES}:not([tabindex])`)) {
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", handle.closest(".block").querySelector("label, [data-testid=block-label]")?.textContent.trim() ?? "");
    handle.setAttribute("aria-valuemin", 0);
    handle.setAttribute("aria-valuemax", 100);
    sayPlace(handle);
  }
}
function sayPlace(handle) {
  const wrap = handle.parentElement.getBoundingClientRect();
  const box = handle.getBoundingClientRect();
  const share = wrap.width ? (box.left + box.width / 2 - wrap.left) / wrap.width : 0;
  handle.setAttribute("aria-valuenow", Math.round(100 * Math.min(1, Math.max(0, share))));
}
document.addEventListener("keydown", (event) => {
  const handle = event.target.matches?.(HANDLES) ? event.target : null;
  if (!handle || !(event.key in STEPS)) return;
  event.preventDefault();
  const wrap = handle.parentElement.getBoundingClientRect();
  const box = handle.getBoundingClientRect();
  const from = box.left + box.width / 2;
  const to = Math.min(wrap.right, Math.max(wrap.left, from + (STEPS[event.key] * wrap.width) / 20));
  // Gradio hears of nothing but a mouse.
  const at = (clientX) => ({ view: window, bubbles: true, cancelable: true, clientX, clientY: box.top + box.height / 2 });
  handle.dispatchEvent(new MouseEvent("mousedown", at(from)));
  window.dispatchEvent(new MouseEvent("mousemove", at(to)));
  window.dispatchEvent(new MouseEvent("mouseup", at(to)));
  setTimeout(() => sayPlace(handle));
});
// A picture that is held shows the photograph.
let holding = 0;
function letGo() {
  clearTimeout(holding);
  for (const result of document.querySelectorAll(".result.held")) result.classList.remove("held");
}
document.addEventListener("pointerdown", ({ target, button }) => {
  const result = target.matches?.(".result .content img") && button === 0 ? target.closest(".result") : null;
  if (result) holding = setTimeout(() => result.classList.add("held"), 200);
});
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, letGo);
// A long press would open the browser's menu of pictures instead.
document.addEventListener("contextmenu", (event) => event.target.closest?.(".result.held") && event.preventDefault());

new MutationObserver(() => {
  nameWhatIsDrawn();
  for (const group of document.querySelectorAll(GROUPS)) makeOneStop(group);
  for (const strip of document.querySelectorAll(".strip")) markChosen(strip);
  nameHandles();
  sayWhatWentWrong();
  describeResults();
}).observe(document, { childList: true, subtree: true, attributeFilter: ["src", "aria-selected"] });
