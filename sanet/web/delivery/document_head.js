/* global LOCALES */
/* exported chooseLanguage, language */
// Gradio knows the browser's language alone: one that was chosen at the foot of the page stands in for it.
const chosenLanguage = /(?:^|; )language=([\w-]+)/.exec(document.cookie)?.[1];
if (LOCALES.includes(chosenLanguage)) {
  Object.defineProperties(navigator, { language: { value: chosenLanguage }, languages: { value: [chosenLanguage] } });
}
const language = [navigator.language, navigator.language.split("-")[0]].find((name) => LOCALES.includes(name)) ?? "en";
document.documentElement.lang = language;
function chooseLanguage(locale) {
  const where = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `language=${locale}; Path=/; Max-Age=31536000; ${where}`; // on a Space, in a frame of another site
  location.reload();
}
