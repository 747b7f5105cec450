// A figure's link is a page of its own; with scripts it opens beside the number instead.
import htmx from "./htmx.js";

const panel = document.getElementById("panel");

const isPlainClick = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.figure[href], a[data-panel]");
  if (!link || !panel || !isPlainClick(event)) return;
  event.preventDefault();
  if (!panel.open) panel.showModal();
  panel.querySelector("#panel-body").setAttribute("aria-busy", "true");
  await htmx.ajax("GET", link.getAttribute("href"), { target: "#panel-body", swap: "innerHTML" });
  panel.querySelector("#panel-body").removeAttribute("aria-busy");
  panel.scrollTop = 0;
});

// What a form or a part was refused stands in the panel too; the page and what was typed stay as they are.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  ctx.hx = { ...ctx.hx, retarget: panel.querySelector("#panel-body"), reswap: "innerHTML", reselect: "#refusal, main" };
  if (!panel.open) panel.showModal();
});

// A click on the backdrop closes it; its target is the dialog itself.
panel?.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
panel?.addEventListener("close", () => panel.querySelector("#panel-body").replaceChildren());
