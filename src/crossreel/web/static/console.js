// The console's one script. Everything works without it; it only makes hands faster.

const byKey = new Map()
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null

// Command palette: what /console/go does, in a dialog.

function palette() {
  const link = document.querySelector("[data-palette]")
  if (!link || !window.HTMLDialogElement) return
  const dialog = document.createElement("dialog")
  dialog.className = "palette"
  dialog.setAttribute("aria-label", link.textContent.trim())
  const field = document.createElement("input")
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false })
  for (const [name, value] of [
    ["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", "palette-list"],
    ["aria-autocomplete", "list"], ["aria-label", dialog.getAttribute("aria-label")],
  ]) field.setAttribute(name, value)
  const list = document.createElement("ul")
  Object.assign(list, { id: "palette-list", className: "targets" })
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", dialog.getAttribute("aria-label"))
  dialog.append(field, list)
  document.body.append(dialog)

  let chosen = 0
  let asked = 0
  const choose = (place) => {
    const items = [...list.children]
    if (!items.length) return field.removeAttribute("aria-activedescendant")
    chosen = (place + items.length) % items.length
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)))
    field.setAttribute("aria-activedescendant", items[chosen].id)
    items[chosen].scrollIntoView({ block: "nearest" })
  }
  const open = (item) => { if (item) location.assign(item.dataset.url) }
  const ask = async () => {
    const number = ++asked
    const answer = await fetch(`/console/go.json?${new URLSearchParams({ q: field.value })}`)
    if (number !== asked || !answer.ok) return
    const targets = await answer.json()
    list.replaceChildren(...targets.map((target, place) => {
      const item = document.createElement("li")
      item.id = `palette-${place}`
      item.setAttribute("role", "option")
      item.dataset.url = target.url
      const label = document.createElement("span")
      label.textContent = target.label
      label.dir = "auto"
      const group = document.createElement("span")
      group.className = "hint"
      group.textContent = target.group
      item.append(label, group)
      item.addEventListener("click", () => open(item))
      return item
    }))
    choose(0)
  }
  field.addEventListener("input", ask)
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1)
    else if (event.key === "ArrowUp") choose(chosen - 1)
    else if (event.key === "Enter") open(list.children[chosen])
    else return
    event.preventDefault()
  })
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close() })
  const show = (event) => {
    event?.preventDefault()
    if (dialog.open) return
    field.value = ""
    dialog.showModal()
    field.focus()
    ask()
  }
  link.addEventListener("click", show)
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") show(event)
  })
}

// The help sheet, read from its own page.

async function help(event) {
  event?.preventDefault()
  const known = document.querySelector("#keys-dialog")
  if (known) return known.showModal()
  const link = document.querySelector("[data-keys]")
  const answer = link && await fetch(link.href)
  if (!answer?.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const dialog = document.createElement("dialog")
  Object.assign(dialog, { id: "keys-dialog", className: "palette" })
  dialog.setAttribute("aria-label", link.textContent.trim())
  const inside = document.createElement("div")
  inside.className = "sheets"
  inside.tabIndex = 0
  inside.append(document.importNode(page.querySelector("[data-keys-sheet]"), true))
  dialog.append(inside)
  dialog.addEventListener("click", (clicked) => { if (clicked.target === dialog) dialog.close() })
  document.body.append(dialog)
  dialog.showModal()
}

// Rows by keyboard.

function rows() {
  const table = document.querySelector("table[data-rows]")
  if (!table) return
  const all = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.querySelector("a"))
  let here = -1
  const go = (place) => {
    if (!all.length) return
    all[here]?.classList.remove("here")
    here = Math.min(Math.max(place, 0), all.length - 1)
    all[here].classList.add("here")
    all[here].querySelector("a").focus({ preventScroll: true })
    all[here].scrollIntoView({ block: "nearest" })
  }
  byKey.set("j", () => go(here + 1))
  byKey.set("k", () => go(here - 1))
  byKey.set("x", () => all[here]?.querySelector("[name=pick]")?.click())
  table.addEventListener("focusin", (event) => {
    const place = all.indexOf(event.target.closest("tr"))
    if (place < 0 || place === here) return
    all[here]?.classList.remove("here")
    here = place
    all[here].classList.add("here")
  })
}

// How many are picked.

