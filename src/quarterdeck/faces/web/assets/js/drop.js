// Files dropped on a field are those of its file input; without a script people choose them.
for (const field of document.querySelectorAll("[data-drop]")) {
  const input = field.querySelector("input[type=file]");
  field.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("is-over"); });
  field.addEventListener("dragleave", () => field.classList.remove("is-over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("is-over");
    input.files = event.dataTransfer.files;
  });
}
