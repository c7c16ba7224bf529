/* exported firstVisible, playBoth, saveFile, showOpened, showResult */
// The result on the page, and files that the browser saves.
const firstVisible = (selector) => [...document.querySelectorAll(selector)].find((element) => element.offsetParent);
const showPlace = (element) => element?.scrollIntoView({ block: "nearest" });

/** Bring the place of a tab's result into view: on a phone it lies below the fold. */
function showResult(name) {
  // Not before the second tap of a double tap, which would meet what has come to lie under the finger.
  setTimeout(() => showPlace(document.getElementById(`${name}-result`)), 400);
}

/** The same on the open tab, once Gradio has drawn what was opened there. */
function showOpened() {
  setTimeout(() => showPlace(firstVisible(".result")), 300);
}

function saveFile(address, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name });
  link.click();
}

/** Two clips from their beginnings, the second one with its sound. */
function playBoth(...ids) {
  const clips = ids.map((id) => document.querySelector(`#${id} video`)).filter(Boolean);
  for (const [i, clip] of clips.entries()) {
    clip.muted = i === 0;
    clip.currentTime = 0;
    clip.play();
  }
}
