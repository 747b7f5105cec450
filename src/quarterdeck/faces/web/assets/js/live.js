// An open desk follows the data: when the version grows, its fragment is fetched and morphed in place, which keeps focus,
// scroll, open details and half-typed text. A lost connection is said, not hidden.
import htmx from "./htmx.js";

const OFFLINE_AFTER_MS = 4000;
const banner = document.getElementById("offline");
let source;
let isBehind = false;
let isFetching = false;
let offlineTimer;
// Somebody's own write brings its desk and its message along: a refresh beside it would take the message away.
const OWN_WRITE_MS = 3000;
const LOOK_AGAIN_MS = 200;
let ownUntil = 0;
let newest = 0;

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

function follow() {
  if (newest <= versionShown()) return;
  if (performance.now() < ownUntil) setTimeout(follow, LOOK_AGAIN_MS);
  else refresh();
}

function say(isOffline) {
  clearTimeout(offlineTimer);
  if (!isOffline) banner.hidden = true;
  else offlineTimer = setTimeout(() => { banner.hidden = false; }, OFFLINE_AFTER_MS);
}

function connect() {
  source = new EventSource("/live");
  source.addEventListener("open", () => say(false));
  source.addEventListener("version", (event) => { newest = Number(event.data); follow(); });
  source.addEventListener("error", () => {
    say(true);
    // The browser tries again by itself unless the server answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 10_000);
  });
}

if (live() && banner) {
  connect();
  document.addEventListener("htmx:before:request", ({ detail }) => {
    if (detail.ctx.request.method !== "GET") ownUntil = performance.now() + OWN_WRITE_MS;
  });
  document.addEventListener("htmx:after:swap", () => { ownUntil = 0; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isBehind) refresh(); });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
