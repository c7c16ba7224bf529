/* exported openFiles */
/** Hand files to an upload button, as if they had been chosen there. */
function openFiles(id, files) {
  const input = document.getElementById(id).previousElementSibling;
  const carried = new DataTransfer();
  files.forEach((file) => carried.items.add(file));
  input.files = carried.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
