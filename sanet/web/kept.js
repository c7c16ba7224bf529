/* global UNCHANGED */
/* exported keepSettings, keptSettings */
// Photograph, styles and settings outlive a reload, in this browser alone.
const KEY = "sanet-studio-settings";
const startedWith = readKept();
let mayKeep = false; // before that, the page's first values would replace those that are kept

function readKept() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null; // a private window may keep nothing
  }
}

/** Remember the values of the page's widgets; `page` tells this version of the page from others. */
function keepSettings(page, values) {
  try {
    if (mayKeep) localStorage.setItem(KEY, JSON.stringify({ page, values }));
  } catch {
    // there is no room
  }
}

// Of the server, not of the browser, which may still have what the server has cleared away.
const isThere = (url) => fetch(url, { method: "HEAD", cache: "no-store" }).then(({ ok }) => ok, () => false);

/** Whether there are any, and the values that were kept, without the pictures that the server has cleared away since. A link comes first. */
async function keptSettings(page, count) {
  const asked = new URLSearchParams(location.search);
  const isKept = startedWith?.page === page && !asked.has("r") && !asked.has("recipe");
  const values = isKept ? startedWith.values : Array(count).fill(UNCHANGED);
  const there = await Promise.all(values.map((value) => !value?.url || isThere(value.url)));
  mayKeep = true;
  return [isKept, ...values.map((value, i) => (there[i] ? value : UNCHANGED))];
}
