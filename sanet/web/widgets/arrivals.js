/* global MARK, KINDS, asPicture, bringPicture, firstVisible, isPicture, isUnknown, openFiles */
// Pictures that are dropped or pasted anywhere on the page. MARK: how a recipe inside a file begins.
const toPhotograph = (file) => bringPicture(firstVisible(".photograph")?.id, file);

function carrying(files) {
  const carried = new DataTransfer();
  files.forEach((file) => carried.items.add(asPicture(file)));
  return carried;
}

async function arrive(given) {
  if (!isPicture(given) && !isUnknown(given)) return trigger("unreadable");
  const file = asPicture(given);
  const bytes = await file.arrayBuffer().catch(() => null); // a file may have been moved, or be unreadable for us
  if (!bytes) return trigger("unreadable");
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes(MARK)) openFiles("open-result", [file]);
  else toPhotograph(file);
}

// A picture dragged out of another page may come as its address alone.
function addressIn(data) {
  const picture = new DOMParser().parseFromString(data.getData("text/html"), "text/html").querySelector("img[src]");
  return picture?.getAttribute("src") || data.getData("text/uri-list").split("\n")[0];
}

async function fetchPicture(address) {
  try {
    const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
    const blob = await answer.blob();
    if (!answer.ok || !(isPicture(blob) || isUnknown(blob))) throw new Error("not a picture");
    const name = new URL(address, location.href).pathname.split("/").pop();
    await arrive(new File([blob], name.includes(".") ? name : "picture", { type: blob.type }));
  } catch {
    trigger("refused");
  }
}

const isText = (target) => target.closest?.("input, textarea, [contenteditable]");

addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  const file = files.find(isPicture) ?? files.find(isUnknown);
  if (!file || (isText(event.target) && event.clipboardData.types.includes("text/plain"))) return;
  event.preventDefault();
  event.stopPropagation();
  arrive(file);
}, true);

const carries = (data, kind) => [...data.types].includes(kind);
addEventListener("dragover", (event) => {
  if (carries(event.dataTransfer, "Files") || carries(event.dataTransfer, "text/uri-list")) event.preventDefault();
}, true);

// Gradio takes only files whose name tells the browser that they are pictures.
const takesPictures = (input) => input?.type === "file" && input.accept.startsWith("image/*");

addEventListener("change", (event) => {
  if (!takesPictures(event.target)) return;
  const files = [...event.target.files];
  const place = event.target.closest(".picture-place");
  if (place && files.length && files.every((file) => isPicture(file) || isUnknown(file))) {
    event.stopPropagation();
    bringPicture(place.id, files[0]);
  } else event.target.files = carrying(files).files;
}, true);

// A computer's list of files would leave out what it does not know; a phone shows its photographs.
addEventListener("click", (event) => {
  const hidden = takesPictures(event.target) && !matchMedia("(pointer: coarse)").matches;
  if (hidden) event.target.accept = `image/*,${KINDS}`;
}, true);

addEventListener("drop", (event) => {
  const data = event.dataTransfer;
  const place = event.target.closest?.(".picture-place");
  if (data.files.length && !place && event.target.closest?.(".block")?.querySelector("input[type=file]")) return;
  const address = data.files.length ? "" : addressIn(data);
  if (!data.files.length && (!address || isText(event.target))) return;
  // Or the browser would leave the page for the file.
  event.preventDefault();
  event.stopPropagation();
  const [file] = data.files;
  if (!file) fetchPicture(address);
  else if (place && !place.matches(".photograph") && (isPicture(file) || isUnknown(file))) bringPicture(place.id, file);
  else arrive(file);
}, true);
