/* global COLORS, FIRST, word */
const HISTORY = 50;
const SHADE = 0xa6; // how far a stroke hides the photograph, of 255
const find = (selector) => element.querySelector(selector);
const stage = find(".stage");
const strokes = find(".strokes");
const tip = find(".tip");
const brushes = [...element.querySelectorAll(".brush")];
const photograph = () => props.photograph ?? FIRST.photograph;
const brushOf = (number) => (props.brushes ?? FIRST.brushes)[number - 1];
const paper = strokes.getContext("2d");
// Colours as the four bytes of a pixel, in one number.
const bytes = (color) => [...[1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)), SHADE];
const shades = new Uint32Array(new Uint8Array([0, 0, 0, 0, ...COLORS.flatMap(bytes)]).buffer);

let width = 0;
let height = 0;
let map = new Uint8Array(); // the number of the brush of every pixel, 0 where nothing is painted
let value = props.value; // the same as it is kept; null until something is painted
let picture = null; // the same in colours
let pixels = null; // the picture's, as numbers
let wanted = 1; // the brush that the visitor has chosen
let chosen = 1; // the same, or another while that one's style is exchanged
let erasing = false;
let last = null; // where the stroke is; null between strokes
let edits = 0;
let bounds = null; // of the stroke: left, top, right, bottom
let paints = true; // otherwise the regions are a preset or uploaded
let previewed = null; // the edit that the preview shows
const past = [];

// The wire format: see paint_canvas.py.
function packed() {
  const runs = [];
  for (let from = 0, to; from < map.length; from = to) {
    for (to = from + 1; map[to] === map[from]; to++);
    runs.push(map[from], to - from);
  }
  return runs.join(" ");
}

function unpacked(value) {
  const drawn = new Uint8Array(value.width * value.height);
  const runs = value.runs.split(" ").map(Number);
  for (let i = 0, at = 0; i < runs.length; at += runs[i + 1], i += 2) drawn.fill(runs[i], at, at + runs[i + 1]);
  return drawn;
}

/** Show what is kept, at the photograph's size: a photograph may come after its painting, or be exchanged. */
function open(kept) {
  value = kept;
  const shown = photograph();
  width = shown.width || value?.width || 640;
  height = shown.height || value?.height || 480;
  map = new Uint8Array(width * height);
  if (value) {
    const drawn = unpacked(value);
    for (let y = 0, i = 0; y < height; y++) {
      const row = Math.floor((y * value.height) / height) * value.width;
      for (let x = 0; x < width; x++, i++) map[i] = drawn[row + Math.floor((x * value.width) / width)];
    }
  }
  edits = Math.max(edits, value?.edit ?? 0);
  strokes.width = width;
  strokes.height = height;
  picture = paper.createImageData(width, height);
  pixels = new Uint32Array(picture.data.buffer);
  stage.style.aspectRatio = `${width} / ${height}`;
  stage.style.width = `min(100%, ${Math.round((360 * width) / height)}px)`;
  colour(0, 0, width, height);
  tell();
}

/** Redraw a part of the map. */
function colour(left, top, right, bottom) {
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) pixels[i] = shades[map[i]];
  }
  show(left, top, right, bottom);
}

/** The preview while it is of this painting, the plain strokes otherwise. */
function show(left = 0, top = 0, right = width, bottom = height) {
  const current = !paints || (last === null && previewed === (value?.edit ?? null));
  find(".preview").hidden = find(".numbers").hidden = !current;
  if (current) paper.clearRect(0, 0, width, height);
  else paper.putImageData(picture, 0, 0, left, top, right - left, bottom - top);
}

// Four pictures in one: each has a brush of its own.
const quarterAt = (x, y) => 1 + (x >= width / 2) + 2 * (y >= height / 2);
const brushAt = (i) => (FIRST.inQuarters ? quarterAt(i % width, Math.floor(i / width)) : chosen);
function boundsAt({ x, y }) {
  if (!FIRST.inQuarters) return [0, 0, width, height];
  const [left, top] = [x >= width / 2 ? width / 2 : 0, y >= height / 2 ? height / 2 : 0];
  return [left, top, left + width / 2, top + height / 2].map(Math.round);
}

const named = (number) => `${number} ${brushOf(number).name || word("own_brush_without")}`;

function tell() {
  find(".paint").classList.toggle("presets", !paints);
  // A quarter can be marked while its style is still on its way.
  chosen = FIRST.inQuarters ? wanted : ([wanted, 1, 2, 3, 4].find((number) => brushOf(number).name) ?? 1);
  const counts = [0, 0, 0, 0, 0];
  for (const number of map) counts[number]++;
  const parts = [1, 2, 3, 4]
    .filter((number) => counts[number])
    .map((number) => `${named(number)}: ${Math.max(1, Math.round((100 * counts[number]) / map.length))} %`);
  const [first, rest] = FIRST.inQuarters ? ["own_mark_first", "own_unmarked"] : ["own_paint_first", "own_unpainted"];
  const painted = parts.length ? word("own_painted", { shares: parts.join(", ") }) : word(first);
  const told = paints ? `${painted} ${word(rest)}` : word("own_regions_seen");
  find(".told").textContent = told;
  strokes.setAttribute("aria-label", told);
  for (const brush of brushes) {
    const number = Number(brush.dataset.number);
    const { name, picture } = brushOf(number);
    brush.disabled = !name;
    brush.setAttribute("aria-pressed", !erasing && number === chosen);
    brush.querySelector(".style").textContent = name || word("own_no_style");
    brush.querySelector(".thumbnail").style.backgroundImage = picture ? `url(${picture})` : "";
    brush.title = name;
  }
  find("[data-tool=eraser]").setAttribute("aria-pressed", erasing);
}

