/* IPS-wijzer's chat: <script src="…/widget.js" defer></script><ips-wijzer></ips-wijzer>
 *
 * One web component, no dependencies, no build step. What people and the bot write becomes text nodes only: there is no
 * place where a string is read as markup. The conversation's id is random and stays in this browser.
 */
(() => {
  "use strict";

  const ADDRESS = new URL("webhooks/rest/webhook", document.currentScript.src).href;
  const STORED_AS = "ips-wijzer:1";
  const LONGEST_MESSAGE = 2000;
  const NEARLY_FULL = 1800;
  const KEPT_MESSAGES = 200;
  const WAIT_MS = 45_000;
  const TOUCH = matchMedia("(pointer: coarse)");

  const TEXT = {
    open: "Chat met IPS-wijzer",
    close: "Sluit de chat",
    title: "IPS-wijzer",
    subtitle: "Chatbot over IPS",
    log: "Gesprek",
    label: "Je bericht",
    hint: "Enter verstuurt, Shift + Enter geeft een nieuwe regel.",
    send: "Verstuur",
    you: "Jij",
    bot: "IPS-wijzer",
    first: "Stel hier je vraag over IPS, of vertel in je eigen woorden wat voor organisatie jullie zijn.",
    starters: ["Ga na of wij IPS mogen doen", "Wat is IPS?"],
    typing: "IPS-wijzer typt …",
    patience: "Even geduld: ik ben nog met je vorige bericht bezig.",
    choices: "Antwoorden om uit te kiezen",
    restart: "Opnieuw beginnen",
    restartSays: "opnieuw beginnen",
    person: "Praat met een mens",
    personSays: "ik wil een mens spreken",
    failed: "Niet verstuurd. Je bericht staat hier nog.",
    again: "Opnieuw versturen",
    left: (count) => (count === 1 ? "Nog 1 teken." : `Nog ${count} tekens.`),
    tooLong: (count) =>
      `${count} ${count === 1 ? "teken" : "tekens"} te veel. Deel je bericht op in kortere berichten.`,
  };

  const STYLE = `
    :host { all: initial; --_ink: var(--ips-wijzer-ink, #1d2733); --_brand: var(--ips-wijzer-brand, #0b5563);
      --_soft: #eef4f5; --_line: #6b7c85; --_wrong: #a4161a;
      --_font: var(--ips-wijzer-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif); }
    *, *::before, *::after { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .shell, .launcher { font: 400 1rem/1.5 var(--_font); color: var(--_ink); }
    button { font: inherit; cursor: pointer; border-radius: .6rem; min-height: 2.75rem; padding: .4rem .9rem;
      border: 1px solid var(--_brand); background: #fff; color: var(--_brand); text-align: start; }
    button:hover { background: var(--_soft); }
    button.strong { background: var(--_brand); color: #fff; }
    button.strong:hover { background: #083f4a; }
    :focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
    .launcher { position: fixed; inset-block-end: 1.25rem; inset-inline-end: 1.25rem; z-index: 2147483000;
      border-radius: 2rem; padding: .7rem 1.3rem; font-weight: 600; box-shadow: 0 4px 16px rgb(0 0 0 / .25); }
    .shell { position: fixed; inset-block-end: 1.25rem; inset-inline-end: 1.25rem; z-index: 2147483000;
      inline-size: min(26rem, calc(100vw - 2.5rem)); block-size: min(42rem, calc(100dvh - 2.5rem));
      display: flex; flex-direction: column; background: #fff; border: 1px solid var(--_line); border-radius: 1rem;
      overflow: clip; box-shadow: 0 10px 40px rgb(0 0 0 / .25); }
    header { display: flex; align-items: center; gap: .75rem; padding: .75rem 1rem; background: var(--_brand); color: #fff; }
    h2 { margin: 0; font-size: 1.1rem; line-height: 1.3; font-weight: 650; }
    header p { margin: 0; font-size: .875rem; }
    header div { flex: 1; min-inline-size: 0; }
    header button { background: transparent; color: #fff; border-color: #fff; min-inline-size: 2.75rem; text-align: center;
      padding: 0; font-size: 1.4rem; line-height: 1; }
    header button:hover { background: #083f4a; }
    header :focus-visible { outline-color: #fff; }
    .progress { padding: .5rem 1rem; border-block-end: 1px solid #c9d5d8; font-size: .9rem; }
    progress { display: block; inline-size: 100%; block-size: .6rem; accent-color: var(--_brand); }
    .log { flex: 1 1 auto; min-block-size: 8rem; overflow-y: auto; padding: 1rem; display: flex; flex-direction: column;
      gap: .75rem; scroll-behavior: smooth; scroll-padding: .75rem; overflow-wrap: anywhere; }
    .log:focus-visible { outline-offset: -3px; }
    .message { max-inline-size: 90%; padding: .6rem .9rem; border-radius: 1rem; border: 1px solid transparent; }
    .message.bot { align-self: flex-start; background: var(--_soft); border-start-start-radius: .25rem; }
    .message.you { align-self: flex-end; background: #14323a; color: #fff; border-end-end-radius: .25rem; }
    .message.you.wrong { background: #fff; color: var(--_ink); border-color: var(--_wrong); }
    .message.safety { background: #fff4e5; border: 2px solid #8a4b00; max-inline-size: 100%; }
    .message > * { margin: 0; }
    .message > * + * { margin-block-start: .5rem; }
    .message > .unseen + * { margin-block-start: 0; }
    ul { padding-inline-start: 1.2rem; }
    li + li { margin-block-start: .25rem; }
    .source { font-size: .875rem; padding-block-start: .4rem; border-block-start: 1px solid #b9c7cb; }
    .wrongly { color: var(--_wrong); font-size: .9rem; font-weight: 600; }
    .choices { display: flex; flex-wrap: wrap; gap: .5rem; }
    .status { min-block-size: 1.6rem; padding: 0 1rem; font-size: .9rem; }
    form { padding: .5rem 1rem .75rem; border-block-start: 1px solid #c9d5d8; display: grid;
      grid-template-columns: 1fr auto; gap: .25rem .5rem; }
    label { grid-column: 1 / -1; font-weight: 600; font-size: .9rem; }
    textarea { font: inherit; color: inherit; background: #fff; inline-size: 100%; min-block-size: 2.75rem;
      max-block-size: 9rem; resize: vertical; padding: .55rem .7rem; border: 1px solid var(--_line); border-radius: .6rem; }
    textarea[aria-invalid="true"] { border-color: var(--_wrong); border-width: 2px; }
    form .strong { align-self: end; font-weight: 600; }
    .hint { grid-column: 1 / -1; margin: 0; font-size: .8125rem; color: #45545c; }
    .hint.wrong { color: var(--_wrong); font-weight: 600; }
    .more { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0 1rem .75rem; }
    .more button { border: 0; min-height: 1.75rem; padding: 0; text-decoration: underline; font-size: .9rem; }
    .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    @media (max-width: 30rem), (max-height: 30rem) {
      .shell { inset: 0; inline-size: 100%; block-size: 100%; border: 0; border-radius: 0; }
      .hint:not(.wrong) { display: none; }
    }
    @media (max-height: 30rem) { .shell { overflow-y: auto; display: block; } .log { overflow-y: visible; } }
    @media (prefers-reduced-motion: reduce) { .log { scroll-behavior: auto; } }
    @media (forced-colors: active) { .message, .launcher, header { border: 1px solid CanvasText; } }
  `;

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element && !name.startsWith("aria")) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  function randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const lengthOf = (text) => Array.from(text.normalize("NFC").trim()).length;

  // --- light Markdown: paragraphs, "- " lists, **bold** -------------------------------------------------------------

  function inline(text) {
    return text.split(/\*\*(.+?)\*\*/su).map((part, place) => (place % 2 ? make("strong", {}, part) : part));
  }

  function withBreaks(lines) {
    return lines.flatMap((line, place) => (place ? [make("br"), ...inline(line)] : inline(line)));
  }

  function blocks(text) {
    const found = [];
    let kind = null;
    for (const line of text.split("\n")) {
      const now = !line.trim() ? null : /^\s*- /u.test(line) ? "list" : /^Bron(nen)?: /u.test(line) ? "source" : "text";
      if (now && now === kind) found.at(-1).lines.push(line);
      else if (now) found.push({ kind: now, lines: [line] });
      kind = now;
    }
    return found;
  }

  function rendered(text) {
    return blocks(text).map(({ kind, lines }) => {
      if (kind === "list") {
        return make("ul", {}, ...lines.map((line) => make("li", {}, ...inline(line.replace(/^\s*- /u, "")))));
      }
      return make("p", { className: kind === "source" ? "source" : "" }, ...withBreaks(lines));
    });
  }

  // --- what stays in this browser ------------------------------------------------------------------------------------

  function fresh() {
    return { session: `web-${randomId()}`, messages: [], progress: null, draft: "", open: false };
  }

  function restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORED_AS));
      if (/^web-[0-9a-f]{32}$/u.test(kept.session) && Array.isArray(kept.messages)) return { ...fresh(), ...kept };
    } catch {
      // nothing kept, or storage is off: start anew
    }
    return fresh();
  }

  function keep(state) {
    try {
      localStorage.setItem(STORED_AS, JSON.stringify({ ...state, messages: state.messages.slice(-KEPT_MESSAGES) }));
    } catch {
      // storage is off or full: the conversation goes on, but won't survive a reload
    }
  }

  // --- the server ----------------------------------------------------------------------------------------------------

  /** Return { replies } or { refused } (a sentence); throws when the server can't be reached. */
  async function post(session, message) {
    const response = await fetch(ADDRESS, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender: session, message: message.says, client_message_id: message.id }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const content = await response.json();
    return response.ok ? { replies: content } : { refused: String(content.error.message) };
  }

  // --- the component -------------------------------------------------------------------------------------------------

  class IpsWijzer extends HTMLElement {
    #state = restore();
    #busy = false;
    #part = {};

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      root.append(...this.#build());
      this.#listen();
      this.#showAll();
      if (this.#state.open || this.hasAttribute("open")) this.#open({ focus: false });
    }

    #build() {
      const part = this.#part;
      part.launcher = make("button", { type: "button", className: "launcher strong", "aria-expanded": "false" }, TEXT.open);
      part.close = make("button", { type: "button", "aria-label": TEXT.close }, "×");
      part.progressLabel = make("span", { id: "progress-label" });
      part.bar = make("progress", { "aria-labelledby": "progress-label" });
      part.progress = make("div", { className: "progress", hidden: true }, part.progressLabel, part.bar);
      part.log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-label": TEXT.log });
      part.status = make("div", { className: "status", role: "status" });
      part.input = make("textarea", { id: "input", rows: 1, "aria-describedby": "hint", value: this.#state.draft });
      part.hint = make("p", { id: "hint", className: "hint" }, TEXT.hint);
      part.send = make("button", { type: "submit", className: "strong" }, TEXT.send);
      part.form = make("form", { noValidate: true }, make("label", { htmlFor: "input" }, TEXT.label), part.input,
        part.send, part.hint);
      part.person = make("button", { type: "button" }, TEXT.person);
      part.restart = make("button", { type: "button" }, TEXT.restart);
      const title = make("h2", { id: "title" }, this.getAttribute("title") || TEXT.title);
      part.shell = make("section", { className: "shell", lang: "nl", hidden: true, "aria-labelledby": "title" },
        make("header", {}, make("div", {}, title, make("p", {}, TEXT.subtitle)), part.close),
        part.progress, part.log, part.status, part.form,
        make("div", { className: "more" }, part.person, part.restart));
      return [part.launcher, part.shell];
    }

    #listen() {
      const part = this.#part;
      part.launcher.addEventListener("click", () => this.#open({ focus: true }));
      part.close.addEventListener("click", () => this.#close());
      part.shell.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.#close();
      });
      part.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#submit();
      });
      part.input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#submit();
      });
      part.input.addEventListener("input", () => this.#typed());
      part.person.addEventListener("click", () => this.#say(TEXT.personSays));
      part.restart.addEventListener("click", () => this.#say(TEXT.restartSays));
    }

    #open({ focus }) {
      const { launcher, shell, input, log } = this.#part;
      shell.hidden = false;
      launcher.hidden = true;
      launcher.setAttribute("aria-expanded", "true");
      this.#remember({ open: true });
      log.lastElementChild.scrollIntoView({ block: "end", behavior: "instant" });
      if (focus) input.focus();
    }

    #close() {
      const { launcher, shell } = this.#part;
      shell.hidden = true;
      launcher.hidden = false;
      launcher.setAttribute("aria-expanded", "false");
      this.#remember({ open: false });
      launcher.focus();
    }

    #remember(changes) {
      Object.assign(this.#state, changes);
      keep(this.#state);
    }

    // --- typing

    #typed() {
      this.#remember({ draft: this.#part.input.value });
      const length = lengthOf(this.#part.input.value);
      if (length > LONGEST_MESSAGE) this.#hint(TEXT.tooLong(length - LONGEST_MESSAGE), true);
      else if (length >= NEARLY_FULL) this.#hint(TEXT.left(LONGEST_MESSAGE - length), false);
      else this.#hint(TEXT.hint, false);
    }

    #hint(text, wrong) {
      const { hint, input } = this.#part;
      if (hint.textContent !== text) hint.textContent = text;
      hint.classList.toggle("wrong", wrong);
      input.setAttribute("aria-invalid", String(wrong));
    }

    #submit() {
      const { input, status } = this.#part;
      const text = input.value.trim();
      if (!text) return;
      if (lengthOf(text) > LONGEST_MESSAGE) {
        status.textContent = this.#part.hint.textContent;
        return;
      }
      if (this.#say(text)) {
        input.value = "";
        this.#typed();
      }
    }

    // --- talking

    /** Send what somebody says (and shows, for a button); return whether it was taken. */
    #say(says, shows = says, typed = true) {
      if (this.#busy) {
        this.#part.status.textContent = TEXT.patience;
        return false;
      }
      const message = { who: "you", text: shows, says, id: randomId(), failed: false };
      this.#state.messages.push(message);
      this.#dropChoices();
      this.#show(message);
      // After a tap the input would bring up a phone's keyboard, over the next question.
      (typed ? this.#part.input : this.#part.log).focus({ preventScroll: true });
      void this.#deliver(message);
      return true;
    }

    async #deliver(message) {
      this.#busy = true;
      this.#part.send.setAttribute("aria-disabled", "true");
      this.#part.status.textContent = TEXT.typing;
      try {
        const answer = await post(this.#state.session, message);
        if (answer.refused) this.#fail(message, answer.refused);
        else this.#receive(message, answer.replies);
      } catch {
        this.#fail(message, TEXT.failed);
      }
      this.#busy = false;
      this.#part.send.removeAttribute("aria-disabled");
      this.#part.status.textContent = "";
      keep(this.#state);
    }

    #receive(message, replies) {
      message.failed = false;
      for (const reply of replies) {
        const custom = reply.custom || {};
        if (custom.forget) this.#forget();
        if (custom.message) this.#mask(message, custom.message);
        if (custom.progress) this.#remember({ progress: custom.progress });
        else if (reply.text) this.#remember({ progress: null });
        if (!reply.text) continue;
        const shown = { who: "bot", text: reply.text, kind: custom.kind || "", choices: reply.buttons || [] };
        this.#state.messages.push(shown);
        this.#show(shown);
        if (custom.kind === "unavailable") this.#fail(message, "");
      }
      this.#showProgress();
      this.#bringIntoView(message, replies.at(-1));
    }

    /** From what was said on when that fits; else the open question with its buttons; else the start of the answer. */
    #bringIntoView(message, last) {
      const { log } = this.#part;
      const said = this.#bubbleOf(message);
      const end = log.lastElementChild;
      if (!said?.isConnected) return end?.scrollIntoView({ block: "end" });
      const fits = end.offsetTop + end.offsetHeight - said.offsetTop <= log.clientHeight - 16;
      if (!fits && last?.custom?.progress) end.scrollIntoView({ block: "end" });
      else said.scrollIntoView({ block: "start" });
    }

    /** Show, and keep, what the server made of a message with personal data. */
    #mask(message, masked) {
      message.text = message.says = masked;
      const paragraph = this.#bubbleOf(message).querySelector("p");
      paragraph.replaceChildren(...withPlainBreaks(masked));
    }

    #fail(message, why) {
      message.failed = true;
      message.why = why;
      const bubble = this.#bubbleOf(message);
      bubble.classList.add("wrong");
      const again = make("button", { type: "button" }, TEXT.again);
      const note = make("div", { className: "wrongly", role: "alert" }, why);
      again.addEventListener("click", () => {
        if (this.#busy) return;
        note.remove();
        again.remove();
        bubble.classList.remove("wrong");
        message.failed = false;
        this.#part.input.focus();
        void this.#deliver(message);
      });
      bubble.append(...(why ? [note] : []), again);
      if (why) bubble.scrollIntoView({ block: "end" });
      keep(this.#state);
    }

    #forget() {
      this.#state.messages = [];
      this.#part.log.replaceChildren();
    }

    // --- showing

    #showAll() {
      const { messages } = this.#state;
      this.#show({ who: "bot", text: TEXT.first, choices: messages.length ? [] : TEXT.starters.map((title) => ({ title })) });
      messages.forEach((message, place) => {
        const last = place === messages.length - 1;
        this.#show(last ? message : { ...message, choices: [] }, message);
        if (message.failed) this.#fail(message, message.why || "");
      });
      this.#showProgress();
      this.#typed();
    }

    #bubbles = new WeakMap();

    #bubbleOf(message) {
      return this.#bubbles.get(message);
    }

    #show(message, original = message) {
      const { log } = this.#part;
      const name = make("span", { className: "unseen" }, `${message.who === "you" ? TEXT.you : TEXT.bot}: `);
      const content = message.who === "you" ? [make("p", {}, ...withPlainBreaks(message.text))] : rendered(message.text);
      const bubble = make("div", { className: `message ${message.who} ${message.kind || ""}`.trim() }, name, ...content);
      this.#bubbles.set(original, bubble);
      log.append(bubble);
      if (message.choices?.length) log.append(this.#choices(message.choices));
      keep(this.#state);
      if (message.who === "you") bubble.scrollIntoView({ block: "end" });
    }

    #choices(choices) {
      const buttons = choices.map(({ title, payload }) => {
        const button = make("button", { type: "button" }, title);
        button.addEventListener("click", () => this.#say(payload || title, title, !TOUCH.matches));
        return button;
      });
      return make("div", { className: "choices", role: "group", "aria-label": TEXT.choices }, ...buttons);
    }

    #dropChoices() {
      for (const group of this.#part.log.querySelectorAll(".choices")) group.remove();
    }

    #showProgress() {
      const { progress, bar, progressLabel } = this.#part;
      const now = this.#state.progress;
      progress.hidden = !now;
      if (!now) return;
      progressLabel.textContent = now.label;
      bar.max = now.total;
      bar.value = now.done;
    }
  }

  function withPlainBreaks(text) {
    return text.split("\n").flatMap((line, place) => (place ? [make("br"), line] : [line]));
  }

  if (!customElements.get("ips-wijzer")) customElements.define("ips-wijzer", IpsWijzer);
})();
