// What a form of content does beyond the browser's own: a toolbar for Markdown, a preview while one types, and a draft that is kept; that
// is there without it, too, by buttons of the form. And an event ends with its beginning, and a picture is seen before it is sent.
"use strict";

for (const form of document.querySelectorAll("form[data-preview]")) {
  for (const spare of form.querySelectorAll("[data-without-script]")) spare.hidden = true;
  for (const area of form.querySelectorAll("textarea[data-prose]")) {
    offerTools(area);
    showWhileTyping(area, form);
  }
  if (form.elements.starts && form.elements.ends) endWithBeginning(form.elements.starts, form.elements.ends);
  if (form.elements.image_file) showPicture(form.elements.image_file);
  if (form.dataset.draft) keepDraft(form);
}

// later calls f when nothing has called it for a while.
function later(ms, f) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(f, ms);
  };
}

function offerTools(area) {
  const tools = document.getElementById("tools").content.firstElementChild.cloneNode(true);
  tools.addEventListener("click", e => {
    const button = e.target.closest("[data-mark]");
    if (button) mark(area, button.dataset.mark);
  });
  area.before(tools);
  area.addEventListener("keydown", e => {
    const name = {b: "bold", i: "italic", k: "link"}[e.key.toLowerCase()];
    if (!name || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
    e.preventDefault();
    mark(area, name);
  });
}

// showPicture shows the picture that is chosen, before it is sent.
function showPicture(entry) {
  let shown;
  entry.addEventListener("change", () => {
    shown?.remove();
    if (!entry.files[0]) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      shown = new Image();
      shown.className = "chosen";
      shown.alt = entry.files[0].name;
      shown.addEventListener("error", () => shown.remove()); // the server says what is wrong with it
      shown.src = reader.result;
      entry.after(shown);
    });
    reader.readAsDataURL(entry.files[0]);
  });
}

// endWithBeginning lets an event end as long after it begins as it did, and a new one after an hour.
function endWithBeginning(starts, ends) {
  const at = field => Date.parse(`${field.value}Z`); // wall clocks, whatever the zone
  let long = at(ends) - at(starts); // NaN: nobody knows
  const measure = () => { long = at(ends) - at(starts); };
  ends.addEventListener("input", measure);
  starts.addEventListener("input", () => {
    if (Number.isNaN(long) && ends.value) return measure();
    const moved = at(starts) + (Number.isNaN(long) ? 3600e3 : long);
    if (Number.isNaN(moved)) return;
    ends.value = new Date(moved).toISOString().slice(0, 16);
    ends.dispatchEvent(new Event("input"));
  });
}

// mark puts the signs of Markdown around what is selected, or before its lines, and selects what may be typed next.
function mark(area, name) {
  const from = area.selectionStart, to = area.selectionEnd, text = area.value;
  const words = text.slice(from, to);
  const around = {bold: ["**", "**"], italic: ["_", "_"], link: ["[", "](https://)"]}[name];
  if (around) {
    replace(area, from, to, around[0] + words + around[1]);
    const inside = from + around[0].length;
    if (name === "link" && words) area.setSelectionRange(inside + words.length + 2, inside + words.length + 10);
    else area.setSelectionRange(inside, inside + words.length);
    return;
  }
  const begin = text.lastIndexOf("\n", from - 1) + 1;
  const end = (text + "\n").indexOf("\n", to);
  const lines = text.slice(begin, end).split("\n");
  const before = {list: () => "- ", numbers: i => `${i + 1}. `, heading: () => "## "}[name];
  const marked = lines.map((line, i) => before(i) + line.replace(/^(#+|-|\d+\.)\s+/, "")).join("\n");
  replace(area, begin, end, marked);
  area.setSelectionRange(begin + marked.length, begin + marked.length);
}

// replace types over a stretch of the text, so that it can be undone as typing can.
function replace(area, from, to, by) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, by)) return;
  area.setRangeText(by, from, to, "end");
  area.dispatchEvent(new Event("input", {bubbles: true}));
}

function showWhileTyping(area, form) {
  const shown = area.parentElement.querySelector(".shown");
  let latest;
  async function show() {
    latest?.abort();
    latest = new AbortController();
    shown.hidden = area.value.trim() === "";
    if (shown.hidden) return;
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST", signal: latest.signal, body: new URLSearchParams({token: form.elements.token.value, text: area.value}),
      });
      if (answer.ok) shown.innerHTML = await answer.text(); // made by the server of the few elements that a mail may have
    } catch {
      // another letter was typed, or the server is away: the next one shows it
    }
  }
  area.addEventListener("input", later(400, show));
  if (area.value) show();
}

function keepDraft(form) {
  const said = form.querySelector(".kept");
  let typed = false, leaving = false, latest;
  const entries = () => {
    const all = new URLSearchParams(new FormData(form));
    all.set("do", "keep");
    all.delete("image_file"); // a file is no words
    return all;
  };
  const keep = later(1500, async () => {
    if (leaving) return;
    latest = new AbortController();
    const body = entries();
    try {
      const answer = await fetch(form.dataset.draft, {method: "POST", body, signal: latest.signal});
      if (!answer.ok) return;
      typed = false;
      said.textContent = `${form.dataset.kept} ${new Date().toLocaleTimeString(document.documentElement.lang, {hour: "2-digit", minute: "2-digit"})}`;
    } catch {
      // the server is away: what is typed next is kept, or the page as it is left
    }
  });
  form.addEventListener("input", () => {
    typed = true;
    keep();
  });
  form.addEventListener("submit", () => {
    leaving = true;
    latest?.abort();
  });
  addEventListener("pagehide", () => {
    if (typed && !leaving) navigator.sendBeacon(form.dataset.draft, entries());
  });
}
