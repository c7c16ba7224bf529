/* global KINDS, MOST, openFiles, firstVisible */
/* exported bringPicture, choosePicture, isPicture, noteBrought, repaint */
// Pictures on their way into a place that holds another one, which stays until the new one is there.
// MOST: bytes and pixels that the server takes; KINDS: what files are called that browsers know nothing of.
const SENT_PIXELS = 16e6; // of a picture that is too large; no browser draws much more
const onTheirWay = new Map();

const isPicture = (file) => file.type.startsWith("image/");
const isUnknown = (file) => !file.type || file.type === "application/octet-stream";
// Not every system knows what a phone's photographs are, and a name may say nothing; the server looks into the file.
const asPicture = (file) => (isUnknown(file) ? new File([file], file.name, { type: "image/unknown" }) : file);

/** Send a file to a place, as small as it must be. */
async function bringPicture(place, given) {
  const file = asPicture(given);
  const small = await scaled(file).catch(() => null); // what browsers cannot read, the server may
  onTheirWay.set(file.name, { place, scaled: Boolean(small) });
  openFiles("brought", [small ?? file]);
}

/** For the event of the arrival: the file, and where it belongs. */
const noteBrought = (file) => [file, onTheirWay.get(file?.orig_name) ?? null];

async function scaled(file) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await new Promise((done, failed) => Object.assign(picture, { onload: done, onerror: failed }));
    const { naturalWidth: width, naturalHeight: height } = picture;
    if (file.size <= MOST.bytes && width * height <= MOST.pixels) return null;
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, Math.sqrt(SENT_PIXELS / (width * height)));
    Object.assign(canvas, { width: Math.round(scale * width), height: Math.round(scale * height) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return new File([blob], file.name, { type: "image/jpeg" });
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** Open the browser's chooser of files for a place. */
function choosePicture(place) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: acceptedPictures() });
  input.onchange = () => input.files.length && bringPicture(place, input.files[0]);
  input.click();
}

// A computer's list of files would leave out what it does not know; a phone shows its photographs.
const acceptedPictures = () => (matchMedia("(pointer: coarse)").matches ? "image/*" : `image/*,${KINDS}`);

document.addEventListener("click", ({ target }) => {
  const place = target.matches?.("img") && target.closest(".picture-place");
  if (place) choosePicture(place.id);
});

/** Paint what is chosen now, on the tabs that do so by themselves. */
const repaint = () => firstVisible(".run.lively")?.click();
