// The player's keys, where it goes on, and how far it got. The controls are the browser's own.
"use strict";

const player = document.getElementById("player");
const progress = document.getElementById("progress");
const stopped = document.getElementById("stopped");
const EVERY = 15000;
const STEP = 10;
const LOUDER = 0.1;

let sent = -1;
let last = 0;

function share() {
  return player.duration > 0 ? Math.min(1, player.currentTime / player.duration) : 0;
}

async function tell(done) {
  const now = done ?? share();
  if (!progress) return; // a trailer
  if (!(now > 0) || Math.abs(now - sent) < 0.001) return;
  sent = now;
  last = Date.now();
  const body = new URLSearchParams(new FormData(progress));
  body.set("progress", now.toFixed(4));
  try {
    const answer = await fetch(progress.action, { method: "POST", body, keepalive: true });
    if (answer.status === 403) {
      player.pause();
      stopped.hidden = false;
    }
  } catch {
    sent = -1; // offline: the next time tells it
  }
}

function goOn() {
  const from = Number(player.dataset.resume);
  if (from > 0 && from < 1) player.currentTime = from * player.duration;
}

if (player.readyState >= HTMLMediaElement.HAVE_METADATA && !player.dataset.stream) goOn();
else player.addEventListener("loadedmetadata", goOn, { once: true });
player.addEventListener("timeupdate", () => !player.paused && Date.now() - last >= EVERY && tell());
player.addEventListener("play", () => (last = Date.now()));
player.addEventListener("pause", () => player.ended || tell());
player.addEventListener("ended", () => tell(1));
addEventListener("pagehide", () => player.ended || player.paused || tell());

function subtitles() {
  const menu = document.getElementById("texts");
  if (menu && menu.options.length > 1) {
    menu.selectedIndex = (menu.selectedIndex + 1) % menu.options.length;
    menu.dispatchEvent(new Event("change"));
    return;
  }
  const tracks = [...player.textTracks];
  const shown = tracks.findIndex((track) => track.mode === "showing");
  tracks.forEach((track) => (track.mode = "disabled"));
  if (shown + 1 < tracks.length) tracks[shown + 1].mode = "showing"; // each in turn, then none
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else player.requestFullscreen?.();
}

const louder = (by) => (player.volume = Math.max(0, Math.min(1, player.volume + by)));
const skip = (by) => (player.currentTime = Math.max(0, player.currentTime + by));
const KEYS = {
  " ": () => (player.paused ? player.play() : player.pause()),
  k: () => (player.paused ? player.play() : player.pause()),
  ArrowLeft: () => skip(-STEP), // time runs from left to right in every language's players
  ArrowRight: () => skip(STEP),
  ArrowUp: () => louder(LOUDER),
  ArrowDown: () => louder(-LOUDER),
  f: fullScreen,
  m: () => (player.muted = !player.muted),
  c: subtitles,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, a, button, summary, dialog")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
