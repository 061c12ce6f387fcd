// What the pages gain with scripts: suggestions by keyboard, help on "?", a word when offline.
// Everything else works without; nothing here is needed to find, rate or read.
"use strict";

const htmxAddress = document.currentScript.dataset.htmx;
const field = document.getElementById("q");
const box = document.getElementById("suggest");
const list = document.getElementById("suggestions");
const said = document.getElementById("suggested");
const keys = document.getElementById("keys");

// ---- suggestions: a combobox with a listbox (ARIA Authoring Practices 1.2, list autocomplete)

let active = -1;
let asked = false;

// htmx brings the suggestions; it is fetched when somebody is about to type.
function bring() {
  if (asked) return;
  asked = true;
  const before = field.value;
  const script = document.createElement("script");
  script.src = htmxAddress;
  script.addEventListener("load", () => {
    if (field.value !== before) {
      // as the field's own, so that a later one replaces it and an older answer never comes last
      htmx.ajax("GET", "/search/suggest", { source: field, target: "#suggestions" });
    }
  });
  document.head.append(script);
}

const options = () => [...list.querySelectorAll("[role=option]")];

function mark(number) {
  const all = options();
  active = all.length ? (number + all.length) % all.length : -1;
  all.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
  if (active < 0) {
    field.removeAttribute("aria-activedescendant");
  } else {
    field.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }
}

function unmark() {
  active = -1;
  options().forEach((option) => option.setAttribute("aria-selected", "false"));
  field.removeAttribute("aria-activedescendant");
}

function show(open) {
  box.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
  if (!open) unmark();
}

function typed(event) {
  const steps = { ArrowDown: active + 1, ArrowUp: active < 0 ? options().length - 1 : active - 1 };
  if (event.key in steps && !event.isComposing) {
    event.preventDefault();
    if (box.hidden && options().length) show(true);
    else mark(steps[event.key]);
  } else if (event.key === "Enter" && active >= 0 && !box.hidden && !event.isComposing) {
    event.preventDefault();
    options()[active].click();
  } else if (event.key === "Escape" && !box.hidden) {
    event.preventDefault();
    event.stopPropagation();
    show(false);
  }
}

if (field && box) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("keydown", typed);
  field.addEventListener("input", () => show(field.value.trim() !== ""));
  field.addEventListener("focus", bring);
  field.addEventListener("focus", () => options().length && field.value.trim() && show(true));
  list.addEventListener("htmx:afterSwap", () => {
    unmark();
    said.textContent = list.firstElementChild?.dataset.summary ?? "";
  });
  if (document.activeElement === field) bring();
  document.addEventListener("focusin", (event) => event.target.closest(".find") || show(false));
  document.addEventListener("pointerdown", (event) => event.target.closest(".find") || show(false));
}

// ---- keys that work everywhere but in fields

function isWriting(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (event.key === "/" && field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "?" && keys && !keys.open) {
    event.preventDefault();
    keys.showModal();
  }
});

document.addEventListener("pointerdown", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

const help = document.getElementById("show-keys");
if (help && keys) {
  help.hidden = false;
  help.addEventListener("click", () => keys.showModal());
}

// ---- offline

const offline = document.getElementById("offline");
function tellWhetherOnline() {
  if (offline) offline.hidden = navigator.onLine;
}
addEventListener("offline", tellWhetherOnline);
addEventListener("online", tellWhetherOnline);
tellWhetherOnline();
