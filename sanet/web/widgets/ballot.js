/* global QUESTIONS, word */
// One question at a time; a press on a result answers it, and so do the keys 1 and 2. The last answer is the vote.
const NAME = "sanet-studio-voter";
const LONGEST = 3600000; // ms
const find = (selector) => element.querySelector(selector);
const tool = (name) => find(`[data-tool=${name}]`);
const SIDES = ["left", "right"];
const NAMES = ["own_vote_left", "own_vote_right"];
const sides = SIDES.map((side) => find(`[data-side=${side}]`));
const key = ownKey();
let answers = [];
let shownAt = 0;
let isSent = false;

/** A random name, the same at every visit, by which nobody votes twice on a pair. */
function ownKey() {
  const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = localStorage.getItem(NAME) ?? fresh;
    localStorage.setItem(NAME, kept);
    return kept;
  } catch {
    return fresh; // a private window may keep nothing
  }
}

function ask(event) {
  props.value = { key, answers, milliseconds: Math.round(Math.min(LONGEST, performance.now() - shownAt)) };
  trigger(event);
}

function show() {
  const pictures = props.pictures ?? {};
  for (const img of element.querySelectorAll("[data-picture]")) {
    if (pictures[img.dataset.picture]) img.src = pictures[img.dataset.picture];
  }
  find(".ballot").hidden = !pictures.left;
  [answers, isSent, shownAt] = [[], false, performance.now()];
  tell();
}

/** Write what is asked now, or which result is which once that is told. */
function tell() {
  const [methods, isTold] = [props.methods ?? [], props.methods?.length > 0];
  sides.forEach((button, i) => {
    button.querySelector(".name").textContent = isTold ? methods[i] : `${word(NAMES[i])} (${i + 1})`;
    button.disabled = isTold || isSent;
  });
  const question = Math.min(answers.length, QUESTIONS.length - 1);
  find(".question").textContent = isTold
    ? word("own_vote_told", { left: methods[0], right: methods[1] })
    : `${question + 1}/${QUESTIONS.length} · ${word(QUESTIONS[question])}`;
  tool("next").hidden = !isTold;
  for (const name of ["back", "skip"]) tool(name).hidden = isTold;
  find(".keys").hidden = isTold;
  tool("back").disabled = isSent || !answers.length;
  tool("skip").disabled = isSent;
}

function answer(side) {
  if (isSent || props.methods?.length || !props.pictures?.left) return;
  answers = [...answers, side];
  isSent = answers.length === QUESTIONS.length;
  tell();
  if (isSent) ask("input");
}

function goBack() {
  if (isSent || !answers.length) return;
  answers = answers.slice(0, -1);
  tell();
}

function goOn(event) {
  if (isSent && event === "skipped") return;
  isSent = true; // until another pair comes
  ask(event);
  find(".question").focus({ preventScroll: true });
}

sides.forEach((button, i) => button.addEventListener("click", () => answer(SIDES[i])));
tool("back").addEventListener("click", goBack);
tool("skip").addEventListener("click", () => goOn("skipped"));
tool("next").addEventListener("click", () => goOn("next"));
watch("pictures", show);
watch("methods", () => {
  tell();
  if (props.methods?.length && isMine(document.activeElement)) tool("next").focus({ preventScroll: true });
});

// Not while something else has the focus that may want the keys for itself.
const isMine = (place) => place === document.body || element.contains(place) || place.matches("[role=tab]");
function press(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", press);
  if (event.ctrlKey || event.altKey || event.metaKey || !isMine(event.target) || !find(".ballot").checkVisibility()) return;
  const does = { 1: () => answer("left"), 2: () => answer("right"), 0: () => tool("skip").click(), Backspace: goBack }[event.key];
  if (!does || event.repeat) return;
  event.preventDefault();
  does();
}
document.addEventListener("keydown", press);

// A vote that was refused may be given again.
document.addEventListener("vote-refused", () => {
  isSent = false;
  if (!props.methods?.length) answers = answers.slice(0, QUESTIONS.length - 1);
  tell();
});

// Nothing is asked for before somebody looks.
new IntersectionObserver((seen, observer) => {
  if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
  observer.disconnect();
  if (!props.pictures?.left) ask("opened");
}).observe(element);
