// Keeps the parts of a page that change up to date. Such a part has an id and `data-live`:
//   <section id="jobs" data-live hx-get="/jobs" hx-trigger="refresh" hx-select="#jobs"
//            hx-swap="outerMorph" data-events="/jobs/events" data-every="5">
// The server only says that something changed; what it looks like is asked of the page itself.
const SLOWEST = 1000;
const POLL = 3000;
const offline = document.querySelector("#offline");
const watched = new Map();

// At most one refresh in SLOWEST milliseconds, and one after the last change.
function refresher(id) {
  let last = 0;
  let timer = null;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + SLOWEST - Date.now());
    timer = setTimeout(() => {
      timer = null;
      last = Date.now();
      const part = document.getElementById(id);
      if (part?.matches("[data-live]")) window.htmx.trigger(part, "refresh");
      else unwatch(id);
    }, wait);
  };
}

function unwatch(id) {
  watched.get(id)?.();
  watched.delete(id);
}

function poll(refresh, milliseconds) {
  const timer = setInterval(() => document.hidden || refresh(), milliseconds);
  return () => clearInterval(timer);
}

// Events while the server has places for them, polling otherwise.
function follow(address, refresh) {
  let stop = () => source.close();
  const source = new EventSource(address);
  source.addEventListener("change", refresh);
  source.addEventListener("progress", refresh);
  source.addEventListener("end", () => source.close());
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) stop = poll(refresh, POLL);
  });
  return () => stop();
}

function watch(part) {
  if (watched.has(part.id)) return;
  const refresh = refresher(part.id);
  const { events, every } = part.dataset;
  watched.set(part.id, events ? follow(events, refresh) : poll(refresh, 1000 * Number(every)));
}

for (const part of document.querySelectorAll("[data-live]")) watch(part);

document.addEventListener("htmx:before:response", (event) => {
  // Signed out meanwhile: the whole page must say so.
  if (event.detail.ctx.response.raw.redirected) window.location.reload();
});
document.addEventListener("htmx:after:swap", () => {
  offline.hidden = true;
  for (const [id] of watched) {
    if (!document.getElementById(id)?.matches("[data-live]")) unwatch(id);
  }
});
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, () => { offline.hidden = false; });
}
window.addEventListener("pagehide", () => [...watched.keys()].forEach(unwatch));
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
