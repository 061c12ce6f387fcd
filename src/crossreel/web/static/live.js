// What a page tells of running jobs, kept fresh: asks for the page again every few seconds and takes over
// the parts of its live elements that differ. The job page itself follows events instead (job.js).
// Without it, such a page shows the jobs as they stood.

const EVERY = 3000;
const live = () => [...document.querySelectorAll("[data-live]")];
const written = () => document.activeElement?.closest("input:not([type=hidden]), select, textarea");

function renew(old, fresh) {
  const parts = [...fresh.children];
  [...old.children].forEach((part, place) => {
    const other = parts[place];
    if (!other || part.isEqualNode(other) || part.contains(document.activeElement)) return;
    part.replaceWith(document.adoptNode(other));
  });
  old.toggleAttribute("data-live", fresh.hasAttribute("data-live"));
}

// A row that left a filtered list goes once nobody points at it; the end of a film's job brings results
// to the whole tab, which waits until nothing is being written there.
function gone(old) {
  if (old.localName !== "tr") {
    if (!written()) location.reload();
  } else if (!old.matches(":hover, :focus-within")) {
    const body = old.parentElement;
    old.remove();
    if (!body.rows.length) location.reload();
  }
}

async function refresh() {
  if (document.hidden) return true;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.redirected) return false; // signed out
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of live()) {
      const fresh = page.getElementById(old.id);
      if (fresh) renew(old, fresh);
      else gone(old);
    }
  }
  return live().length > 0;
}

async function again() {
  if (await refresh()) setTimeout(again, EVERY);
}

setTimeout(again, EVERY);
