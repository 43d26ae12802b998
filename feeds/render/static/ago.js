// How long ago each <time class="ago"> was, in the page's language. Without this they say the date.
"use strict";

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const WEEK = 7 * 86400;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function say(time) {
  const seconds = Math.round((Date.now() - Date.parse(time.dateTime)) / 1000);
  time.title ||= time.textContent;
  if (!(seconds >= 0 && seconds < WEEK)) {
    time.textContent = time.title;
    return;
  }
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? UNITS.at(-1);
  time.textContent = words.format(-Math.floor(seconds / length), unit);
}

function sayAll() {
  document.querySelectorAll("time.ago").forEach(say);
}

sayAll();
setInterval(sayAll, 15000);
