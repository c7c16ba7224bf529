// What Gradio's own widgets leave unsaid to screen readers.
function name_what_is_drawn() {
  // A label needs a role to be read.
  for (const empty of document.querySelectorAll(".empty[aria-label]:not([role])")) empty.setAttribute("role", "img");
  // The words that are seen are the words that are said.
  for (const button of document.querySelectorAll("button.upload-container[aria-label]")) {
    if (button.textContent.trim()) button.removeAttribute("aria-label");
  }
  for (const button of document.querySelectorAll(".sheet .thumbnail-item[aria-label]")) {
    button.removeAttribute("aria-label");
  }
}
new MutationObserver(name_what_is_drawn).observe(document, { childList: true, subtree: true });
