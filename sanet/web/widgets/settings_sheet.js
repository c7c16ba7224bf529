/* global firstVisible */
/* exported openSettings */
// On a phone style.css takes what is a ".setting" from the page. The button Settings brings it up in a sheet over the
// buttons at the foot: the widgets themselves, which lie there until the sheet is closed.
let sheet = null;
let lent = []; // pairs of a setting and of what keeps its place

/** Open the sheet of the open tab, or close it. */
function openSettings() {
  if (sheet) return closeSettings();
  const opener = firstVisible(".open-settings");
  sheet = document.createElement("section");
  Object.assign(sheet, { className: "settings-sheet", tabIndex: -1 });
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", opener.textContent.trim());
  for (const setting of opener.closest("[role=tabpanel]").querySelectorAll(".setting:not(.setting *)")) {
    const place = document.createComment("");
    setting.replaceWith(place);
    sheet.append(setting);
    lent.push([setting, place]);
  }
  opener.closest(".row:has(> .row > .run), .row:has(> .run):not(.row > *)").append(sheet);
  sheet.focus(); // not a field: the keyboard would come up, too
  firstVisible(".result").scrollIntoView(); // over the sheet
}

function closeSettings() {
  if (!sheet) return;
  const hadFocus = sheet.contains(document.activeElement);
  for (const [setting, place] of lent) place.replaceWith(setting);
  sheet.remove();
  [sheet, lent] = [null, []];
  if (hadFocus) firstVisible(".open-settings")?.focus();
}

document.addEventListener("keydown", ({ key }) => key === "Escape" && closeSettings());
document.addEventListener("pointerdown", ({ target }) => target.closest(".settings-sheet, .open-settings") || closeSettings(), true);
addEventListener("popstate", closeSettings);
matchMedia("(max-width: 640px)").addEventListener("change", closeSettings);
