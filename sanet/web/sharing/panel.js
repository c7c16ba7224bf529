/* global showPlace, word */
/* exported copyLink, pageAddress, sendLink, showPanel, toCommunity */
// A phone's own sheet, where there is one: style.css shows its button.
if (navigator.share && matchMedia("(pointer: coarse)").matches) document.documentElement.classList.add("has-sheet");
const sendLink = (url) => navigator.share({ title: "SANet Studio", url }).catch(() => {}); // of one that was closed

async function copyLink(url) {
  await navigator.clipboard.writeText(url).catch(() => {});
  const button = [...document.querySelectorAll("[id$=-share-copy]")].find((element) => element.offsetParent);
  const before = button.textContent;
  button.textContent = word("own_copied");
  setTimeout(() => (button.textContent = before), 2000);
}

/** Bring a panel into view that has just been opened. */
function showPanel(id) {
  requestAnimationFrame(() => requestAnimationFrame(() => showPlace(document.getElementById(id))));
}

/** The address of the page in the visitor's browser, with a slash at the end. */
const pageAddress = () => location.origin + location.pathname.replace(/\/?$/, "/");

/**
 * Upload a picture to huggingface.co and begin a discussion of the Space `page` with it. Gradio's own button uploads the
 * picture and leaves it at that (6.31). Returns what the page's own event is given: whether it failed.
 */
async function toCommunity(picture, page) {
  const opened = window.open("", "_blank"); // now, for what is opened later counts as a popup
  try {
    const body = await (await fetch(picture.url)).blob();
    const headers = { "Content-Type": body.type, "X-Requested-With": "XMLHttpRequest" };
    const answer = await fetch("https://huggingface.co/uploads", { method: "POST", body, headers });
    if (!answer.ok) throw new Error(answer.statusText);
    const asked = new URLSearchParams({ title: "SANet Studio", description: `![](${await answer.text()})` });
    opened.location = `${page}/discussions/new?${asked}`;
    return [null, ""];
  } catch {
    opened?.close();
    return [null, "failed"];
  }
}
