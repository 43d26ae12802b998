// How long ago each <time class="ago"> was, in the page's language; without this they say the date. And when
// a source answered last.
"use strict";

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const SKEW = MINUTE; // how far the reader's clock may be behind ours
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

// Days are those of the reader's calendar: what was 30 hours ago may have been two days ago.
function daysSince(moment) {
  const [today, day] = [Date.now(), moment].map((one) => new Date(one).setHours(0, 0, 0, 0));
  return Math.round((today - day) / DAY);
}

function say(time) {
  time.title ||= time.textContent;
  const isDay = time.title.length === "2022-03-17".length;
  const moment = Date.parse(isDay ? `${time.title}T00:00` : time.dateTime);
  const passed = Date.now() - moment;
  if (!(passed > -SKEW && passed < WEEK)) {
    time.textContent = time.title;
  } else if (isDay || passed >= DAY) {
    time.textContent = words.format(-Math.max(daysSince(moment), 0), "day");
  } else {
    const [unit, length] = passed >= HOUR ? ["hour", HOUR] : ["minute", MINUTE];
    time.textContent = words.format(-Math.floor(Math.max(passed, 0) / length), unit);
  }
}

function sayAll() {
  document.querySelectorAll("time.ago").forEach(say);
}

// The headers that the page came with say it: asked for once, and not there in what is served from files.
async function sayAnswered(place) {
  const answer = await fetch(location.href, { method: "HEAD" });
  const moment = Date.parse(answer.headers.get("X-Feedmill-Last-Success"));
  if (isNaN(moment)) return;
  const time = document.createElement("time");
  const form = { timeZone: place.dataset.zone, dateStyle: "short", timeStyle: "short" };
  time.textContent = new Date(moment).toLocaleString("sv", form); // 2022-03-17 00:48, as on all the page
  time.dateTime = new Date(moment).toISOString();
  time.className = "ago";
  const [before, after] = place.dataset.checked.split("{}");
  place.append(before, time, after);
  sayAll();
}

sayAll();
setInterval(sayAll, 15000);
if (location.protocol.startsWith("http")) {
  document.querySelectorAll("[data-checked]").forEach((place) => sayAnswered(place).catch(() => {}));
}
