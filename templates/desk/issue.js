// What the pages of issues do more where scripts run: items are dragged, lengths are counted while one types, a preview follows its options, and
// progress is shown as it happens. All of it is there without, too.
(() => {
  "use strict";

  // Dragging: what is dropped is sent by the item's own form.
  let dragged = null;
  const mark = (target) => {
    for (const old of document.querySelectorAll(".over")) old.classList.remove("over");
    if (target) target.classList.add("over");
  };
  for (const item of document.querySelectorAll("[data-item]")) {
    const form = item.querySelector("form.moves");
    if (!form) continue;
    item.draggable = true;
    item.addEventListener("dragstart", (e) => {
      dragged = item;
      e.dataTransfer.effectAllowed = "move";
      e.dataTransfer.setData("text/plain", item.dataset.item);
    });
    item.addEventListener("dragend", () => { dragged = null; mark(null); });
  }
  for (const list of document.querySelectorAll("[data-section]")) {
    list.addEventListener("dragover", (e) => {
      if (!dragged) return;
      e.preventDefault();
      mark(e.target.closest("[data-item]") || list);
    });
    list.addEventListener("drop", (e) => {
      if (!dragged) return;
      e.preventDefault();
      const items = [...list.querySelectorAll("[data-item]")];
      const at = items.indexOf(e.target.closest("[data-item]"));
      const to = document.createElement("input");
      to.type = "hidden";
      to.name = "to";
      to.value = list.dataset.section + " " + (at < 0 ? items.length + 1 : at + 1);
      const form = dragged.querySelector("form.moves");
      form.append(to);
      form.submit();
    });
  }

  // Lengths, as one types.
  for (const count of document.querySelectorAll("[data-count]")) {
    const field = document.getElementById(count.dataset.count);
    const words = count.textContent;
    field.addEventListener("input", () => {
      const long = [...field.value].length;
      count.textContent = words.replace(/\d+/, long);
      count.classList.toggle("much", long > Number(count.dataset.good));
    });
  }

  // A preview follows its options. Only the preview is made anew, so that the focus stays where it is.
  for (const form of document.querySelectorAll("form[data-auto]")) {
    let latest = 0;
    const show = form.querySelector("[data-show]"), as = form.elements.as;
    show.hidden = !as?.value; // the mail follows every choice but an address that is being written
    as?.addEventListener("input", () => { show.hidden = false; });
    form.addEventListener("change", async (e) => {
      if (e.target.type === "email") return;
      const address = form.action + "?" + new URLSearchParams(new FormData(form));
      const mine = ++latest;
      let preview = null;
      try {
        const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
        preview = page.querySelector("section[aria-labelledby=preview]");
      } catch {
        // the server is away: the browser says it, below
      }
      if (mine !== latest) return;
      if (!preview) { form.requestSubmit(); return; } // logged out, perhaps
      document.querySelector("section[aria-labelledby=preview]").replaceWith(preview);
      history.replaceState(null, "", address);
    });
  }

  // Who writes a moment means it.
  const moment = document.querySelector("input[type=datetime-local]#at");
  if (moment) moment.addEventListener("input", () => { document.querySelector("input[name=when][value=at]").checked = true; });

  // Progress.
  const section = document.querySelector("[data-progress]");
  if (section) {
    const events = new EventSource(section.dataset.progress);
    events.onmessage = (e) => {
      const p = JSON.parse(e.data);
      if (p.over || p.state !== section.dataset.state) {
        events.close();
        location.reload();
        return;
      }
      if (p.counts.uncertain > 0 && section.dataset.doubt === "0") { // somebody has to decide
        events.close();
        location.reload();
        return;
      }
      const bar = document.getElementById("bar");
      if (!bar) return; // it has not begun
      bar.value = p.percent;
      section.querySelector("[data-done]").textContent = p.done;
      section.querySelector("[data-rate]").textContent = p.rate;
      for (const cell of section.querySelectorAll("[data-outcome]")) {
        cell.textContent = p.counts[cell.dataset.outcome];
        cell.parentElement.hidden = p.counts[cell.dataset.outcome] === 0;
      }
    };
  }
})();
