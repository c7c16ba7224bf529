/* global firstVisible, repaint, word */
/* exported compareShown, renewShown */
// Which pictures the result of each tab is of. One of other pictures than those on the tab is dimmed; a tab that paints
// by itself paints anew as soon as it is seen, the others say what to do.
const shown = {}; // by tab: the result, the pictures that it is of, and those on the tab now, all by their paths

/** Note what is on a tab; `result` tells one result from another. */
function compareShown(tab, result, ...pictures) {
  const paths = pictures.map((picture) => picture?.path);
  if (!result) return;
  if (shown[tab]?.result !== result) shown[tab] = { result, of: paths };
  shown[tab].now = paths;
  const words = document.querySelector(`#${tab}-run.lively`) ? "" : word("own_of_others");
  for (const place of document.querySelectorAll(`#${tab}-result, #${tab}-sheet`)) {
    if (isOfOthers(tab)) place.dataset.ofOthers = words;
    else delete place.dataset.ofOthers;
  }
}

// An empty place is no other picture.
const isOfOthers = (tab) => shown[tab]?.now.some((path, i) => path && path !== shown[tab].of[i]);
const isPainting = (tab) => document.querySelector(`#${tab}-result > [data-testid=status-tracker]:not(.hide) > *`);

/** The same when a tab has come to be seen. */
function renewShown(tab, ...given) {
  compareShown(tab, ...given);
  // Once Gradio has drawn it, and whatever came with it.
  setTimeout(() => {
    const isSeen = firstVisible(".run")?.id === `${tab}-run`;
    if (isSeen && isOfOthers(tab) && !isPainting(tab)) repaint();
  }, 300);
}
