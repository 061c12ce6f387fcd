// Live progress of one job: follows the server-sent events of the API and fills the page in place.
// Without it, the page shows the job as it stood, and a link looks again.

const panel = document.querySelector("[data-job-events]");
const part = (name) => panel.querySelector(`[data-job="${name}"]`);
const number = new Intl.NumberFormat(document.documentElement.lang);

function span(seconds) {
  const whole = Math.round(seconds);
  if (whole < 1) return "< 1 s";
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function show(job) {
  const bar = part("bar");
  if (job.of) bar.value = Math.min(1, job.done / job.of);
  else if (job.state === "running") bar.removeAttribute("value");
  part("what").textContent = job.what || "–";
  part("done").textContent = number.format(job.done);
  part("of").textContent = number.format(job.of);
  part("end").hidden = !job.of; // with the word before the number
  const started = Date.parse(job.started || "");
  const seconds = (Date.now() - started) / 1000;
  const rate = seconds > 0 && job.done ? job.done / seconds : 0;
  part("rate").textContent = rate ? `${number.format(rate < 100 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s` : "–";
  part("left").textContent = rate && job.of > job.done ? span((job.of - job.done) / rate) : "–";
}

if (panel) {
  const source = new EventSource(panel.dataset.jobEvents);
  source.addEventListener("progress", (event) => {
    const job = JSON.parse(event.data);
    show(job);
    const state = document.querySelector("main .head .state");
    if (state && !state.classList.contains(job.state)) {
      state.className = `state ${job.state}`;
      state.textContent = job.state;
    }
  });
  for (const end of ["done", "failed", "canceled"]) {
    source.addEventListener(end, () => {
      source.close();
      location.reload(); // the page of an ended job shows result, error and what can be done
    });
  }
  addEventListener("pagehide", () => source.close());
}
