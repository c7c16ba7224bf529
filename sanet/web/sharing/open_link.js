/* global UNCHANGED, firstVisible, showPlace */
/* exported askedByAddress, forgetLink, noteTab, showShared */
/** What the page was opened for, if for anything. */
function askedByAddress() {
  const asked = new URLSearchParams(location.search);
  return ["r", "recipe", "tab"].some((name) => asked.has(name)) ? location.search : UNCHANGED;
}

/** Bring what a link led to into view: on a phone it lies below the fold. */
function showShared() {
  const asked = new URLSearchParams(location.search);
  const refused = () => document.getElementById("shared")?.offsetParent;
  // Once Gradio has drawn what was opened.
  if (asked.has("r")) setTimeout(showWhenDrawn, 300, 100);
  else if (asked.has("recipe")) setTimeout(() => refused() || showPlace(firstVisible(".result")), 300);
}

// An old phone takes a while to lay the result out.
function showWhenDrawn(tries) {
  const result = firstVisible(".result:has(img)");
  showPlace(result);
  const drawn = result && [...result.querySelectorAll("img")].every((img) => img.complete);
  if (!drawn && tries > 0) setTimeout(showWhenDrawn, 100, tries - 1);
}

/** Take the link out of the address, so that a reload does not open it again. */
function forgetLink() {
  const address = new URL(location.href);
  for (const name of ["r", "recipe"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  tellSpace(address);
  firstVisible(".run")?.focus();
}

// On a Space the visitor's address is that of the page around this one, which listens for this message.
function tellSpace(address) {
  if (parent !== window) parent.postMessage({ queryString: address.search, hash: "" }, "https://huggingface.co");
}

// What is opened before the visitor does anything is what the address asked for.
let isUsed = false;
for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (isUsed = true), { capture: true });

/** Write the open tab into the address. */
function noteTab(name) {
  if (!isUsed) return history.replaceState({ tab: name }, "");
  if (history.state?.tab === name) return;
  const address = new URL(location.href);
  address.searchParams.set("tab", name);
  history.pushState({ tab: name }, "", address);
  tellSpace(address);
}
addEventListener("popstate", ({ state }) => document.getElementById(`tab-${state?.tab}-button`)?.click());
