// The last results, in the browser's own database: the files before and after, the newest first.
const KEPT = 12;
const open_database = new Promise((resolve, reject) => {
  const asked = indexedDB.open("sanet-studio", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("results", { autoIncrement: true });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
open_database.catch(() => {}); // a private window may keep nothing: then there is no strip
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const results = async (mode) => (await open_database).transaction("results", mode).objectStore("results");

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
    button.onclick = () => open_files("open-recent", [after, before]);
    return button;
  });
  element.querySelector(".recents").replaceChildren(...buttons);
  element.querySelector(".recent-results").hidden = !kept.length;
}

async function keep(files) {
  const [after, before] = await Promise.all(files.map(async ({ url, orig_name }) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    const blob = await answer.blob();
    return new File([blob], orig_name, { type: blob.type });
  }));
  const store = await results("readwrite");
  store.add({ after, before });
  const keys = await done(store.getAllKeys());
  keys.slice(0, -KEPT).forEach((key) => store.delete(key));
  await draw();
}

element.addEventListener("click", async (event) => {
  if (!event.target.closest(".clear-recent")) return;
  await done((await results("readwrite")).clear());
  await draw();
});
document.addEventListener("new-result", ({ detail }) => keep(detail).catch(() => {}));
draw().catch(() => {});
