// Menus close when one leaves them; the drawer of narrow screens opens without a jump in the address.
const nav = document.getElementById("nav");

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest?.(".nav-open");
  if (opener) {
    event.preventDefault();
    nav.classList.add("is-open");
    nav.querySelector("a")?.focus();
  } else if (nav && !nav.contains(event.target)) nav.classList.remove("is-open");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  nav?.classList.remove("is-open");
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form that opens is ready for the next key: "Log it" for an activity, the text for a note. Toggle does not bubble.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".log > details[open]")) event.target.querySelector("textarea, button")?.focus();
}, true);

// A control marked so sends its form as soon as it changes; without scripts the form's own button does.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});
