// A figure's link is a page of its own; with scripts it opens beside the number instead.
import htmx from "./htmx.js";

const panel = document.getElementById("panel");
const back = document.getElementById("panel-back");
const trail = [];

const isPlainClick = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.figure[href], a[data-panel], #panel-body .pages a, #panel-body th a[href*='/because']");
  if (!link || !panel || !isPlainClick(event)) return;
  event.preventDefault();
  await open(link.getAttribute("href"));
});

async function open(href) {
  const body = panel.querySelector("#panel-body");
  trail.push(href);
  if (!panel.open) panel.showModal();
  back.hidden = trail.length < 2;
  body.setAttribute("aria-busy", "true");
  await htmx.ajax("GET", href, { target: "#panel-body", swap: "innerHTML" });
  body.removeAttribute("aria-busy");
  panel.scrollTop = 0;
}

back?.addEventListener("click", () => {
  trail.pop();
  open(trail.pop());
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
panel?.addEventListener("close", () => {
  trail.length = 0;
  panel.querySelector("#panel-body").replaceChildren();
});