function remember() {
  past.push(value);
  if (past.length > HISTORY) past.shift();
}

function commit() {
  edits += 1;
  props.value = value = { width, height, runs: packed(), edit: edits };
  show();
  tell();
  trigger("input");
}

/** Change every pixel by its number. */
function everywhere(change) {
  remember();
  map = map.map(change);
  colour(0, 0, width, height);
  commit();
}

const tools = {
  eraser: () => {
    erasing = !erasing;
    tell();
  },
  undo: () => {
    if (last || !past.length) return; // a stroke is undone once it is whole
    open(past.pop());
    commit();
  },
  fill: () => everywhere((number, i) => number || brushAt(i)),
  invert: () => everywhere((number, i) => (number === brushAt(i) ? 0 : number || brushAt(i))),
  clear: () => everywhere(() => 0),
};

function disc(x, y, radius) {
  const [left, top, right, bottom] = bounds;
  for (let row = Math.max(top, Math.ceil(y - radius)); row <= Math.min(bottom - 1, y + radius); row++) {
    const half = Math.sqrt(radius * radius - (row - y) ** 2);
    const [from, to] = [Math.max(left, Math.ceil(x - half)), Math.min(right, Math.floor(x + half) + 1)];
    if (from < to) map.fill(erasing ? 0 : chosen, row * width + from, row * width + to);
  }
}

const radius = () => Number(find(".size input").value) / 2;

/** The pointer on the map. */
function place(event) {
  const box = strokes.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const side = (2 * radius() * box.width) / width;
  Object.assign(tip.style, { left: `${x}px`, top: `${y}px`, width: `${side}px`, height: `${side}px` });
  return { x: (x * width) / box.width, y: (y * height) / box.height };
}

function strokeTo(to) {
  const length = Math.hypot(to.x - last.x, to.y - last.y);
  const steps = Math.max(1, Math.ceil(length / Math.max(1, radius() / 4)));
  for (let i = 1; i <= steps; i++) {
    disc(last.x + ((to.x - last.x) * i) / steps, last.y + ((to.y - last.y) * i) / steps, radius());
  }
  const within = (at, end) => Math.min(end, Math.max(0, Math.round(at)));
  const [left, right] = [Math.min(last.x, to.x) - radius() - 1, Math.max(last.x, to.x) + radius() + 2];
  const [top, bottom] = [Math.min(last.y, to.y) - radius() - 1, Math.max(last.y, to.y) + radius() + 2];
  colour(within(left, width), within(top, height), within(right, width), within(bottom, height));
  last = to;
}

strokes.addEventListener("pointerdown", (event) => {
  if (!paints || !event.isPrimary || event.button) return;
  strokes.setPointerCapture(event.pointerId);
  last = place(event);
  bounds = boundsAt(last);
  if (FIRST.inQuarters) {
    wanted = quarterAt(last.x, last.y);
    tell();
  }
  remember();
  show();
  strokeTo(last);
  event.preventDefault();
});
strokes.addEventListener("pointermove", (event) => {
  if (!event.isPrimary) return;
  const to = place(event);
  tip.hidden = !paints;
  if (last) strokeTo(to);
});
for (const name of ["pointerup", "pointercancel"]) {
  strokes.addEventListener(name, (event) => {
    if (!last || !event.isPrimary) return;
    last = null;
    commit();
  });
}
strokes.addEventListener("pointerleave", () => (tip.hidden = true));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.tool) return tools[button.dataset.tool]();
  wanted = Number(button.dataset.number);
  erasing = false;
  tell();
});
element.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "z") return;
  event.preventDefault();
  tools.undo();
});

watch("value", () => {
  if (props.value?.runs === value?.runs) return;
  remember();
  open(props.value);
});
watch("photograph", () => {
  const { picture, width: wide, height: high } = photograph();
  find(".photograph").src = picture;
  if (!wide || (wide === width && high === height)) return;
  if (last) {
    last = null; // a stroke ends with its photograph, and what it has painted stays
    commit();
  }
  open(value);
});
watch("brushes", tell);
document.addEventListener("paint-preview", async ({ detail }) => {
  if (FIRST.inQuarters) return;
  const { picture: tinted, edit, places } = detail;
  paints = detail.paints;
  tell();
  find(".preview").src = tinted;
  if (tinted) await find(".preview").decode().catch(() => {});
  previewed = edit;
  for (const number of element.querySelectorAll(".numbers .number")) number.hidden = true;
  for (const [number, x, y] of places) {
    const chip = element.querySelector(`.numbers .number:nth-child(${number})`);
    Object.assign(chip.style, { left: `${100 * x}%`, top: `${100 * y}%` });
    chip.hidden = false;
  }
  show();
});

find(".photograph").src = photograph().picture;
open(value);
