/* global openFiles, word */
// The last results, in the browser's own database: the files before and after, the newest first.
const KEPT = 12;
const openDatabase = new Promise((resolve, reject) => {
  const asked = indexedDB.open("sanet-studio", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("results", { autoIncrement: true });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
openDatabase.catch(() => {}); // a private window may keep nothing: then there is no strip
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const results = async (mode) => (await openDatabase).transaction("results", mode).objectStore("results");

let drawn = [];
async function draw() {
  const kept = (await done((await results("readonly")).getAll())).reverse();
  drawn.forEach(URL.revokeObjectURL);
  drawn = kept.map(({ after }) => URL.createObjectURL(after));
  const buttons = kept.map(({ after, before }, i) => {
    const button = document.createElement("button");
    const name = after.name.replace(/\.\w+$/, "").replaceAll("-", " ");
    button.className = "recent";
    button.title = name;
    button.setAttribute("aria-label", word("own_recent_show", { name }));
    button.innerHTML = `<img src="${drawn[i]}" alt="">`;
    button.onclick = () => openFiles("open-recent", [after, before]);
    return button;
  });
  element.querySelector(".recents").replaceChildren(...buttons);
  element.querySelector(".recent-results").hidden = !kept.length;
}

const seriesOf = (file) => file.name.replace(/-[axypw]\d+/g, "");

async function keep(files) {
  const [after, before] = await Promise.all(files.map(async ({ url, orig_name }) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    const blob = await answer.blob();
    return new File([blob], orig_name, { type: blob.type });
  }));
  const store = await results("readwrite");
  const [latest, keys] = [(await done(store.getAll())).at(-1), await done(store.getAllKeys())];
  // A slider that is moved makes one result after another, whose names tell where it stood.
  const isStep = latest && latest.after.name !== after.name && seriesOf(latest.after) === seriesOf(after);
  if (isStep) store.delete(keys.pop());
  store.add({ after, before });
  keys.slice(0, 1 - KEPT).forEach((key) => store.delete(key));
  await draw();
}

// Clear asks once, in its own place.
const clear = element.querySelector(".clear-recent");
const ask = (key) => (clear.dataset.word = key);
clear.addEventListener("click", async () => {
  if (clear.dataset.word === "own_recent_clear") return ask("own_recent_sure");
  ask("own_recent_clear");
  await done((await results("readwrite")).clear());
  await draw();
});
clear.addEventListener("blur", () => ask("own_recent_clear"));
document.addEventListener("new-result", ({ detail }) => keep(detail).catch(() => {}));
draw().catch(() => {});