function picking() {
  const form = document.querySelector("[data-bulk]")
  const told = form?.querySelector("[data-picked]")
  if (!told) return
  const everything = form.querySelector("[data-everything]")
  const boxes = [...form.querySelectorAll("[name=pick]")]
  const head = form.querySelector("th.pick")
  const whole = document.createElement("input")
  whole.type = "checkbox"
  whole.setAttribute("aria-label", head.textContent.trim())
  head.append(whole)
  const count = () => {
    const picked = boxes.filter((box) => box.checked).length
    told.textContent = everything.checked ? "" : picked ? `${picked} ${told.dataset.picked}` : ""
    whole.checked = picked === boxes.length
    whole.indeterminate = picked > 0 && picked < boxes.length
  }
  whole.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = whole.checked })
    count()
  })
  let last = null
  boxes.forEach((box, place) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, place), Math.max(last, place)]
      boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked })
    }
    last = place
    count()
  }))
  everything.addEventListener("change", count)
  count()
}

// Forms: what is written survives an accident, an ended session or a wrong key until it is saved.

const DRAFT = "crossreel-draft "

function drafts() {
  if (document.querySelector(".flash.done")) {
    Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT)).forEach((key) => sessionStorage.removeItem(key))
  }
  const form = document.querySelector("form[data-draft]")
  if (!form) return
  const key = DRAFT + location.pathname + (new URLSearchParams(location.search).get("tab") ?? "")
  const fields = () => [...form.elements].filter((one) => one.name && !["token", "step"].includes(one.name))
  const written = () => JSON.stringify(fields().map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]))
  const stored = written()
  const draft = sessionStorage.getItem(key)
  let changed = document.querySelector("[data-errors]") !== null
  form.addEventListener("input", () => {
    changed = true
    sessionStorage.setItem(key, written())
  })
  form.addEventListener("submit", () => { changed = false })
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault() })
  if (!draft || draft === stored || changed) return
  const values = JSON.parse(draft)
  if (values.length !== fields().length || values.some(([name], place) => fields()[place].name !== name)) {
    return sessionStorage.removeItem(key) // the form has other rows since
  }
  const bar = document.createElement("div")
  bar.className = "flash restore"
  bar.setAttribute("role", "status")
  const text = document.createElement("p")
  text.textContent = form.dataset.draft
  const buttons = document.createElement("div")
  const button = (label, act) => {
    const made = document.createElement("button")
    Object.assign(made, { type: "button", className: "button", textContent: label })
    made.addEventListener("click", () => { act(); bar.remove() })
    buttons.append(made)
  }
  button(form.dataset.restore, () => {
    fields().forEach((one, place) => {
      const value = values[place][1]
      if (one.name === "expected") return
      if (one.type === "checkbox") one.checked = value
      else one.value = value
    })
    changed = true
  })
  button(form.dataset.discard, () => sessionStorage.removeItem(key))
  bar.append(text, buttons)
  form.before(bar)
}

function copying() {
  if (!navigator.clipboard) return
  for (const id of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button")
    Object.assign(button, { type: "button", className: "copy", textContent: id.dataset.copy })
    button.setAttribute("aria-label", `${id.dataset.copy} ${id.textContent}`)
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(id.textContent)
      button.textContent = id.dataset.copied
    })
    id.after(button)
  }
}

// One menu open at a time; Escape closes it.

function menus() {
  const all = [...document.querySelectorAll("details.menu, details.drop")]
  for (const menu of all) {
    menu.addEventListener("toggle", () => {
      if (menu.open) all.filter((other) => other !== menu).forEach((other) => { other.open = false })
    })
  }
  addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && all.find((menu) => menu.open)
    if (!open) return
    open.open = false
    open.querySelector("summary").focus()
  })
  addEventListener("click", (event) => {
    all.filter((menu) => menu.open && !menu.contains(event.target)).forEach((menu) => { menu.open = false })
  })
}

for (const current of document.querySelectorAll(".rail [aria-current], .tabs [aria-current], .views [aria-current]")) {
  const list = [current.closest("ul"), current.closest("nav")].find((one) => getComputedStyle(one).overflowX !== "visible")
  if (!list) continue
  list.scrollLeft += current.getBoundingClientRect().left - list.getBoundingClientRect().left - 48
}

palette()
rows()
picking()
drafts()
copying()
menus()
document.querySelector("[data-keys]")?.addEventListener("click", help)
document.querySelector("[data-errors]")?.focus()

byKey.set("?", help)
byKey.set("/", () => document.querySelector("[data-find]")?.focus())
byKey.set("[", () => document.querySelector("a[rel=prev]")?.click())
byKey.set("]", () => document.querySelector("a[rel=next]")?.click())

let before = ""
const PLACES = { o: "/console/", c: "/console/catalog", r: "/console/rights" }
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form") ?? document
    form.querySelector("[data-primary]")?.click()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
  if (document.querySelector("dialog[open]")) return
  if (before === "g" && PLACES[event.key]) {
    location.assign(PLACES[event.key])
  } else if (byKey.has(event.key)) {
    event.preventDefault()
    byKey.get(event.key)(event)
  }
  before = event.key
})
