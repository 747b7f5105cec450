// Sends what a form of the API page says, as the person who is signed in, and shows the answer below it.
const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";

function asked(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = { "X-CSRFToken": csrf() };
  for (const field of form.querySelectorAll("[data-where]")) {
    const value = field.value.trim();
    if (field.dataset.where === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (value && field.dataset.where === "header") headers[field.name] = value;
    else if (value) query.append(field.name, value);
  }
  let body;
  if (form.dataset.takes === "application/json") {
    headers["Content-Type"] = "application/json";
    body = form.elements.body.value;
  } else if (form.dataset.takes) body = new FormData(form);
  return [`${path}${query.size ? `?${query}` : ""}`, { method: form.dataset.method.toUpperCase(), headers, body }];
}

async function show(form) {
  const output = form.parentElement.querySelector("output");
  const [url, options] = asked(form);
  const shown = document.createElement("pre");
  try {
    const response = await fetch(url, options);
    const text = await response.text();
    let pretty = text;
    try { pretty = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ }
    shown.textContent = `${options.method} ${url}\n${response.status} ${response.statusText}\n\n${pretty}`;
  } catch (error) {
    shown.textContent = `${options.method} ${url}\nThe server was not reached: ${error.message}`;
  }
  shown.tabIndex = 0;
  output.replaceChildren(shown);
}

for (const button of document.querySelectorAll("button[data-script]")) button.hidden = false;
for (const form of document.querySelectorAll("form[data-path]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(form);
  });
}

const open = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener("hashchange", open);
open();
