// The texts of our own widgets, in the language that Gradio chooses for its own. WORDS: locale -> key -> text.
const language = [navigator.language, navigator.language.split("-")[0]].find((locale) => locale in WORDS) ?? "en";
const word = (key, values = {}) => WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
// Templates name the key of a text in data-word, of a label in data-word-label.
function write_words() {
  for (const place of document.querySelectorAll("[data-word]")) {
    const text = word(place.dataset.word);
    if (place.textContent !== text) place.textContent = text;
  }
  for (const place of document.querySelectorAll("[data-word-label]")) {
    const text = word(place.dataset.wordLabel);
    if (place.getAttribute("aria-label") !== text) place.setAttribute("aria-label", text);
  }
}
new MutationObserver(write_words).observe(document, { childList: true, subtree: true });
