// Keeps a job's progress up to date: events while there are places for them, polling otherwise.
const card = document.querySelector("#live[data-events]");
const ended = ["succeeded", "failed", "cancelled"];

function show(job) {
  for (const name of ["status", "done", "failed"]) {
    card.querySelector(`[data-live=${name}]`).textContent = job[name];
  }
  card.querySelector("[data-live=status]").className = `status ${job.status}`;
  const bar = card.querySelector("progress");
  bar.max = Math.max(job.total, 1);
  bar.value = job.done;
  if (ended.includes(job.status)) window.location.reload();
}

async function poll() {
  try {
    const answer = await fetch(card.dataset.progress);
    if (answer.ok) show(await answer.json());
  } finally {
    setTimeout(poll, 2000);
  }
}

if (card) {
  const source = new EventSource(card.dataset.events);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("end", () => source.close());
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) poll();
  });
}
