// The workbench by hand: warnings while typing, the line drawn as it is typed, keys, playing a line.
// Without it every line is a page of its own, and saving checks it.

const form = document.querySelector("[data-write]")
const text = form.elements.namedItem("text")
const found = document.querySelector("#found")
const film = document.querySelector("[data-film]")
const wave = document.querySelector("[data-wave]")
const overlay = document.querySelector("[data-overlay]")

let asked = 0
let waiting = 0

async function check() {
  const number = ++asked
  const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) })
  if (number !== asked || !answer.ok || answer.redirected) return
  const html = await answer.text()
  if (number !== asked) return
  found.innerHTML = html
  overlay?.replaceChildren(found.querySelector(".cue").cloneNode(true))
}

function seconds(field) {
  return form.elements.namedItem(field).value.split(":").reduce((sum, part) => sum * 60 + Number(part.replace(",", ".")), 0)
}

function redraw() {
  const track = film?.textTracks[0]
  if (!track?.cues) return
  const start = Number(film.dataset.start)
  const old = [...track.cues].find((cue) => Math.abs(cue.startTime - start) < 0.002)
  const from = seconds("start")
  const to = seconds("end")
  if (!(to > from)) return
  const cue = new VTTCue(from, to, text.value)
  if (old) {
    for (const name of ["vertical", "line", "lineAlign", "position", "positionAlign", "size", "align", "region", "snapToLines"]) {
      try { cue[name] = old[name] } catch { /* an older browser lacks it */ }
    }
    track.removeCue(old)
  }
  track.addCue(cue)
  film.dataset.start = String(from)
}

form.addEventListener("input", () => {
  clearTimeout(waiting)
  waiting = setTimeout(() => { check(); redraw() }, 250)
})

// What was typed and not saved is not lost by a slip.
let sending = false
form.addEventListener("submit", () => { sending = true })
addEventListener("beforeunload", (event) => {
  if (!sending && text.value !== text.defaultValue) event.preventDefault()
})

function take(place) {
  const wording = document.querySelectorAll("[data-wording]")[place]
  if (!wording || text.readOnly) return
  text.value = wording.textContent
  text.dispatchEvent(new Event("input", { bubbles: true }))
  text.focus()
}

document.querySelectorAll("[data-wording]").forEach((wording, place) => {
  const button = document.createElement("button")
  Object.assign(button, { type: "button", className: "button", textContent: String(place + 1) })
  button.setAttribute("aria-label", `${place + 1}: ${wording.textContent}`)
  button.addEventListener("click", () => take(place))
  wording.parentElement.append(button)
})

let until = Infinity

function play() {
  if (!film) return
  if (!film.paused) return film.pause()
  film.currentTime = Math.max(0, seconds("start") - 0.3)
  until = seconds("end") + 0.3
  film.play()
}

function showNow() {
  if (!film || !wave) return
  if (overlay) overlay.hidden = film.currentTime < seconds("start") - 0.05 || film.currentTime >= seconds("end")
  const share = (film.currentTime - Number(wave.dataset.from)) / (Number(wave.dataset.to) - Number(wave.dataset.from))
  const now = wave.querySelector(".now")
  const x = share >= 0 && share <= 1 ? share * 1000 : -9
  now.setAttribute("x1", x)
  now.setAttribute("x2", x)
}

film?.addEventListener("timeupdate", () => {
  showNow()
  if (film.currentTime >= until) {
    until = Infinity
    film.pause()
  }
})
film?.addEventListener("seeking", showNow)
wave?.querySelector("svg").addEventListener("click", (event) => {
  if (!film) return
  const box = event.currentTarget.getBoundingClientRect()
  const share = (event.clientX - box.left) / box.width
  film.currentTime = Number(wave.dataset.from) + share * (Number(wave.dataset.to) - Number(wave.dataset.from))
})

addEventListener("keydown", (event) => {
  const inside = event.target.closest("input, textarea, select, dialog")
  if (event.key === "Escape" && inside && !event.target.closest("dialog")) return event.target.blur()
  if (event.ctrlKey || event.metaKey || event.altKey || inside || document.querySelector("dialog[open]")) return
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    event.preventDefault()
    text.focus()
    text.setSelectionRange(text.value.length, text.value.length)
  } else if (event.key === "p") {
    event.preventDefault()
    play()
  } else if (event.key === "c") {
    event.preventDefault()
    document.querySelector("[data-focus=c]").focus()
  } else if (/^[1-3]$/.test(event.key)) {
    take(Number(event.key) - 1)
  } else {
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click()
  }
})
