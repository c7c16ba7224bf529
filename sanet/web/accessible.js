// What Gradio's own widgets leave unsaid to screen readers.
function name_what_is_drawn() {
  // A label needs a role to be read.
  for (const empty of document.querySelectorAll(".empty[aria-label]:not([role])")) empty.setAttribute("role", "img");
  // The words that are seen are the words that are said.
  for (const button of document.querySelectorAll("button.upload-container[aria-label]")) {
    if (button.textContent.trim()) button.removeAttribute("aria-label");
  }
  for (const button of document.querySelectorAll(".thumbnail-item[aria-label]")) button.removeAttribute("aria-label");
  // A picture that is put in is called what stands over it.
  for (const picture of document.querySelectorAll(".named-by-label img")) {
    const label = picture.closest(".block").querySelector("[data-testid=block-label]").textContent.trim();
    if (picture.alt !== label) picture.alt = label;
  }
  // A button may hold no button: the one that closes a notice stays.
  for (const head of document.querySelectorAll(".toast-header[role=button]")) {
    head.removeAttribute("role");
    head.removeAttribute("tabindex");
  }
}
// In the place where something went wrong Gradio says no more than "Error"; its sentence stands in the notice alone.
function say_what_went_wrong() {
  const sentence = [...document.querySelectorAll(".toast-message-text.error")].at(-1)?.textContent;
  const places = document.querySelectorAll("[data-testid=status-tracker]:not(.hide) > .error:not([data-said])");
  for (const place of sentence ? places : []) {
    place.textContent = sentence;
    place.dataset.said = "";
  }
}
// Nor does its cross do anything over a result.
document.addEventListener("click", ({ target }) => {
  const place = target.closest(".clear-status")?.parentElement.querySelector(".error");
  if (place) place.dataset.seen = "";
});
// The words for the pictures before and after, by the id of the result; Gradio leaves them without any.
const result_words = {};
function describe_result(id, words) {
  result_words[id] = words ?? [];
  describe_results();
}
function describe_results() {
  for (const [id, words] of Object.entries(result_words)) {
    const pictures = document.querySelectorAll(`#${id} img[data-testid="imageslider-image"]`);
    words.forEach((word, i) => pictures[i]?.setAttribute("alt", word));
  }
}
new MutationObserver(() => {
  name_what_is_drawn();
  say_what_went_wrong();
  describe_results();
}).observe(document, { childList: true, subtree: true });
