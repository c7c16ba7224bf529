/* global BUSY, word */
// One frame is on its way at a time, and the next one is taken when it has come: nothing can pile up. Two at a time came
// no oftener on two cores, and twice as late.
const PAUSE = 300; // ms before the next question where the answer was no picture
const find = (selector) => element.querySelector(selector);
const [stage, painted, seen, told] = [".stage", ".painted", ".seen", ".told"].map(find);
const paper = document.createElement("canvas");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
let stream = null;
let asking = 0; // how often a camera was asked for or given up
let facing = "user";
let times = []; // when the last pictures came

async function start() {
  stop();
  tell("own_live_asking");
  const mine = asking;
  let given = null;
  try {
    const video = { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 960 }, frameRate: { ideal: 15 } };
    given = await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch {
    tell("own_live_none");
    return;
  }
  // Allowed only after another click, or when nobody looks any more.
  if (mine !== asking || !element.checkVisibility()) {
    for (const track of given.getTracks()) track.stop();
    if (mine === asking) tell("own_live_first");
    return;
  }
  stream = given;
  seen.srcObject = stream;
  await seen.play().catch(() => {});
  show(true);
  run(stream, crypto.randomUUID());
}

function stop() {
  asking += 1;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  seen.srcObject = null;
  show(false);
}

function show(isOn) {
  find("[data-tool=start]").hidden = isOn;
  find("[data-tool=stop]").hidden = !isOn;
  find("[data-tool=snapshot]").disabled = !isOn;
  seen.hidden = !isOn;
  find(".pace").textContent = "";
  if (isOn) tell("");
}

function tell(key) {
  if (key) told.dataset.word = key; // i18n.js writes it
  else delete told.dataset.word;
  told.textContent = key && word(key);
}

/** The camera's picture now, with a longer side of at most `side` pixels, as a data address. */
function taken(side) {
  const scale = Math.min(1, side / Math.max(seen.videoWidth, seen.videoHeight));
  paper.width = Math.round(seen.videoWidth * scale);
  paper.height = Math.round(seen.videoHeight * scale);
  paper.getContext("2d").drawImage(seen, 0, 0, paper.width, paper.height);
  return paper.toDataURL("image/jpeg", 0.85);
}

async function run(mine, camera) {
  times = [];
  while (stream === mine) {
    if (!seen.videoWidth || !props.ticket) {
      if (!props.ticket) tell("own_live_style");
      await wait(PAUSE);
      continue;
    }
    const asked = performance.now();
    const picture = await server.draw({ ticket: props.ticket, camera, picture: taken(props.side) }).catch(() => "");
    if (stream !== mine) return;
    if (picture.startsWith("data:")) {
      await put(picture);
      pace(performance.now() - asked);
      tell("");
    } else {
      if (picture === BUSY) tell("own_live_waits");
      await wait(PAUSE);
    }
  }
}

async function put(picture) {
  painted.src = picture;
  painted.alt = word("own_live_picture");
  painted.hidden = false;
  await painted.decode().catch(() => {});
  stage.classList.toggle("portrait", painted.naturalHeight > painted.naturalWidth);
}

function pace(delay) {
  const now = performance.now();
  times = [...times.filter((time) => now - time < 3000), now];
  const rate = times.length > 1 ? ((times.length - 1) * 1000) / (now - times[0]) : 0;
  find(".pace").textContent = word("own_live_pace", { rate: rate.toFixed(1), delay: Math.round(delay) });
  stage.dataset.delay = Math.round(delay);
}

const tools = {
  start,
  stop: () => {
    stop();
    tell("own_live_first");
  },
  snapshot: () => {
    props.value = { picture: taken(1280), number: (props.value?.number ?? 0) + 1 };
    stop();
    trigger("input");
  },
  turn: () => {
    facing = facing === "user" ? "environment" : "user";
    if (stream) start();
  },
  whole: () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen?.()),
};
element.addEventListener("click", ({ target }) => tools[target.closest("button")?.dataset.tool]?.());
// Nobody looks: the camera goes off.
document.addEventListener("visibilitychange", () => document.hidden && stream && tools.stop());
new IntersectionObserver(([{ isIntersecting }]) => !isIntersecting && stream && !element.checkVisibility() && tools.stop())
  .observe(element);
