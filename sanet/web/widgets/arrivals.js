// Pictures that are dropped or pasted anywhere on the page. MARK: how a recipe inside a file begins.
const shown = (selector) => [...document.querySelectorAll(selector)].find((found) => found.offsetParent);
const handed_on = new WeakSet();

// As if it had been dropped on the photograph of the open tab, which replaces the one before.
function to_photograph(file) {
  const carried = new DataTransfer();
  carried.items.add(file);
  const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  handed_on.add(drop);
  shown(".photograph .upload-container")?.dispatchEvent(drop);
}

// Not every system knows what a phone's photographs are.
function typed(file) {
  const phone = /\.(heic|heif|avif)$/i.exec(file.name);
  return phone && !file.type ? new File([file], file.name, { type: `image/${phone[1].toLowerCase()}` }) : file;
}

async function arrive(given) {
  const file = typed(given);
  if (!file.type.startsWith("image/")) return trigger("unreadable");
  const bytes = await file.arrayBuffer().catch(() => null); // a file may have been moved, or be unreadable for us
  if (!bytes) return trigger("unreadable");
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes(MARK)) open_files("open-result", [file]);
  else to_photograph(file);
}

// A picture dragged out of another page may come as its address alone.
function address_in(data) {
  const picture = new DOMParser().parseFromString(data.getData("text/html"), "text/html").querySelector("img[src]");
  return picture?.getAttribute("src") || data.getData("text/uri-list").split("\n")[0];
}

async function fetch_picture(address) {
  try {
    const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
    const blob = await answer.blob();
    if (!answer.ok || !blob.type.startsWith("image/")) throw new Error("not a picture");
    const name = new URL(address, location.href).pathname.split("/").pop();
    await arrive(new File([blob], name.includes(".") ? name : "picture", { type: blob.type }));
  } catch {
    trigger("refused");
  }
}

const is_text = (target) => target.closest?.("input, textarea, [contenteditable]");

addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
  if (!file || (is_text(event.target) && event.clipboardData.types.includes("text/plain"))) return;
  event.preventDefault();
  event.stopPropagation();
  arrive(file);
}, true);

const carries = (data, kind) => [...data.types].includes(kind);
addEventListener("dragover", (event) => {
  if (carries(event.dataTransfer, "Files") || carries(event.dataTransfer, "text/uri-list")) event.preventDefault();
}, true);

addEventListener("drop", (event) => {
  const data = event.dataTransfer;
  const on_upload = event.target.closest?.(".block")?.querySelector("input[type=file]");
  if (handed_on.has(event) || (data.files.length && on_upload)) return;
  const address = data.files.length ? "" : address_in(data);
  if (!data.files.length && (!address || is_text(event.target))) return;
  // Or the browser would leave the page for the file.
  event.preventDefault();
  event.stopPropagation();
  if (data.files.length) arrive(data.files[0]);
  else fetch_picture(address);
}, true);
