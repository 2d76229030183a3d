// A moment that is entered stands below its entry in words, too: browsers write days and months in the order of their own country, and leave the weekday out.
"use strict";

for (const entry of document.querySelectorAll("input[type=datetime-local]")) {
  const words = document.createElement("p");
  words.className = "hint";
  const style = {weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC"};
  const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const say = () => {
    const at = new Date(`${entry.value}Z`); // a wall clock, whatever the zone
    words.hidden = Number.isNaN(at.getTime());
    words.textContent = words.hidden ? "" : at.toLocaleString(lang, style);
  };
  entry.addEventListener("input", say);
  entry.after(words);
  say();
}
