/* global WORDS, chooseLanguage, language */
const buttons = Object.entries(WORDS).map(([locale, { own_language_name: name }]) => {
  const button = document.createElement("button");
  button.lang = locale;
  button.textContent = name;
  if (locale === language) button.setAttribute("aria-current", "true");
  button.onclick = () => chooseLanguage(locale);
  return button;
});
element.querySelector(".languages").replaceChildren(...buttons);
