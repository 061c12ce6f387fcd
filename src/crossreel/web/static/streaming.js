// A film in several languages: HLS by the browser where it lets a page choose tracks, else by hls.js.
"use strict";

const video = document.getElementById("player");
const menus = document.getElementById("tracks");
const sounds = document.getElementById("sound");
const texts = document.getElementById("texts");
const KIND = "application/vnd.apple.mpegurl";
const page = document.documentElement.lang || "en";
const primary = (tag) => (tag || "").split("-")[0].toLowerCase();
const names = new Intl.DisplayNames([page], { type: "language", fallback: "none" });

function nameOf(tag, otherwise) {
  try {
    const name = names.of(tag);
    return name ? name.charAt(0).toLocaleUpperCase(page) + name.slice(1) : otherwise;
  } catch {
    return otherwise;
  }
}

// Of tracks with {lang} the place of the reader's own language: the very tag before its relatives; -1 for none.
function mine(tracks) {
  const exact = tracks.findIndex((track) => track.lang === page);
  return exact >= 0 ? exact : tracks.findIndex((track) => primary(track.lang) === primary(page));
}

function fill(select, tracks) {
  for (const track of tracks) select.add(new Option(nameOf(track.lang, track.name), String(track.id)));
  select.closest("label").hidden = select.options.length < 2;
}

// What the menus show and choose, whoever plays: `by` gives the tracks and takes the choice.
function offer(by) {
  const heard = by.sounds();
  const read = by.texts();
  const open = read.filter((track) => !track.forced);
  fill(sounds, heard);
  fill(texts, open);
  const own = mine(heard);
  if (own >= 0) by.hear(heard[own].id);
  const now = own >= 0 ? heard[own] : heard.find((track) => track.default) || heard[0];
  sounds.value = String(now?.id ?? "");
  const help = open[mine(open)];
  texts.value = own < 0 && heard.length && help ? String(help.id) : "-1";

  const show = () => {
    const spoken = heard.find((track) => String(track.id) === sounds.value);
    // Without subtitles what must be read still is: forced narratives in the language that is heard.
    const forced = read.find((track) => track.forced && primary(track.lang) === primary(spoken?.lang));
    by.read(texts.value === "-1" ? forced?.id ?? -1 : Number(texts.value));
  };
  sounds.addEventListener("change", () => {
    by.hear(Number(sounds.value));
    show();
  });
  texts.addEventListener("change", show);
  menus.hidden = sounds.options.length < 2 && texts.options.length < 2;
  show();
}

function withHls(Hls) {
  // Segments are fragmented MP4, which the browser takes as it is: no worker has anything to do.
  const hls = new Hls({ enableWorker: false, subtitlePreference: undefined, audioPreference: undefined });
  let offered = false;
  const start = () => {
    if (offered || !hls.media || !hls.audioTracks.length) return;
    if (video.textTracks.length < hls.allSubtitleTracks.length) return; // one that is not there cannot be chosen
    offered = true;
    const told = (track, id) => ({
      id,
      lang: track.lang,
      name: track.name,
      default: track.default,
      forced: Boolean(track.forced),
    });
    offer({
      sounds: () => hls.audioTracks.map(told),
      texts: () => hls.subtitleTracks.map(told),
      hear: (id) => (hls.audioTrack = id),
      read: (id) => {
        hls.subtitleDisplay = id >= 0;
        hls.subtitleTrack = id;
      },
    });
  };
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, start);
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, start);
  hls.on(Hls.Events.MEDIA_ATTACHED, start);
  video.textTracks.addEventListener("addtrack", start);
  hls.on(Hls.Events.ERROR, (_event, problem) => {
    if (!problem.fatal) return;
    const closed = problem.response?.code === 403;
    hls.destroy();
    document.getElementById(closed ? "stopped" : "unstreamed").hidden = false;
    if (!closed) plain();
  });
  video.querySelectorAll("track").forEach((track) => track.remove()); // the package has its own
  hls.loadSource(video.dataset.stream);
  hls.attachMedia(video);
}

function natively() {
  video.querySelectorAll("track").forEach((track) => track.remove());
  video.src = video.dataset.stream;
  video.addEventListener(
    "loadedmetadata",
    () => {
      if (!video.audioTracks) return; // the browser's own menu has them
      const told = (track, id) => ({ id, lang: track.language, name: track.label, forced: track.kind === "forced" });
      offer({
        sounds: () => [...video.audioTracks].map(told),
        texts: () => [...video.textTracks].map(told),
        hear: (id) => [...video.audioTracks].forEach((track, at) => (track.enabled = at === id)),
        read: (id) =>
          [...video.textTracks].forEach((track, at) => (track.mode = at === id ? "showing" : "disabled")),
      });
    },
    { once: true },
  );
}

// Back to the film as one file, in its own language, from where it was.
function plain() {
  const source = video.querySelector("source");
  const at = video.currentTime;
  menus.hidden = true;
  video.src = source.src;
  video.addEventListener("loadedmetadata", () => (video.currentTime = at), { once: true });
}

const native = video.canPlayType(KIND) !== "";
if (native && "audioTracks" in video) natively();
else if (globalThis.Hls?.isSupported()) withHls(globalThis.Hls);
else if (native) natively();
else document.getElementById("unstreamed").hidden = false;
