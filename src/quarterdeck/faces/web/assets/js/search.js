// What is found while one types stands under the box: arrows walk it, Escape and leaving close it. Enter asks for the page.
const box = document.getElementById("search");
const hits = document.getElementById("hits");

const links = () => [box, ...hits.querySelectorAll("a")];

box?.form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { hits.replaceChildren(); box.focus(); }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const next = step && links()[links().indexOf(event.target) + step];
  if (next) { event.preventDefault(); next.focus(); }
});
box?.addEventListener("input", () => { if (!box.value.trim()) hits.replaceChildren(); });
box?.form.addEventListener("focusout", (event) => { if (!box.form.contains(event.relatedTarget)) hits.replaceChildren(); });
