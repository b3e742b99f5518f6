/* IPS-wijzer's chat: <script src="…/widget.js" defer></script><ips-wijzer></ips-wijzer>
 *
 * One web component, no dependencies, no build step. What people and the bot write becomes text nodes only: there is no
 * place where a string is read as markup. Everything on screen comes from the server's log of the conversation; a tab
 * asks for what came after the last entry that it has. This browser keeps the conversation's token and, in this tab only
 * and until it is sent, what was typed.
 */
(() => {
  "use strict";

  const SCRIPT = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  const HOST = new URL("widget/", SCRIPT.src);
  const KEPT = `ips-wijzer ${HOST.host}`;
  const PLAN = /^#ips-plan=([\p{L}\p{N}-]{4,64})$/u;
  const LINK_HOSTS = [HOST.hostname, "kcphrenos.nl", "113.nl", "112.nl", "movisie.nl"];
  const KINDS = { docx: "Word", pdf: "PDF", md: "Markdown" };
  const LONGEST_MESSAGE = 8000;
  const NEARLY_FULL = 7500;
  const LONGEST_WORD = 500;
  const SEND_MS = 20_000;
  const FIRST_BYTE_MS = 8_000;
  const SILENT_MS = 40_000; // the server's heart beats every 15 seconds
  const LATE_MS = 12_000;
  const POLL_MS = 2_000;
  const ASIDE_MS = 30_000; // between looks while nobody sees the chat
  const LONGEST_PAUSE_MS = 15_000;
  const TOUCH = matchMedia("(pointer: coarse)");
  const FULL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)");

  const DUTCH = {
    open: "Chat met IPS-wijzer",
    unread: (count) => (count === 1 ? "1 nieuw bericht" : `${count} nieuwe berichten`),
    close: "Sluit de chat",
    title: "IPS-wijzer",
    subtitle: "Chatbot over IPS",
    log: "Gesprek",
    label: "Je bericht",
    hint: "Enter verstuurt, Shift + Enter geeft een nieuwe regel.",
    send: "Verstuur",
    you: "Jij",
    bot: "IPS-wijzer",
    person: "Medewerker",
    first: "Stel hier je vraag over IPS, of vertel in je eigen woorden wat voor organisatie jullie zijn.",
    starters: ["Ga na of wij IPS mogen doen", "Maak een implementatieplan", "Wat is IPS?"],
    typing: "IPS-wijzer typt …",
    notice: "Melding",
    speaks: (name) => (name ? `Je praat met ${name}, medewerker` : "Je praat met een medewerker"),
    passed: "Je bericht gaat naar de medewerker …",
    late: "Dit duurt langer dan normaal. Je bericht is bewaard en het antwoord komt vanzelf.",
    offline: "Geen verbinding. Wat je verstuurt, blijft hier staan en gaat vanzelf weg zodra er weer verbinding is.",
    online: "De verbinding is er weer.",
    unsent: "Wacht op verbinding",
    choices: "Antwoorden om uit te kiezen",
    below: "Naar het einde van het gesprek",
    more: "Meer",
    restart: "Opnieuw beginnen",
    restartSays: "opnieuw beginnen",
    talk: "Praat met een medewerker",
    talkSays: "praat met een medewerker",
    copy: "Gesprek kopiëren",
    copied: "Het gesprek is gekopieerd.",
    copyBy: "Kopieer de tekst hieronder met Ctrl + C.",
    wipe: "Mijn gegevens verwijderen",
    wipeSure:
      "Weet je het zeker? Het hele gesprek en je antwoorden in de check verdwijnen. Dat kan niet ongedaan worden gemaakt. " +
      "Een implementatieplan blijft bestaan voor wie de code heeft. Moet dat ook weg, typ dan eerst \"verwijder het plan\".",
    wipeYes: "Ja, verwijder alles",
    wipeNo: "Nee, laat staan",
    wiped: "Je gegevens zijn verwijderd.",
    wipeFailed: "Verwijderen lukt nu niet. Probeer het later nog eens.",
    gone: "Het vorige gesprek is verwijderd.",
    privacy: "Privacy",
    refused: "Niet verstuurd.",
    again: "Opnieuw versturen",
    newWindow: "(opent in een nieuw venster)",
    download: "Download",
    expired: "Deze link is verlopen. Zeg 'download' voor een nieuwe.",
    up: "Goed antwoord",
    down: "Geen goed antwoord",
    word: "Wil je er iets bij zeggen? Het hoeft niet.",
    wordSend: "Verstuur",
    thanks: "Bedankt, je oordeel is bewaard.",
    rateFailed: "Je oordeel kon niet worden bewaard. Probeer het nog eens.",
    plan: (code) => `Wil je verder met het implementatieplan met code ${code}?`,
    planSays: (code) => `ga verder met code ${code}`,
    planShows: "Verder met mijn plan",
    planYes: "Ja, ga verder",
    planNo: "Nee",
    dismiss: "Sluit",
    left: (count) => (count === 1 ? "Nog 1 teken." : `Nog ${count} tekens.`),
    tooLong: (count) =>
      `${count} ${count === 1 ? "teken" : "tekens"} te veel. Deel je bericht op in kortere berichten.`,
  };

  const ENGLISH = {
    ...DUTCH,
    open: "Chat with IPS-wijzer",
    unread: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
    close: "Close the chat",
    subtitle: "Chatbot about IPS, answers in Dutch",
    log: "Conversation",
    label: "Your message",
    hint: "Enter sends, Shift + Enter starts a new line.",
    send: "Send",
    you: "You",
    person: "Employee",
    first: "Ask your question about IPS here, or tell in your own words what kind of organisation you are. The chatbot answers in Dutch.",
    typing: "IPS-wijzer is typing …",
    notice: "Notice",
    speaks: (name) => (name ? `You are talking to ${name}, employee` : "You are talking to an employee"),
    passed: "Your message is on its way to the employee …",
    late: "This takes longer than usual. Your message is safe and the answer will follow.",
    offline: "No connection. What you send stays here and goes out by itself once you are connected again.",
    online: "You are connected again.",
    unsent: "Waiting for a connection",
    choices: "Answers to choose from",
    below: "To the end of the conversation",
    more: "More",
    restart: "Start again",
    talk: "Talk to a person",
    copy: "Copy conversation",
    copied: "The conversation is copied.",
    copyBy: "Copy the text below with Ctrl + C.",
    wipe: "Delete my data",
    wipeSure:
      "Are you sure? The whole conversation and your answers in the check will be gone. This can't be undone. " +
      "An implementation plan stays for whoever has its code. To delete that too, first type \"verwijder het plan\".",
    wipeYes: "Yes, delete everything",
    wipeNo: "No, keep it",
    wiped: "Your data are deleted.",
    wipeFailed: "Deleting doesn't work now. Try again later.",
    gone: "The previous conversation is deleted.",
    refused: "Not sent.",
    again: "Send again",
    newWindow: "(opens in a new window)",
    up: "Good answer",
    down: "Not a good answer",
    word: "Would you like to add something? You don't have to.",
    wordSend: "Send",
    thanks: "Thank you, your opinion is saved.",
    rateFailed: "Your opinion could not be saved. Try again.",
    plan: (code) => `Do you want to go on with the implementation plan with code ${code}?`,
    planShows: "Go on with my plan",
    planYes: "Yes, go on",
    expired: "This link has expired. Say 'download' for a new one.",
    planNo: "No",
    dismiss: "Close",
    left: (count) => (count === 1 ? "1 character left." : `${count} characters left.`),
    tooLong: (count) => `${count} ${count === 1 ? "character" : "characters"} too many. Split your message into shorter ones.`,
  };

  /* Lengths in em, from the visitor's own text size: a page may have set rem to anything. What a page's `* {}` could
   * reach is on the host element only, and there our !important wins. */
  const STYLE = `
    :host { all: initial !important; display: block !important; position: static !important; direction: ltr !important;
      unicode-bidi: isolate !important; }
    :host([hidden]) { display: none !important; }
    .box {
      --_accent: var(--ips-wijzer-button-primary-action-background-color, var(--utrecht-button-primary-action-background-color, #0b5563));
      --_on-accent: var(--ips-wijzer-button-primary-action-color, var(--utrecht-button-primary-action-color, #fff));
      --_accent-hover: var(--ips-wijzer-button-primary-action-hover-background-color, var(--utrecht-button-primary-action-hover-background-color, #083f4a));
      --_ink: var(--ips-wijzer-document-color, var(--utrecht-document-color, #1d2733));
      --_paper: var(--ips-wijzer-document-background-color, var(--utrecht-document-background-color, #fff));
      --_link: var(--ips-wijzer-link-color, var(--utrecht-link-color, #0b5563));
      --_focus: var(--ips-wijzer-focus-outline-color, #b35900);
      --_radius: var(--ips-wijzer-button-border-radius, var(--utrecht-button-border-radius, .6em));
      --_font: var(--ips-wijzer-document-font-family, var(--utrecht-document-font-family, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif));
      --_soft: #eef4f5; --_line: #6b7c85; --_hair: #c9d5d8; --_wrong: #a4161a; --_mute: #45545c; --_warm: #fff4e5;
      --_warm-line: #8a4b00;
      color-scheme: light; font: 400 1em/1.5 var(--_font); color: var(--_ink); text-align: start;
      position: fixed; inset: 0 auto auto 0; inline-size: 0; block-size: 0; margin: 0; padding: 0; border: 0;
      background: none; overflow: visible; z-index: 2147483000; }
    .box.themed { --_soft: color-mix(in srgb, var(--_accent) 9%, var(--_paper)); }
    @media (prefers-color-scheme: dark) {
      .box:not(.themed) { --_ink: #e8eef0; --_paper: #172126; --_link: #8fd0dc; --_soft: #24323a; --_line: #8da0a9;
        --_hair: #3c4d55; --_wrong: #ffb3ae; --_mute: #b9c6cc; --_warm: #3a2a12; --_warm-line: #f0b667;
        --_focus: #ffb35c; color-scheme: dark; }
    }
    *, *::before, *::after { box-sizing: border-box; }
    [hidden] { display: none !important; }
    button, .button { font: inherit; cursor: pointer; border-radius: var(--_radius); min-block-size: 2.75em;
      padding: .4em .9em; border: 1px solid var(--_line); background: var(--_paper); color: var(--_link);
      text-align: start; text-decoration: none; display: inline-flex; align-items: center; gap: .4em; }
    button:hover, .button:hover { background: var(--_soft); }
    button.strong { background: var(--_accent); color: var(--_on-accent); border-color: var(--_on-accent); }
    button.strong:hover { background: var(--_accent-hover); }
    :focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
    a { color: var(--_link); }
    .launcher { position: fixed; inset-block-end: 1.25em; inset-inline-end: 1.25em; max-inline-size: calc(100vw - 2.5em);
      border-radius: 2em; padding: .7em 1.3em; font-weight: 600; box-shadow: 0 4px 16px rgb(0 0 0 / .3); }
    .left .launcher, .left .shell { inset-inline: 1.25em auto; }
    .badge { background: var(--_on-accent); color: var(--_accent); border-radius: 1em; padding: 0 .6em; font-size: .875em; }
    .shell { position: fixed; inset-block-end: 1.25em; inset-inline-end: 1.25em;
      inline-size: min(26em, calc(100vw - 2.5em)); block-size: min(44em, calc(100dvh - 2.5em));
      display: flex; flex-direction: column; background: var(--_paper); border: 1px solid var(--_line); border-radius: 1em;
      overflow: clip; box-shadow: 0 10px 40px rgb(0 0 0 / .3); }
    header { display: flex; align-items: center; gap: .5em; padding: .6em .75em .6em 1em; background: var(--_accent);
      color: var(--_on-accent); }
    h2 { margin: 0; font-size: 1.1em; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
    header p { margin: 0; font-size: .875em; }
    header div { flex: 1; min-inline-size: 0; }
    header button { background: transparent; color: inherit; border-color: currentColor; padding: 0 .7em;
      min-inline-size: 2.75em; justify-content: center; }
    header button:hover { background: var(--_accent-hover); color: var(--_on-accent); }
    header .close { padding: 0; font-size: 1.4em; line-height: 1; min-block-size: 1.965em; min-inline-size: 1.965em; }
    header :focus-visible { outline-color: currentColor; }
    .menu { display: flex; flex-direction: column; gap: .4em; padding: .6em 1em; border-block-end: 1px solid var(--_hair);
      background: var(--_soft); }
    .progress { padding: .5em 1em; border-block-end: 1px solid var(--_hair); font-size: .9em; }
    progress { display: block; inline-size: 100%; block-size: .6em; accent-color: var(--_accent); }
    .log { flex: 1 1 auto; min-block-size: 8em; overflow-y: auto; padding: 1em; display: flex; flex-direction: column;
      gap: .75em; scroll-behavior: smooth; scroll-padding: .75em; overflow-wrap: anywhere; overscroll-behavior: contain; }
    .log:focus-visible { outline-offset: -3px; }
    .message { max-inline-size: 92%; padding: .6em .9em; border-radius: 1em; border: 1px solid transparent; }
    .bot, .person { align-self: flex-start; background: var(--_soft); border-start-start-radius: .25em; }
    .person { border-color: var(--_line); border-inline-start: 4px solid var(--_accent); }
    .notice { align-self: center; text-align: center; font-size: .9em; color: var(--_mute); border-color: var(--_hair); }
    .notice.safety { align-self: stretch; text-align: start; font-size: 1em; color: inherit; }
    .user { align-self: flex-end; background: var(--_accent); color: var(--_on-accent); border-end-end-radius: .25em; }
    .user.sending { background: var(--_paper); color: var(--_ink); border: 1px dashed var(--_line); }
    .user.wrong { background: var(--_paper); color: var(--_ink); border: 1px solid var(--_wrong); }
    .safety { background: var(--_warm); border: 2px solid var(--_warm-line); max-inline-size: 100%; }
    .message > *, .ask > p, dialog > p { margin: 0; }
    .message > * + *, .ask > * + *, dialog > * + * { margin-block-start: .5em; }
    .message > .unseen + * { margin-block-start: 0; }
    .name { font-weight: 650; font-size: .875em; }
    ul { padding-inline-start: 1.2em; }
    li + li { margin-block-start: .25em; }
    details, .source { font-size: .875em; padding-block-start: .4em; border-block-start: 1px solid var(--_hair); }
    summary { cursor: pointer; min-block-size: 1.75em; padding-block: .1em; }
    details ul { margin: .25em 0 0; }
    .note { color: var(--_mute); font-size: .875em; }
    .user .note { color: inherit; }
    .wrongly { color: var(--_wrong); font-size: .9em; font-weight: 600; }
    .choices, .files, .thumbs, .pair { display: flex; flex-wrap: wrap; gap: .5em; }
    .thumbs button { min-block-size: 2em; min-inline-size: 2em; padding: .25em; justify-content: center; }
    .thumbs [aria-pressed="true"] { background: var(--_accent); color: var(--_on-accent); }
    .thumbs form { flex: 1 0 100%; padding: 0; border: 0; }
    .thumbs form button { padding: .4em .9em; }
    svg { inline-size: 1.25em; block-size: 1.25em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    .turned svg { transform: rotate(180deg); }
    .below { position: relative; block-size: 0; }
    .below button { position: absolute; min-inline-size: 44px; min-block-size: 44px; inset-block-end: .4em; inset-inline-end: 1em; border-radius: 50%; padding: .6em;
      box-shadow: 0 2px 8px rgb(0 0 0 / .3); }
    @media (max-height: 30rem) { .below { display: none; } }
    .status { min-block-size: 1.6em; padding: 0 1em; font-size: .9em; }
    .ask { margin: 0 1em .5em; padding: .75em; border: 2px solid var(--_accent); border-radius: var(--_radius); }
    form { padding: .5em 1em .6em; border-block-start: 1px solid var(--_hair); display: grid;
      grid-template-columns: 1fr auto; gap: .25em .5em; }
    label { grid-column: 1 / -1; font-weight: 600; font-size: .9em; }
    textarea, input { font: inherit; color: inherit; background: var(--_paper); inline-size: 100%; min-inline-size: 0;
      min-block-size: 2.75em; padding: .55em .7em; border: 1px solid var(--_line); border-radius: var(--_radius); }
    textarea { max-block-size: 9em; resize: vertical; }
    textarea[aria-invalid="true"] { border-color: var(--_wrong); border-width: 2px; }
    form .strong { align-self: end; font-weight: 600; }
    .hint { grid-column: 1 / -1; margin: 0; font-size: .8125em; color: var(--_mute); }
    .hint.wrong { color: var(--_wrong); font-weight: 600; }
    .foot { display: flex; flex-wrap: wrap; gap: .25em 1em; padding: 0 1em .6em; }
    .foot button { border: 0; min-block-size: 1.75em; padding: 0; text-decoration: underline; font-size: .9em; background: none; }
    dialog { max-inline-size: min(24em, calc(100vw - 2em)); border: 1px solid var(--_line); border-radius: 1em; padding: 1.25em;
      background: var(--_paper); color: var(--_ink); font: inherit; }
    dialog textarea { min-block-size: 9em; }
    dialog::backdrop { background: rgb(0 0 0 / .5); }
    .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    @media (pointer: coarse) {
      .thumbs button, summary { min-block-size: 2.75em; }
      .foot button { min-block-size: 3.1em; }
      .thumbs button { min-inline-size: 2.75em; }
      summary { padding-block: .85em; }
    }
    @media (max-width: 30rem), (max-height: 30rem) {
      .shell, .left .shell { inset: 0; inline-size: 100%; block-size: 100%; border: 0; border-radius: 0; }
      .hint:not(.wrong) { display: none; }
    }
    @media (max-height: 30rem) { .shell { overflow-y: auto; display: block; } .log { overflow-y: visible; } }
    @media (prefers-reduced-motion: reduce) { .log { scroll-behavior: auto; } }
    @media (forced-colors: active) {
      .message, .launcher, header { border: 1px solid CanvasText; }
      .thumbs [aria-pressed="true"] { background: Highlight; color: HighlightText; forced-color-adjust: none; }
    }
  `;

  // --- elements ------------------------------------------------------------------------------------------------------

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element && !name.startsWith("aria")) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  const button = (text, onclick, more = {}) => make("button", { type: "button", onclick, ...more }, text);

  const THUMB = "M7 11v9H3v-9zM7 11l4-8c2 0 3 1 3 3v4h5c1.500 0 2.300 1.200 2 2.500l-1.500 6c-.3 1-1 1.500-2 1.500H7";
  const ARROW = "M12 4v16M5 13l7 7 7-7";

  function icon(path) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    drawing.append(line);
    return drawing;
  }

  function randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const lengthOf = (text) => Array.from(text.normalize("NFC").trim()).length;
  const withPlainBreaks = (text) => text.split("\n").flatMap((line, place) => (place ? [make("br"), line] : [line]));

  // --- light Markdown: paragraphs, "- " lists, **bold**, links to hosts that we know ---------------------------------

  const INLINE =
    /\*\*(.+?)\*\*|\[([^\]\n]+)\]\((https:\/\/[^\s()]+)\)|(https:\/\/[^\s<>"'()]+|\bwww\.[\w.-]+\.[a-z]{2,}(?:\/[^\s<>"'()]*)?)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/giu;

  class Writer {
    constructor(text, hosts) {
      this.text = text;
      this.hosts = [...LINK_HOSTS, ...hosts];
    }

    knows(host) {
      return this.hosts.some((known) => host === known || host.endsWith(`.${known}`));
    }

    link(address, shown) {
      let url;
      try {
        url = new URL(address);
      } catch {
        return shown;
      }
      if (url.protocol !== "https:" || url.username || url.password || !this.knows(url.hostname)) return shown;
      const window = make("span", { className: "unseen" }, ` ${this.text.newWindow}`);
      return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, shown, window);
    }

    inline(text) {
      const parts = [];
      let from = 0;
      for (const found of text.matchAll(INLINE)) {
        const [whole, bold, shown, target, bare, mail] = found;
        parts.push(text.slice(from, found.index));
        from = found.index + whole.length;
        if (bold) parts.push(make("strong", {}, ...this.inline(bold)));
        else if (target) parts.push(this.link(target, shown));
        else if (bare) {
          const address = bare.replace(/[.,;:!?]+$/u, "");
          parts.push(this.link(address.replace(/^www\./iu, "https://www."), address), bare.slice(address.length));
        } else {
          const known = this.knows(mail.split("@")[1].toLowerCase());
          parts.push(known ? make("a", { href: `mailto:${mail}` }, mail) : mail);
        }
      }
      return [...parts, text.slice(from)].filter(Boolean);
    }

    blocks(text) {
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

    /** The text as elements; the line with its source is folded: names always in sight, sections on request. */
    all(text, sources) {
      return this.blocks(text).map(({ kind, lines }) => {
        if (kind === "list") {
          return make("ul", {}, ...lines.map((line) => make("li", {}, ...this.inline(line.replace(/^\s*- /u, "")))));
        }
        if (kind === "source" && sources?.length) return this.sources(lines.join(" "), sources);
        const broken = lines.flatMap((line, place) => (place ? [make("br"), ...this.inline(line)] : this.inline(line)));
        return make("p", { className: kind === "source" ? "source" : "" }, ...broken);
      });
    }

    sources(line, sources) {
      const [label, rest] = line.split(/: (.*)/su);
      const names = rest.split(" | ").map((part) => part.split(", ")[0]);
      const short = line.length <= 70 ? line : `${label}: ${[...new Set(names)].join(", ")}`;
      const places = sources.map(({ title, section }) => make("li", {}, `${title}: ${section}`));
      return make("details", {}, make("summary", {}, short), make("ul", {}, ...places));
    }
  }

  // --- what stays in this browser ------------------------------------------------------------------------------------

  /** Storage that may be switched off: then it lasts as long as the page. */
  class Drawer {
    #storage;
    #inHand = null;

    constructor(kind) {
      try {
        this.#storage = window[kind];
      } catch {
        this.#storage = null;
      }
    }

    get() {
      try {
        return this.#storage.getItem(KEPT);
      } catch {
        return this.#inHand;
      }
    }

    set(value) {
      this.#inHand = value;
      try {
        if (value === null) this.#storage.removeItem(KEPT);
        else this.#storage.setItem(KEPT, value);
      } catch {
        this.#storage = null; // off or full: in hand it is
      }
    }
  }

  const TOKEN = new Drawer("localStorage");
  const TAB = new Drawer("sessionStorage");

  function tabState() {
    try {
      const kept = JSON.parse(TAB.get());
      if (Array.isArray(kept.queue)) return kept;
    } catch {
      // nothing kept
    }
    return { open: null, draft: "", queue: [] };
  }

  // --- the server ----------------------------------------------------------------------------------------------------

  /** The line to the server: one loop that sends what is queued, one that listens for what comes after. */
  class Line {
    seen = 0;
    #on;
    #queue;
    #sending = false;
    #running = false;
    #streams = true;
    #polls = 0;
    #failures = 0;
    #wakers = new Set();
    #listening = null;

    /** `on`: entry, ready, gone, refused, trouble, queue. `queue` holds {id, text, shown?}, oldest first. */
    constructor(queue, on) {
      this.#queue = queue;
      this.#on = on;
    }

    start() {
      this.#running = true;
      void this.#listen();
      void this.send();
    }

    stop() {
      this.#running = false;
      this.nudge(true);
    }

    /** Look again now; `anew` also gives up a connection that may be dead. */
    nudge(anew = false) {
      if (anew) this.#listening?.abort("moved");
      for (const wake of [...this.#wakers]) wake();
    }

    add(message) {
      this.#queue.push(message);
      this.#on.queue();
      void this.send();
    }

    drop(id) {
      const place = this.#queue.findIndex((message) => message.id === id);
      if (place >= 0) this.#queue.splice(place, 1);
      if (place >= 0) this.#on.queue();
    }

    async call(method, path, body, signal = AbortSignal.timeout(SEND_MS), accept = "application/json") {
      const token = TOKEN.get();
      const headers = { Accept: accept };
      if (token) headers.Authorization = `Bearer ${token}`;
      if (body) headers["Content-Type"] = "application/json";
      const response = await fetch(new URL(path, HOST), {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal,
      });
      if (response.status === 401 && token && token === TOKEN.get()) this.forget();
      return response;
    }

    /** The conversation is no more: this tab begins with an empty screen. */
    forget() {
      TOKEN.set(null);
      this.begin();
      this.#on.gone();
    }

    begin() {
      this.seen = 0;
      this.#listening?.abort("moved");
    }

    async send() {
      if (this.#sending) return;
      this.#sending = true;
      let pause = 500;
      while (this.#running && this.#queue.length) {
        const message = this.#queue[0];
        try {
          if (!TOKEN.get()) await this.#open();
          const response = await this.call("POST", "messages", {
            client_message_id: message.id,
            text: message.text,
            shown: message.shown || "",
          });
          if (response.status === 401) continue;
          if (response.status === 429 || response.status >= 500) throw new Busy(response);
          const content = await response.json();
          this.#fine();
          this.drop(message.id);
          if (!response.ok) this.#on.refused(message, String(content.error.message));
          pause = 500;
          this.nudge();
        } catch (problem) {
          if (!this.#running) break;
          if (!(problem instanceof Busy)) this.#trouble();
          await this.#rest(problem instanceof Busy ? problem.wait : pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
      }
      this.#sending = false;
    }

    /** Begin a conversation; of tabs that do so at the same time, one does. */
    async #open() {
      const open = async () => {
        if (TOKEN.get()) return;
        const response = await this.call("POST", "session", {});
        if (!response.ok) throw new Busy(response);
        TOKEN.set((await response.json()).token);
        this.begin();
      };
      await (navigator.locks ? navigator.locks.request(KEPT, open) : open());
    }

    async #listen() {
      while (this.#running) {
        if (!TOKEN.get()) {
          await this.#rest(ASIDE_MS);
          continue;
        }
        const aside = !this.#on.watched();
        const before = this.seen;
        try {
          await (this.#streams && !aside ? this.#stream() : this.#poll(aside));
          this.#failures = 0;
          if (aside) await this.#rest(ASIDE_MS);
          else if (!this.#streams && this.seen === before) await this.#rest(POLL_MS);
        } catch {
          if (!this.#running) return;
          if (this.#listening?.signal.reason === "moved") continue;
          this.#failures += 1;
          if (this.#failures > 1) this.#trouble();
          await this.#rest(Math.min(300 * 2 ** this.#failures, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2));
        }
      }
    }

    #request(milliseconds) {
      const control = new AbortController();
      this.#listening = control;
      let timer = 0;
      const patience = (more) => {
        clearTimeout(timer);
        timer = setTimeout(() => control.abort(), more);
      };
      patience(milliseconds);
      return { signal: control.signal, patience, done: () => clearTimeout(timer) };
    }

    async #stream() {
      const { signal, patience, done } = this.#request(FIRST_BYTE_MS);
      let heard = false;
      try {
        const response = await this.call("GET", `events?after=${this.seen}`, undefined, signal, "text/event-stream");
        if (response.status === 401) return;
        if (!response.ok) throw new Busy(response);
        if (!response.headers.get("content-type").startsWith("text/event-stream")) {
          this.#streams = false;
          this.#takeAll((await response.json()).entries);
          return;
        }
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let rest = ""; ; ) {
          const { value, done: ended } = await reader.read();
          if (ended) return;
          heard = true;
          patience(SILENT_MS);
          this.#fine();
          const events = (rest + value).split("\n\n");
          rest = events.pop();
          for (const event of events) this.#event(event, signal);
        }
      } catch (problem) {
        if (!heard && signal.aborted && signal.reason !== "moved" && navigator.onLine) this.#streams = false;
        throw problem;
      } finally {
        done();
      }
    }

    #event(event, signal) {
      if (signal.aborted) return; // of a conversation that this tab has left
      const name = /^event: (.*)$/mu.exec(event)?.[1];
      const data = /^data: (.*)$/mu.exec(event)?.[1];
      if (name === "entry") this.#take(JSON.parse(data));
      else if (name === "ready") this.#on.ready();
      else if (name === "gone") this.forget();
    }

    /** Ask for what came after, waiting for it at the server where that is of use. */
    async #poll(aside) {
      const wait = aside ? 0 : 20;
      const { signal, done } = this.#request((wait + 15) * 1000);
      try {
        const response = await this.call("GET", `events?after=${this.seen}&wait=${wait}`, undefined, signal);
        if (response.status === 401) return;
        if (!response.ok) throw new Busy(response);
        const { entries } = await response.json();
        if (signal.aborted) return;
        this.#fine();
        this.#takeAll(entries);
        this.#polls += 1;
        if (this.#polls % 30 === 0) this.#streams = true; // perhaps streams get through by now
      } finally {
        done();
      }
    }

    #takeAll(entries) {
      for (const entry of entries) this.#take(entry);
      if (entries.length < 200) this.#on.ready();
    }

    #take(entry) {
      if (entry.seq <= this.seen) return;
      this.seen = entry.seq;
      this.#on.entry(entry);
    }

    #trouble() {
      this.#on.trouble(true);
    }

    #fine() {
      this.#failures = 0;
      this.#on.trouble(false);
    }

    #rest(milliseconds) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#wakers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        this.#wakers.add(wake);
      });
    }
  }

  /** The server asks us to wait. */
  class Busy extends Error {
    constructor(response) {
      super(String(response.status));
      this.wait = Math.min(Number(response.headers.get("Retry-After")) || 3, 60) * 1000;
    }
  }

  // --- the component -------------------------------------------------------------------------------------------------

  class IpsWijzer extends HTMLElement {
    static observedAttributes = ["title", "open", "position"];

    #tab = tabState();
    #text = DUTCH;
    #part = {};
    #line = null;
    #off = null;
    #bubbles = new Map(); // by sequence number, or by the mark of a message on its way
    #pending = new Set(); // marks of messages without an answer
    #lateTimer = 0;
    #offline = false;
    #ready = false; // all there was is on screen: what comes now is news
    #note = "";
    #person = false; // a person has the floor
    #unread = 0;
    #progress = null;
    #writer = null;

    connectedCallback() {
      if (!this.shadowRoot) this.#build();
      this.#apply();
      try {
        this.#part.box.showPopover(); // above whatever the page stacks, clips or transforms
      } catch {
        // an old browser: fixed will do
      }
      this.#off = new AbortController();
      this.#watch({ signal: this.#off.signal });
      this.#line = new Line(this.#tab.queue, {
        entry: (entry) => this.#entry(entry),
        ready: () => this.#caughtUp(),
        gone: () => this.#gone(),
        refused: (message, why) => this.#refused(message, why),
        trouble: (there) => this.#trouble(there),
        queue: () => this.#keep(),
        watched: () => document.visibilityState === "visible" && (!this.#part.shell.hidden || this.#pending.size > 0),
      });
      this.#reset();
      if (this.#tab.open ?? this.hasAttribute("open")) this.#open({ focus: false });
      this.#askAboutPlan();
      this.#line.start();
    }

    disconnectedCallback() {
      this.#off?.abort();
      this.#line?.stop();
    }

    attributeChangedCallback(name, _before, now) {
      if (!this.shadowRoot) return;
      this.#apply();
      if (name === "open" && (now !== null) === this.#part.shell.hidden) {
        if (now === null) this.#close();
        else this.#open({ focus: false });
      }
    }

    #language() {
      for (let element = this; element; element = element.parentElement || element.getRootNode().host) {
        const lang = element.getAttribute("lang");
        if (lang) return lang.toLowerCase().startsWith("en") ? "en" : "nl";
      }
      return "nl";
    }

    #build() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const lang = this.#language();
      const text = (this.#text = lang === "en" ? ENGLISH : DUTCH);
      this.#writer = new Writer(text, (this.getAttribute("link-hosts") || "").split(/[\s,]+/u).filter(Boolean));
      const part = this.#part;
      part.badge = make("span", { className: "badge", hidden: true });
      part.launcher = button(text.open, () => this.#open({ focus: true }), {
        className: "launcher strong",
        "aria-expanded": "false",
      });
      part.launcher.append(part.badge);
      part.title = make("h2", { id: "title" });
      part.more = button(text.more, () => this.#menu(part.menu.hidden), { "aria-expanded": "false", "aria-controls": "menu" });
      part.close = button("×", () => this.#close(), { className: "close", "aria-label": text.close });
      part.menu = make("div", { className: "menu", id: "menu", hidden: true },
        button(text.restart, () => this.#fromMenu(() => this.#say(text.restartSays, text.restart))),
        button(text.copy, () => this.#fromMenu(() => this.#copy())),
        button(text.wipe, () => this.#fromMenu(() => this.#wipe())));
      part.progressLabel = make("span", { id: "progress-label" });
      part.bar = make("progress", { "aria-labelledby": "progress-label" });
      part.progress = make("div", { className: "progress", hidden: true }, part.progressLabel, part.bar);
      part.log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-label": text.log });
      part.status = make("div", { className: "status", role: "status" });
      part.ask = make("div", { className: "ask", role: "group", "aria-labelledby": "ask", hidden: true });
      part.input = make("textarea", { id: "input", rows: 1, "aria-describedby": "hint", value: this.#tab.draft });
      part.hint = make("p", { id: "hint", className: "hint" }, text.hint);
      part.form = make("form", { noValidate: true }, make("label", { htmlFor: "input" }, text.label), part.input,
        make("button", { type: "submit", className: "strong" }, text.send), part.hint);
      part.foot = make("div", { className: "foot" }, button(text.talk, () => this.#say(text.talkSays, text.talk)));
      part.dialog = make("dialog", { "aria-labelledby": "sure" });
      part.below = make("div", { className: "below", hidden: true }, button(icon(ARROW), () => this.#toEnd(), { "aria-label": text.below, tabIndex: -1 }));
      part.shell = make("section", { className: "shell", lang, hidden: true, "aria-labelledby": "title" },
        make("header", {}, make("div", {}, part.title, part.subtitle = make("p", {}, text.subtitle)), part.more, part.close),
        part.menu, part.progress, part.log, part.below, part.status, part.ask, part.form, part.foot);
      part.news = make("div", { className: "unseen", role: "status", lang });
      // An empty title keeps the host's from popping up as a tooltip over everything.
      part.box = make("div", { className: "box", lang, title: "", popover: "manual" }, part.launcher, part.shell, part.news, part.dialog);
      this.#listenInside();
      root.append(part.box);
    }

    /** What the page's attributes say, now and when they change. */
    #apply() {
      const { box, title, menu } = this.#part;
      title.textContent = this.getAttribute("title") || this.#text.title;
      box.classList.toggle("left", this.getAttribute("position") === "left");
      const style = getComputedStyle(this);
      const themed = ["ips-wijzer", "utrecht"].some((who) =>
        ["color", "background-color"].some((what) => style.getPropertyValue(`--${who}-document-${what}`)));
      box.classList.toggle("themed", themed);
      const privacy = this.getAttribute("privacy");
      if (!privacy || menu.querySelector("a")) return;
      const address = new URL(privacy, document.baseURI);
      if (!/^https?:$/u.test(address.protocol)) return;
      const unseen = make("span", { className: "unseen" }, ` ${this.#text.newWindow}`);
      menu.append(make("a", { className: "button", href: address.href, target: "_blank", rel: "noopener" }, this.#text.privacy, unseen));
    }

    #listenInside() {
      const { box, shell, log, form, input, dialog } = this.#part;
      for (const name of ["keydown", "keyup", "keypress"]) {
        box.addEventListener(name, (event) => event.stopPropagation()); // the page's shortcuts are not for what is typed here
      }
      shell.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || dialog.open) return;
        if (this.#part.menu.hidden) this.#close();
        else this.#menu(false, true);
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#submit();
      });
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#submit();
      });
      input.addEventListener("input", () => this.#typed());
      log.addEventListener("scroll", () => this.#showBelow());
      new ResizeObserver(() => this.#showBelow()).observe(log);
      shell.addEventListener("focusout", ({ relatedTarget }) => {
        // Over the whole screen, the page's own focus would be out of sight.
        if (FULL_SCREEN.matches && relatedTarget && relatedTarget !== this && !box.contains(relatedTarget)) this.#close(false);
      });
    }

    #watch(until) {
      addEventListener("online", () => this.#line.nudge(true), until);
      addEventListener("pageshow", (event) => event.persisted && this.#line.nudge(true), until);
      addEventListener("hashchange", () => this.#askAboutPlan(), until);
      addEventListener("storage", (event) => event.key === KEPT && this.#tokenChanged(event), until);
      document.addEventListener("visibilitychange", () => this.#moved(), until);
    }

    /** Another tab began a conversation, or ended it. */
    #tokenChanged({ oldValue, newValue }) {
      if (oldValue === newValue) return;
      this.#line.begin();
      this.#reset();
      if (!newValue) this.#notify(this.#text.gone);
      this.#line.nudge();
    }

    /** What is seen has changed, and so how eagerly we listen. */
    #moved() {
      this.#line?.nudge(true);
    }

    // --- open, closed, menu

    #open({ focus }) {
      const { launcher, shell, input, log } = this.#part;
      shell.hidden = false;
      launcher.hidden = true;
      launcher.setAttribute("aria-expanded", "true");
      this.#keep({ open: true });
      this.#count(0);
      log.lastElementChild?.scrollIntoView({ block: "end", behavior: "instant" });
      if (focus) (TOUCH.matches ? log : input).focus();
      this.#line?.nudge(true);
    }

    #close(focus = true) {
      const { launcher, shell } = this.#part;
      this.#menu(false);
      shell.hidden = true;
      launcher.hidden = false;
      launcher.setAttribute("aria-expanded", "false");
      this.#keep({ open: false });
      if (focus) launcher.focus();
      this.#line?.nudge(true);
    }

    #menu(show, focus = false) {
      const { menu, more } = this.#part;
      menu.hidden = !show;
      more.setAttribute("aria-expanded", String(show));
      if (show) menu.querySelector("button").focus();
      else if (focus) more.focus();
    }

    #fromMenu(action) {
      this.#menu(false, true);
      action();
    }

    #keep(changes = {}) {
      Object.assign(this.#tab, changes);
      TAB.set(JSON.stringify(this.#tab));
    }

    #count(unread) {
      const { badge, news } = this.#part;
      this.#unread = unread;
      badge.hidden = !unread;
      badge.textContent = news.textContent = unread ? this.#text.unread(unread) : "";
    }

    // --- typing

    #typed() {
      const text = this.#text;
      this.#keep({ draft: this.#part.input.value });
      const length = lengthOf(this.#part.input.value);
      if (length > LONGEST_MESSAGE) this.#hint(text.tooLong(length - LONGEST_MESSAGE), true);
      else if (length >= NEARLY_FULL) this.#hint(text.left(LONGEST_MESSAGE - length), false);
      else this.#hint(text.hint, false);
    }

    #hint(text, wrong) {
      const { hint, input } = this.#part;
      if (hint.textContent !== text) hint.textContent = text;
      hint.classList.toggle("wrong", wrong);
      input.setAttribute("aria-invalid", String(wrong));
    }

    #submit() {
      const { input, hint } = this.#part;
      const text = input.value.trim();
      if (!text) return;
      if (lengthOf(text) > LONGEST_MESSAGE) {
        this.#notify(hint.textContent);
        return;
      }
      input.value = "";
      this.#typed();
      this.#say(text);
    }

    // --- talking

    /** Send what somebody says (and shows, for a button). */
    #say(text, shown = "", typed = true) {
      const message = { id: randomId(), text, ...(shown && shown !== text ? { shown } : {}) };
      this.#note = "";
      this.#dropChoices();
      this.#showQueued(message);
      // After a tap the input would bring up a phone's keyboard, over the next question.
      (typed && !TOUCH.matches ? this.#part.input : this.#part.log).focus({ preventScroll: true });
      this.#line.add(message);
      this.#showStatus();
    }

    #showQueued(message) {
      const bubble = this.#bubble({ who: "user", text: message.shown || message.text }, "sending");
      this.#bubbles.set(message.id, bubble);
      this.#pending.add(message.id);
      this.#mark(bubble, this.#offline);
      this.#part.log.append(bubble);
      bubble.scrollIntoView({ block: "end" });
    }

    #refused(message, why) {
      const { input } = this.#part;
      const bubble = this.#bubbles.get(message.id);
      this.#pending.delete(message.id);
      bubble?.classList.replace("sending", "wrong");
      bubble?.append(make("div", { className: "wrongly", role: "alert" }, `${this.#text.refused} ${why}`));
      if (!input.value) {
        input.value = message.text;
        this.#typed();
      }
      this.#showStatus();
    }

    /** Ask for the answer that failed, as long as nothing was said since. */
    #retry(id, shown, place) {
      place.remove();
      this.#part.input.focus();
      this.#line.add({ id, text: shown || "?" });
      this.#showStatus();
    }

    #trouble(there) {
      if (there === this.#offline) return;
      this.#offline = there;
      if (!there) this.#notify(this.#text.online);
      for (const [id, bubble] of this.#bubbles) {
        if (typeof id === "string") this.#mark(bubble, there);
      }
      this.#showStatus();
    }

    #mark(bubble, waits) {
      const note = bubble.querySelector(".note");
      if (waits && !note && bubble.classList.contains("sending")) bubble.append(make("p", { className: "note" }, this.#text.unsent));
      else if (!waits) note?.remove();
    }

    // --- what the log says

    #entry(entry) {
      if (entry.clears) this.#clear(entry.clears, entry.answers);
      if (entry.who === "user") this.#userSaid(entry);
      else if (["bot", "person", "notice"].includes(entry.who)) this.#answered(entry);
      else if (entry.who === "feedback") this.#rated(entry);
      else if (entry.again) {
        this.#dropRetry();
        this.#line.drop(entry.again);
        this.#wait(entry.again);
      } else if (entry.last) this.#pending.delete(entry.answers); // a person heard it
      this.#showStatus();
    }

    #userSaid(entry) {
      this.#dropChoices();
      this.#dropRetry();
      this.#line.drop(entry.id);
      let bubble = this.#bubbles.get(entry.id);
      this.#bubbles.delete(entry.id);
      if (bubble) {
        bubble.classList.remove("sending");
        this.#mark(bubble, false);
        const paragraph = bubble.querySelector("p");
        const [before, after] = [paragraph.dataset.text, entry.text || ""];
        if (before !== after) paragraph.replaceChildren(...withPlainBreaks(after)); // what the server masked
      } else {
        bubble = this.#bubble(entry);
      }
      this.#place(bubble);
      bubble.dataset.seq = entry.seq;
      this.#bubbles.set(entry.seq, bubble);
      this.#wait(entry.id, bubble);
    }

    #wait(id, bubble) {
      this.#pending.add(id);
      if (bubble) bubble.dataset.id = id;
      clearTimeout(this.#lateTimer);
      this.#lateTimer = setTimeout(() => this.#showStatus(true), LATE_MS);
    }

    #answered(entry) {
      const { custom = {} } = entry;
      if (entry.last) this.#pending.delete(entry.answers);
      if (entry.floor) this.#showFloor(entry);
      this.#progress = custom.progress || (entry.who === "bot" && entry.text ? null : this.#progress);
      if (entry.text) {
        const bubble = this.#bubble(entry);
        if (custom.kind === "unavailable") this.#offerRetry(bubble, entry.answers);
        if (custom.download) bubble.append(...this.#files(custom.download));
        if (custom.sources?.length && !custom.progress) bubble.append(this.#thumbs(entry.seq));
        this.#bubbles.set(entry.seq, bubble);
        bubble.dataset.seq = entry.seq;
        this.#place(bubble);
      }
      if (entry.buttons?.length) {
        this.#dropChoices();
        this.#place(this.#choices(entry.buttons, entry.seq));
      }
      this.#showProgress();
      if (!this.#ready) return;
      if (this.#part.shell.hidden && entry.text) this.#count(this.#unread + 1);
      if (entry.last || entry.who !== "bot") this.#bringIntoView(entry);
    }

    /** Who speaks now: the chatbot, or a person with a name. The log says it aloud; here it stays in sight. */
    #showFloor({ floor, name }) {
      this.#person = floor === "person";
      this.#part.subtitle.textContent = this.#person ? this.#text.speaks(name) : this.#text.subtitle;
      if (this.#person) this.#dropChoices();
    }

    #rated({ of, value }) {
      for (const each of this.#bubbles.get(of)?.querySelectorAll(".thumbs [aria-pressed]") || []) {
        each.setAttribute("aria-pressed", String(each.dataset.value === value));
      }
    }

    /** Above what is still on its way; a node that is there already stays, so that it is not announced again. */
    #place(element) {
      const { log } = this.#part;
      if (!element.isConnected) log.insertBefore(element, log.querySelector(".message.sending"));
    }

    /** The conversation begins anew; what waits for an answer stays. */
    #clear(upto, said) {
      for (const element of [...this.#part.log.children]) {
        const waits = element.dataset.id !== said && this.#pending.has(element.dataset.id);
        if (!waits && !(Number(element.dataset.seq) > upto) && !element.classList.contains("sending")) element.remove();
      }
      for (const [place, bubble] of this.#bubbles) if (!bubble.isConnected) this.#bubbles.delete(place);
    }

    #caughtUp() {
      if (this.#ready) return;
      this.#ready = true;
      const { log } = this.#part;
      log.lastElementChild?.scrollIntoView({ block: "end", behavior: "instant" });
      // After a moment, so that what was there already is not read out as news.
      setTimeout(() => log.removeAttribute("aria-live"), 100);
    }

    #gone() {
      this.#reset();
      if (!this.#tab.queue.length) this.#notify(this.#text.gone);
    }

    /** An empty screen, and on it what this tab has still to send. */
    #reset() {
      const { log, input } = this.#part;
      log.setAttribute("aria-live", "off");
      log.replaceChildren();
      this.#bubbles.clear();
      this.#pending.clear();
      this.#progress = null;
      this.#showFloor({});
      this.#ready = !TOKEN.get();
      const start = this.getAttribute("start-question");
      const starters = start ? start.split("|").map((each) => each.trim()).filter(Boolean) : this.#text.starters;
      log.append(this.#bubble({ who: "bot", text: this.#text.first }, "", this.#text === ENGLISH ? "en" : "nl"));
      log.append(this.#choices(starters.map((title) => ({ title }))));
      for (const message of this.#tab.queue) this.#showQueued(message);
      if (this.#tab.queue.length) this.#dropChoices();
      if (this.#ready) setTimeout(() => log.removeAttribute("aria-live"), 100);
      input.value = this.#tab.draft;
      this.#typed();
      this.#showProgress();
      this.#showStatus();
    }

    // --- showing

    #bubble({ who, text, custom = {}, name }, kind = "", lang = "nl") {
      const person = `${this.#text.person} ${name || ""}`.trim();
      const speaker = { user: this.#text.you, person, notice: this.#text.notice }[who] || this.#text.bot;
      const heading = who === "person" ? make("p", { className: "name" }, speaker) : make("span", { className: "unseen" }, `${speaker}: `);
      const paragraph = () => {
        const made = make("p", {}, ...withPlainBreaks(text));
        made.dataset.text = text;
        return made;
      };
      const content = who === "user" ? [paragraph()] : this.#writer.all(text, custom.sources);
      const safety = String(custom.kind || "").startsWith("safety") ? "safety" : "";
      const bubble = make("div", { className: ["message", who, kind, safety].filter(Boolean).join(" ") }, heading, ...content);
      if (who !== "user") bubble.lang = lang;
      return bubble;
    }

    #choices(choices, seq) {
      const buttons = choices.map(({ title, payload }) =>
        button(title, () => this.#say(payload || title, title, !TOUCH.matches)));
      const group = make("div", { className: "choices", role: "group", "aria-label": this.#text.choices, lang: "nl" }, ...buttons);
      if (seq) group.dataset.seq = seq;
      return group;
    }

    #dropChoices() {
      this.#drop(".choices");
    }

    /** Take away what can no longer be pressed; focus that was there stays near. */
    #drop(selector) {
      const { log } = this.#part;
      for (const element of log.querySelectorAll(selector)) {
        if (element.contains(this.shadowRoot.activeElement)) log.focus({ preventScroll: true });
        element.remove();
      }
    }

    #offerRetry(bubble, id) {
      const said = [...this.#part.log.querySelectorAll(".user")].find((each) => each.dataset.id === id);
      const again = button(this.#text.again, () => this.#retry(id, said?.querySelector("p").dataset.text, again), { className: "retry" });
      bubble.append(again);
    }

    #dropRetry() {
      this.#drop(".retry");
    }

    /** Links to a document on the widget's own host. */
    #files({ title, formats, expired }) {
      if (expired) return [make("p", { className: "note" }, this.#text.expired)];
      const links = formats.flatMap(({ format, url }) => {
        const address = new URL(url, HOST);
        if (address.origin !== HOST.origin) return [];
        const shown = `${this.#text.download} ${title} (${KINDS[format] || String(format).toUpperCase()})`;
        return [make("a", { className: "button", href: address.href, download: "", rel: "noopener" }, shown)];
      });
      return links.length ? [make("div", { className: "files" }, ...links)] : [];
    }

    #thumbs(seq) {
      const row = make("div", { className: "thumbs" });
      for (const value of ["up", "down"]) {
        const each = button(icon(THUMB), () => this.#rate(row, seq, value, each), {
          "aria-label": this.#text[value],
          "aria-pressed": "false",
          className: value === "down" ? "turned" : "",
        });
        each.dataset.value = value;
        row.append(each);
      }
      return row;
    }

    async #rate(row, seq, value, pressed, word = "") {
      try {
        const response = await this.#line.call("POST", "feedback", { seq, value, word });
        if (!response.ok) throw new Busy(response);
      } catch {
        this.#notify(this.#text.rateFailed);
        return;
      }
      this.#notify(this.#text.thanks);
      this.#rated({ of: seq, value });
      row.querySelector("form")?.remove();
      if (word) pressed.focus();
      if (!word) this.#askForWord(row, seq, value, pressed);
    }

    #askForWord(row, seq, value, pressed) {
      const id = `word-${seq}`;
      const word = make("input", { id, maxLength: LONGEST_WORD, autocomplete: "off" });
      const form = make("form", { noValidate: true }, make("label", { htmlFor: id }, this.#text.word), word,
        make("button", { type: "submit" }, this.#text.wordSend));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (word.value.trim()) void this.#rate(row, seq, value, pressed, word.value.trim());
        else form.remove();
      });
      row.append(form);
      form.scrollIntoView({ block: "nearest", behavior: "instant" });
    }

    /** All of the answer when that fits, with what was said before it when that fits too; else from its start. */
    #bringIntoView(entry) {
      const { log } = this.#part;
      const end = log.lastElementChild;
      this.#showBelow();
      const said = [...log.querySelectorAll(".user")].find((each) => each.dataset.id === entry.answers);
      const first = said?.nextElementSibling;
      if (!first) return end?.scrollIntoView({ block: "end" });
      const room = log.clientHeight - 16;
      const fits = (start) => end.offsetTop + end.offsetHeight - start.offsetTop <= room;
      if (!fits(said) && fits(first)) end.scrollIntoView({ block: "end" });
      else (said.offsetHeight < room / 3 ? said : first).scrollIntoView({ block: "start" });
    }

    #toEnd() {
      const { log } = this.#part;
      log.focus({ preventScroll: true }); // before the button goes
      log.lastElementChild?.scrollIntoView({ block: "end" });
    }

    /** The way down for who points, as long as something is out of sight there; the keyboard scrolls the log itself. */
    #showBelow() {
      const { log, below } = this.#part;
      const nearly = 48;
      below.hidden = log.scrollHeight - log.clientHeight - log.scrollTop < nearly;
    }

    #showProgress() {
      const { progress, bar, progressLabel } = this.#part;
      progress.hidden = !this.#progress;
      if (!this.#progress) return;
      progressLabel.textContent = this.#progress.label;
      bar.max = this.#progress.total;
      bar.value = this.#progress.done;
    }

    /** Say something in the status line, until there is something else to say. */
    #notify(note) {
      this.#note = note;
      this.#showStatus();
      if (note) setTimeout(() => this.#note === note && this.#notify(""), 6_000);
    }

    #showStatus(late = false) {
      const { status } = this.#part;
      const text = this.#text;
      const waits = this.#pending.size > 0;
      if (!waits) clearTimeout(this.#lateTimer);
      const now = this.#offline ? text.offline : this.#note || (waits ? (late ? text.late : this.#person ? text.passed : text.typing) : "");
      if (status.textContent === text.late && now === text.typing) return;
      if (status.textContent !== now) status.textContent = now;
    }

    // --- copy, delete, plan

    #copy() {
      const lines = [...this.#part.log.querySelectorAll(".message")].map((message) =>
        [...message.children].filter((child) => !child.matches(".thumbs, .files, button"))
          .map((child) => child.textContent).join("\n").replace(": \n", ": "));
      const whole = lines.join("\n\n");
      const byHand = () => this.#ask(this.#text.copyBy, make("textarea", { readOnly: true, value: whole, "aria-labelledby": "sure" }));
      if (!navigator.clipboard) return byHand();
      return navigator.clipboard.writeText(whole).then(() => this.#notify(this.#text.copied), byHand);
    }

    #wipe() {
      const yes = button(this.#text.wipeYes, async () => {
        this.#part.dialog.close();
        if (!(await this.#delete())) return this.#notify(this.#text.wipeFailed);
        this.#part.input.focus();
        return this.#notify(this.#text.wiped);
      }, { className: "strong" });
      this.#ask(this.#text.wipeSure, yes, this.#text.wipeNo);
    }

    async #delete() {
      if (TOKEN.get()) {
        try {
          const response = await this.#line.call("DELETE", "session");
          if (!response.ok && response.status !== 401) return false;
        } catch {
          return false;
        }
      }
      this.#tab.queue.length = 0;
      this.#keep({ draft: "" });
      TOKEN.set(null);
      this.#line.begin();
      this.#reset();
      return true;
    }

    #ask(question, element, no = this.#text.dismiss) {
      const { dialog, more } = this.#part;
      const row = make("div", { className: "pair" });
      if (element.tagName === "BUTTON") row.append(element);
      row.append(button(no, () => dialog.close()));
      dialog.replaceChildren(make("p", { id: "sure" }, question), ...(element.tagName === "BUTTON" ? [] : [element]), row);
      dialog.onclose = () => more.focus();
      dialog.showModal();
      if (element.select) element.select();
    }

    /** A link to a plan: its code leaves the address bar at once, and goes out only when the visitor says so. */
    #askAboutPlan() {
      const code = PLAN.exec(safelyDecoded(location.hash))?.[1];
      if (!code) return;
      history.replaceState(history.state, "", location.pathname + location.search);
      const { ask } = this.#part;
      const text = this.#text;
      const close = () => {
        ask.hidden = true;
        ask.replaceChildren();
        this.#part.input.focus();
      };
      const yes = button(text.planYes, () => {
        close();
        this.#say(text.planSays(code), text.planShows);
      }, { className: "strong" });
      ask.replaceChildren(make("p", { id: "ask" }, text.plan(code)), make("div", { className: "pair" }, yes, button(text.planNo, close)));
      ask.hidden = false;
      this.#open({ focus: false });
      this.#part.news.textContent = text.plan(code); // read out; it stands on screen already
    }
  }

  function safelyDecoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return "";
    }
  }

  if (!customElements.get("ips-wijzer")) customElements.define("ips-wijzer", IpsWijzer);
})();
