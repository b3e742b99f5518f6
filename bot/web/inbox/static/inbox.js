// Shows what comes in while a page is open. Everything works without it; texts become text nodes only.
"use strict";

const EVERY = 5000; // milliseconds

const list = document.querySelector("[data-stand]");
const talk = document.getElementById("berichten");
const news = document.getElementById("nieuws");
const form = document.getElementById("antwoordformulier");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.status === 401) {
    tell("Je bent uitgelogd. ", "Log opnieuw in", location.pathname + location.search);
    return null;
  }
  return answer.ok ? answer.json() : undefined;
}

function tell(text, linkText, address) {
  if (news.textContent.startsWith(text)) return; // a screen reader hears it once
  const link = element("a", linkText);
  link.href = address;
  news.replaceChildren(element("span", text), link);
}

async function watchList() {
  const found = await get(list.dataset.bron);
  if (found && found.stand !== list.dataset.stand) tell("Er is iets veranderd in de lijst. ", "Ververs", location.href);
  return found !== null;
}

const WHO = ["asker", "bot", "person", "note"];

function message(said) {
  const item = element("li", "", "said" + (WHO.includes(said.who) ? " " + said.who : ""));
  const by = element("p", "", "by");
  by.append(element("strong", said.name), " ");
  if (said.who === "note") by.append(element("span", "notitie, alleen voor collega's", "tag"), " ");
  by.append(element("span", "nieuw", "tag new"), " ", element("time", said.at));
  item.append(by, element("p", said.text, "text"));
  if (said.sources.length) item.append(element("p", "Bronnen: " + said.sources.join("; "), "sources"));
  return item;
}

async function watchTalk() {
  const found = await get(`${talk.dataset.bron}?na=${talk.dataset.bekend}`);
  if (!found) return found !== null;
  document.getElementById("status").textContent = found.state;
  if (found.messages.length) {
    const items = found.messages.map(message);
    talk.append(...items);
    talk.dataset.bekend = found.count;
    const last = items[items.length - 1];
    last.id = `bericht-${found.count}`;
    const names = [...new Set(found.messages.map((said) => said.name.toLowerCase() === "vrager" ? "de vrager" : said.name))];
    news.replaceChildren();
    tell(`Nieuw bericht van ${names.join(" en ")}. `, "Lees het", `#${last.id}`);
    // Only what was on the screen counts as read; else the server says at sending what came in.
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting) || document.hidden) return;
      seen.disconnect();
      form.elements.gezien.value = Math.max(Number(form.elements.gezien.value), found.version);
      form.elements.bekend.value = found.count;
    }, { threshold: 0.5 });
    if (form) seen.observe(last);
  }
  return true;
}

async function keepWatching(look) {
  let wait = EVERY;
  for (;;) {
    await new Promise((done) => setTimeout(done, wait));
    if (document.hidden) continue;
    try {
      if (!await look()) return;
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, 60000);
    }
  }
}

if (list) keepWatching(watchList);
if (talk) keepWatching(watchTalk);

// A second press doesn't send twice; the server would do it once anyway.
for (const each of document.querySelectorAll("form[method=post]")) {
  each.addEventListener("submit", (event) => {
    if (each.dataset.sent) event.preventDefault();
    each.dataset.sent = "1";
    setTimeout(() => delete each.dataset.sent, 3000);
  });
}
