// "/" searches, "?" helps, "g" and a letter goes where the link marked with that letter goes.
let isGoing = false;

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

const go = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const wasGoing = isGoing;
  isGoing = false;
  if (wasGoing) return go(event.key);
  if (event.key === "g") {
    isGoing = true;
    setTimeout(() => { isGoing = false; }, 1500);
  } else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "?") {
    document.getElementById("help")?.showModal();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-help]")) document.getElementById("help")?.showModal();
});
