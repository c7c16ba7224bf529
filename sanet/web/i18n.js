/* global WORDS, language */
/* exported word */
// The texts of our own widgets, in the language that Gradio chooses for its own. WORDS: locale -> key -> text.
const word = (key, values = {}) => WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
// Templates name the key of a text in data-word, of a label in data-word-label.
function writeWords() {
  for (const place of document.querySelectorAll("[data-word]")) {
    const text = word(place.dataset.word);
    if (place.textContent !== text) place.textContent = text;
  }
  for (const place of document.querySelectorAll("[data-word-label]")) {
    const text = word(place.dataset.wordLabel);
    if (place.getAttribute("aria-label") !== text) place.setAttribute("aria-label", text);
  }
}
new MutationObserver(writeWords).observe(document, { childList: true, subtree: true, attributeFilter: ["data-word"] });

// What Gradio leaves in English is found by it, wherever it comes up.
const LABELS = ["aria-label", "title"];
const inEnglish = Object.entries(WORDS.en)
  .filter(([key]) => key.startsWith("gradio_"))
  .map(([key, text]) => [key, new RegExp(`^${text.replace(/[|().*]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>.*)")}$`)]);
function translated(text) {
  for (const [key, pattern] of inEnglish) {
    const found = pattern.exec(text);
    if (found) return word(key, found.groups);
  }
  return text;
}
function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = node.data.trim();
    if (translated(text) !== text) node.data = node.data.replace(text, () => translated(text));
  } else if (node.nodeType === Node.ELEMENT_NODE) {
    for (const name of LABELS) {
      const text = node.getAttribute(name);
      if (text && translated(text) !== text) node.setAttribute(name, translated(text));
    }
    node.childNodes.forEach(translate);
  }
}
if (language !== "en") {
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) (type === "childList" ? addedNodes : [target]).forEach(translate);
  }).observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: LABELS });
}
