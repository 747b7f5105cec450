// An open desk follows the data: when the version grows, its fragment is fetched and morphed in place, which keeps focus,
// scroll, open details and half-typed text. A lost connection is said, not hidden.
import htmx from "./htmx.js";

const OFFLINE_AFTER_MS = 4000;
const banner = document.getElementById("offline");
let source;
let isBehind = false;
let isFetching = false;
let offlineTimer;

const live = () => document.getElementById("live");
const versionShown = () => Number(live()?.dataset.version ?? 0);

async function refresh() {
  if (isFetching || document.hidden) { isBehind = true; return; }
  isFetching = true;
  isBehind = false;
  try {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#live", swap: "outerMorph", select: "#live" });
  } finally {
    isFetching = false;
  }
  if (isBehind) refresh();
}

function say(isOffline) {
  clearTimeout(offlineTimer);
  if (!isOffline) banner.hidden = true;
  else offlineTimer = setTimeout(() => { banner.hidden = false; }, OFFLINE_AFTER_MS);
}

function connect() {
  source = new EventSource("/live");
  source.addEventListener("open", () => say(false));
  source.addEventListener("version", (event) => { if (Number(event.data) > versionShown()) refresh(); });
  source.addEventListener("error", () => {
    say(true);
    // The browser tries again by itself unless the server answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 10_000);
  });
}

if (live() && banner) {
  connect();
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isBehind) refresh(); });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
