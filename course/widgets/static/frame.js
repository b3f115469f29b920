/**
 * What all kinds share: the card around an activity, the way of an answer, and what is said of it.
 *
 * A kind's module exports `draw(view, tools)` and returns a Part. It arrives as text in the trait
 * `modules`, because anywidget loads one module a widget and there is no build step to join two.
 *
 * Text from learners and files is only ever set as text, never as markup.
 *
 * @typedef {object} Part
 * @property {Node} node what the kind draws
 * @property {() => unknown} [answer] the answer as it stands; null while it is blank
 * @property {() => string} [missing] what is still to be done before it can be sent; "" if nothing
 * @property {(part: string) => string} [name] how a part of the answer is called in the feedback
 * @property {(label: boolean) => string} [button] the words on the button
 *
 * @typedef {object} Tools
 * @property {typeof h} h
 * @property {typeof paragraphs} paragraphs
 * @property {typeof badge} badge
 * @property {typeof sentences} sentences
 * @property {typeof optionList} optionList
 * @property {unknown} earlier the learner's last answer, or null
 * @property {() => void} changed to be called when the answer changes
 * @property {(draft: unknown) => Promise<any>} look asks for a verdict on a draft, which is not recorded; null if none came
 * @property {(message: object) => void} send sends a message that the kernel answers
 * @property {string} id a prefix for ids that is unique on the page
 */

const NOTHING_SENT = "Not answered yet";

/** Longer than the journal waits for another process, so that a slow save is not called lost. */
const ANSWER_WITHIN_MS = 8000;

const MARKS = {
  best: "Best here",
  acceptable: "Fair",
  poor: "Better not",
  harmful: "Could hurt someone",
  right: "In its place",
  misplaced: "Belongs elsewhere",
  earlier: "Belongs earlier",
  later: "Belongs later",
  example: "Example",
  met: "Yes",
  unmet: "Not yet",
  perhaps: "Perhaps not",
  found: "You found it",
  missed: "Gives something away",
  harmless: "Harmless",
};

const SIGNS = {
  best: "✓", right: "✓", acceptable: "◐", poor: "○", harmful: "!", misplaced: "○", earlier: "↑", later: "↓", example: "“",
  met: "✓", unmet: "○", perhaps: "?", found: "✓", missed: "!", harmless: "○",
};

const SEEN = {
  "own text": "read in the authority’s own text",
  reported: "as reported by others",
  "our judgement": "the course’s own judgement",
};

const VERBS = { request: "wants to connect", message: "writes", post: "posts", review: "leaves a review" };

const DAYS = { monday: "Monday", tuesday: "Tuesday", wednesday: "Wednesday" };

const SURENESS = { sure: "Sure", fairly: "Fairly sure", guess: "A guess" };

/** Each widget of a page loads a copy of this file: what they have to share stands in one place for all. */
const page = (globalThis.__course ??= { modules: new Map(), widgets: 0 });
const { modules } = page;

/** Builds an element. Children that are strings become text; keys of `props` are attributes or `on…` handlers. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter(Boolean));
  return node;
}

/** @param {string} text the source of a kind's ES module */
function load(text) {
  if (!modules.has(text)) {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    modules.set(text, import(url).finally(() => URL.revokeObjectURL(url)));
  }
  return modules.get(text);
}

const paragraphs = (text) => text.split(/\n\s*\n/).map((part) => h("p", {}, part.trim()));

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

const day = (iso) => new Date(iso).toLocaleDateString([], { day: "numeric", month: "long" });

const isToday = (iso) => new Date(iso).toDateString() === new Date().toDateString();

const savedWords = (iso) => (isToday(iso) ? `Saved at ${clock(iso)}` : `Saved on ${day(iso)}, ${clock(iso)}`);

/** Sends messages with a key each, and says so where no answer comes back in time. */
function postbox(model, lost) {
  const waiting = new Map();
  const settle = (key) => {
    clearTimeout(waiting.get(key));
    return waiting.delete(key);
  };
  return {
    settle,
    send(message) {
      const { key } = message;
      settle(key);
      waiting.set(key, setTimeout(() => settle(key) && lost("The course did not answer."), ANSWER_WITHIN_MS));
      try {
        model.send(message);
      } catch {
        settle(key);
        lost("The session has stopped.");
      }
    },
  };
}

function sceneCard(scene) {
  const initials = scene.who.match(/\p{L}+/gu)?.slice(0, 2).map((word) => word[0]).join("") ?? "?";
  return h(
    "figure",
    { class: `course-scene course-scene-${scene.shape}` },
    h(
      "figcaption",
      {},
      h("span", { class: "course-avatar", "aria-hidden": "true" }, initials),
      h("span", {}, h("strong", {}, scene.who), h("span", { class: "course-quiet" }, ` ${VERBS[scene.shape]} · ${scene.network}`)),
    ),
    h("blockquote", {}, ...paragraphs(scene.text)),
  );
}

function badge(mark) {
  return h("span", { class: "course-badge" }, h("span", { "aria-hidden": "true" }, `${SIGNS[mark]} `), MARKS[mark]);
}

function noteCard(note, name) {
  const heading = note.part ? h("p", { class: "course-note-head" }, badge(note.mark), " ", h("span", {}, name(note.part))) : null;
  if (typeof note.say === "string") {
    return h("li", { class: "course-note", "data-mark": note.mark }, heading, ...paragraphs(note.say));
  }
  return h("li", { class: "course-note", "data-mark": note.mark }, heading, sentences(note.say));
}

/** The three sentences of feedback. */
function sentences({ happens, why, do: todo }) {
  const said = [["What happens", happens], ["Why", why], ["What to do", todo]];
  return h("dl", {}, said.map(([term, text]) => h("div", {}, h("dt", {}, term), h("dd", {}, text))));
}

/**
 * A list of options, each with its input and, if `sign` gives one, a sign before its text.
 *
 * @param {{id: string, text: string}[]} options
 */
function optionList(options, { id, type = "radio", earlier, changed = () => {}, sign = () => "" }) {
  const inputs = options.map((option) =>
    h("input", { type, name: `${id}-option`, id: `${id}-${option.id}`, value: option.id, checked: earlier?.includes(option.id), onchange: changed }));
  const rows = options.map((option, n) =>
    h("label", { class: "course-option", for: `${id}-${option.id}` }, inputs[n],
      sign(n) && h("span", { class: "course-letter", "aria-hidden": "true" }, sign(n)), h("span", {}, option.text)));
  return { rows, chosen: () => inputs.filter((input) => input.checked).map((input) => input.value) };
}

/** What every kind may draw with. */
const TOOLS = { h, paragraphs, badge, sentences, optionList };

function claimItem(reason) {
  if (reason.seen === "quotation") return h("li", { class: "course-quotation" }, h("q", {}, reason.says));
  return h("li", {}, h("span", { class: "course-reason-id" }, reason.id), ` ${reason.says}`);
}

function sourceItem(reason) {
  const safe = /^https?:\/\//.test(reason.url ?? "");
  const by = safe ? h("a", { href: reason.url, target: "_blank", rel: "noopener noreferrer" }, reason.by) : h("span", {}, reason.by);
  return h("li", {}, h("strong", {}, by), ` ${reason.says} `, h("span", { class: "course-quiet" }, `(${reason.id}, ${SEEN[reason.seen]})`));
}

/** Claims stand under their article, authorities under a heading of their own. */
function more(reasons) {
  const groups = new Map();
  for (const reason of reasons) {
    const heading = SEEN[reason.seen] ? "Law, professional bodies and research" : reason.by;
    groups.set(heading, [...(groups.get(heading) ?? []), SEEN[reason.seen] ? sourceItem(reason) : claimItem(reason)]);
  }
  return h(
    "details",
    { class: "course-more" },
    h("summary", {}, "More: where this comes from"),
    [...groups].map(([heading, items]) => [h("h4", {}, heading), h("ul", {}, items)]).flat(),
  );
}

function feedback({ verdict }, name) {
  return [
    h("p", { class: "course-headline" }, `${verdict.headline}.`),
    h("ul", { class: "course-notes" }, verdict.notes.map((note) => noteCard(note, name))),
  ];
}

/** Sends messages that are no answers, and says in an alert what became of one that was refused or lost. */
function messenger(model) {
  const alert = h("p", { role: "alert", class: "course-alert" });
  const post = postbox(model, (why) => alert.replaceChildren(`Not saved. ${why} Reload this page and try again.`));
  return {
    alert,
    send(message) {
      alert.replaceChildren();
      post.send({ ...message, key: crypto.randomUUID() });
    },
    hear(message) {
      if (post.settle(message.key) && message.refused) alert.replaceChildren(message.refused);
    },
  };
}

/** Anything that is no activity: it draws itself anew whenever the kernel sends another view. */
function drawPlain(model, modules, root, id) {
  const [[name, kind]] = Object.entries(modules);
  const { alert, send, hear } = messenger(model);
  const place = h("div", {});
  root.dataset.kind = name;
  const draw = () => {
    const held = place.contains(document.activeElement);
    place.replaceChildren(kind.draw(model.get("view"), { ...TOOLS, send, id }).node);
    if (held) place.querySelector("[data-focus]")?.focus();
  };
  model.on("msg:custom", hear);
  model.on("change:view", draw);
  root.append(place, alert);
  draw();
  return () => {
    model.off("msg:custom", hear);
    model.off("change:view", draw);
  };
}

/** How sure the learner says to be; asked in the checks, never scored. */
function surenessChoice(id, chosen, changed) {
  const inputs = Object.keys(SURENESS).map((value) =>
    h("input", { type: "radio", name: `${id}-sure`, value, checked: value === chosen, onchange: changed }));
  return {
    node: h("fieldset", { class: "course-sureness" }, h("legend", {}, "How sure are you?"),
      h("div", { class: "course-buckets" }, inputs.map((input) => h("label", { class: "course-bucket" }, input, h("span", {}, SURENESS[input.value]))))),
    value: () => inputs.find((input) => input.checked)?.value ?? null,
  };
}

/**
 * One activity: its card, and what becomes of an answer. `onSaved` is called after each answer that was saved.
 *
 * @returns {{node: Node, update: () => void, hear: (message: any) => void, hark: () => void}}
 */
function drawActivity(model, view, kind, id, onSaved) {
  const shownNow = () => model.get("shown")[view.id] ?? {};
  const earlier = shownNow();
  const status = h("p", { role: "status", class: "course-status" }, NOTHING_SENT);
  const alert = h("p", { role: "alert", class: "course-alert" });
  const said = h("div", { role: "status", class: "course-feedback" });
  const reasons = h("div", {});
  const button = h("button", { type: "submit", class: "course-button" });
  let drawnAt = performance.now();
  let saved = null;
  let pending = null;
  let current = null;

  const looking = new Map();
  const lost = (why) => {
    looking.forEach((resolve) => resolve(null));
    status.replaceChildren();
    alert.replaceChildren(`Not recorded. ${why} Your answer is still here: reload this page and answer again.`);
    button.removeAttribute("aria-disabled");
  };
  const post = postbox(model, lost);

  /** The answer as it stands, as text; null while it is blank. */
  const given = () => {
    const answer = part.answer();
    return answer === null ? null : JSON.stringify(sureness ? [answer, sureness.value()] : answer);
  };
  const changed = () => {
    alert.replaceChildren();
    if (given() !== saved) status.replaceChildren(saved ? "Changed, not sent yet" : NOTHING_SENT);
  };
  const look = (draft) => new Promise((resolve) => {
    const key = crypto.randomUUID();
    looking.set(key, resolve);
    alert.replaceChildren();
    post.send({ do: "look", activity: view.id, key, answer: draft });
  });
  const sureness = view.confidence && !view.closed ? surenessChoice(id, earlier.confidence, changed) : null;
  const part = kind.draw(view, { ...TOOLS, look, earlier: earlier.reworded ? null : (earlier.answer ?? null), text: earlier.text, changed, id });
  const words = () => (view.confidence ? (saved === null ? "Save and go on" : "Save the change") : saved === null ? "Answer" : "Answer again");
  const label = () => button.replaceChildren(part.button?.(saved !== null) ?? words());

  const update = () => {
    const shown = shownNow();
    if (shown.at && shown.key === current) return;
    current = shown.key;
    if (!shown.at) return label();
    const sent = post.settle(shown.key);
    pending = null;
    alert.replaceChildren();
    button.removeAttribute("aria-disabled");
    if (shown.reworded) {
      said.replaceChildren(h("p", {}, `This question has been reworded since you answered it on ${day(shown.at)}. That answer is kept. You can answer the new one.`));
    } else if (shown.withheld) {
      saved = JSON.stringify([shown.answer, shown.confidence]);
      status.replaceChildren(savedWords(shown.at));
    } else {
      saved = JSON.stringify(shown.answer);
      said.replaceChildren(...feedback(shown, part.name ?? ((name) => name)));
      reasons.replaceChildren(...(shown.reasons.length ? [more(shown.reasons)] : []));
      status.replaceChildren(savedWords(shown.at));
    }
    label();
    if (sent && shown.withheld) onSaved?.();
  };

  const submit = (event) => {
    event.preventDefault();
    if (button.hasAttribute("aria-disabled")) return;
    const missing = part.missing?.() || (sureness && !sureness.value() ? "Say how sure you are, too. It is never scored." : "");
    if (missing) return void alert.replaceChildren(missing);
    const answer = part.answer();
    const text = given();
    if (text === saved && !answer?.text) {
      return void status.replaceChildren(`${savedWords(shownNow().at)}. Change your answer to try again.`);
    }
    alert.replaceChildren();
    status.replaceChildren("Saving …");
    button.setAttribute("aria-disabled", "true");
    // The same answer sent again carries the same key, so that it is recorded once.
    if (pending?.text !== text) pending = { text, key: crypto.randomUUID() };
    post.send({ do: "submit", activity: view.id, key: pending.key, answer, confidence: sureness?.value(), seconds: (performance.now() - drawnAt) / 1000 });
    drawnAt = performance.now();
  };

  const hear = (message) => {
    if ((!message.refused && !message.looked) || !post.settle(message.key)) return;
    if (looking.has(message.key)) {
      looking.get(message.key)(message.looked ?? null);
      return void alert.replaceChildren(message.refused ?? "");
    }
    status.replaceChildren();
    alert.replaceChildren(`Not recorded. ${message.refused}`);
    button.removeAttribute("aria-disabled");
  };

  const echo = h("p", { class: "course-echo", role: "status", hidden: true });
  /** What an earlier answer led to; it may have been given in this very widget. */
  const hark = () => {
    const text = model.get("view").items.find((item) => item.id === view.id)?.echo;
    echo.hidden = !text;
    if (echo.textContent !== (text ?? "")) echo.replaceChildren(text ?? "");
  };

  const node = h(
    "form",
    { class: "course-card", novalidate: true, onsubmit: submit },
    view.day && h("p", { class: "course-day" }, DAYS[view.day]),
    h("h3", { class: "course-title" }, view.title),
    echo,
    view.scene && sceneCard(view.scene),
    view.rule && h("p", { class: "course-rule" }, h("strong", {}, view.elsewhere ? "The rule at another practice: " : "The rule here: "), view.rule),
    view.note && h("p", {}, h("strong", {}, view.note)),
    view.closed ? h("fieldset", { disabled: true, class: "course-closed" }, part.node) : part.node,
    sureness?.node,
    h("div", {}, view.closed ? null : h("div", { class: "course-actions" }, button, status), alert, said, reasons),
    view.link && h("p", {}, h("a", { href: view.link.file }, view.link.words)),
  );
  update();
  hark();
  return { node, update, hear, hark };
}

/** The head of a set: how many are open, one at a time or all at once, and the way from one to the next. */
function setHead(model, cards, id) {
  const { title, items, paged } = model.get("view");
  const count = h("p", { role: "status", class: "course-quiet" });
  const where = h("span", { role: "status" });
  let here = Math.max(0, items.findIndex((item) => !model.get("shown")[item.id]));
  let single = paged;

  const go = (to) => {
    here = to;
    arrange();
    cards[here].node.querySelector("h3").focus();
  };
  const back = h("button", { type: "button", class: "course-plain", onclick: () => here > 0 && go(here - 1) }, "Back");
  const next = h("button", { type: "button", class: "course-plain", onclick: () => here < cards.length - 1 && go(here + 1) }, "Next");
  const mode = (words, value) =>
    h("label", { class: "course-bucket" },
      h("input", { type: "radio", name: `${id}-mode`, checked: single === value, onchange: () => { single = value; arrange(); } }),
      h("span", {}, words));
  const pager = h("p", { class: "course-actions" }, back, next, where);
  const arrange = () => {
    cards.forEach((card, n) => { card.node.hidden = single && n !== here; });
    pager.hidden = !single;
    back.toggleAttribute("disabled", here === 0);
    next.toggleAttribute("disabled", here === cards.length - 1);
    where.replaceChildren(`${here + 1} of ${cards.length}`);
  };
  const recount = () => {
    const open = items.filter((item) => !model.get("shown")[item.id]).length;
    count.replaceChildren(open ? `${open} of ${items.length} still open.` : `All ${items.length} answered.`);
  };
  arrange();
  recount();
  const node = h("div", { class: "course-set" },
    title && h("h2", { class: "course-title" }, title),
    count,
    h("fieldset", {}, h("legend", { class: "course-hidden" }, "How to show the questions"),
      h("div", { class: "course-buckets" }, mode("One at a time", true), mode("All at once", false))),
    pager);
  /** Goes on to the next question after one was saved, where they are shown one at a time. */
  const onward = (n) => {
    if (!single || n !== here) return false;
    if (here < cards.length - 1) go(here + 1);
    return here > n;
  };
  return { node, recount, onward };
}

function drawActivities(model, modules, root, id, onLastSaved) {
  const { items } = model.get("view");
  const saved = (n) => {
    if (!head?.onward(n) && n === items.length - 1) onLastSaved?.();
  };
  const cards = items.map((item, n) => drawActivity(model, item, modules[item.kind], `${id}-${n}`, () => saved(n)));
  const open = items.some((item) => !item.closed);
  const head = items.length > 1 && open ? setHead(model, cards, id) : null;
  if (items.length) root.dataset.kind = head ? "set" : items[0].kind;
  const update = () => {
    cards.forEach((card) => card.update());
    head?.recount();
  };
  const hear = (message) => cards.forEach((card) => card.hear(message));
  if (head) cards.forEach(({ node }) => node.querySelector("h3").setAttribute("tabindex", "-1"));
  root.append(...[head?.node, ...cards.map((card) => card.node)].filter(Boolean));
  const hark = () => cards.forEach((card) => card.hark());
  model.on("msg:custom", hear);
  model.on("change:shown", update);
  model.on("change:view", hark);
  return () => {
    model.off("msg:custom", hear);
    model.off("change:shown", update);
    model.off("change:view", hark);
  };
}

/** A check: a panel, its items while it is open or to be looked back at, and its end. Each step is drawn anew. */
function drawSitting(model, modules, root, id) {
  const { alert, send, hear } = messenger(model);
  let clear = () => {};
  const draw = () => {
    const held = root.contains(document.activeElement);
    clear();
    const { node, end } = modules.sitting.draw(model.get("view").panel, { h, send, id });
    const place = h("div", {});
    clear = drawActivities(model, modules, place, id, () => end?.querySelector("button").focus());
    root.replaceChildren(...[node, place, end, alert].filter(Boolean));
    if (held) node.querySelector("[data-focus]").focus();
  };
  root.dataset.kind = "sitting";
  model.on("msg:custom", hear);
  model.on("change:view", draw);
  draw();
  return () => {
    clear();
    model.off("msg:custom", hear);
    model.off("change:view", draw);
  };
}

/**
 * Says hello until the kernel answers beside busy cells, so that no click waits for one. JupyterLab
 * needs a moment to give the page a shell of its own; a kernel that has none is asked a few times.
 */
function greet(model, root, times = 20) {
  const hello = () => {
    if (!root.isConnected || times-- < 1) return;
    try {
      model.send({ do: "hello", key: "hello" });
    } catch {
      // The session has stopped; the first answer will say so.
    }
  };
  model.on("msg:custom", (message) => {
    if (message.key !== "hello") return;
    if (message.beside) root.dataset.met = "";
    else setTimeout(hello, 500);
  });
  setTimeout(hello, 500); // the page is drawn first
}

async function render({ model, el }) {
  const texts = Object.entries(model.get("modules"));
  const modules = Object.fromEntries(await Promise.all(texts.map(async ([kind, text]) => [kind, await load(text)])));
  const root = h("section", { class: "course" });
  // JupyterLab would take a letter for a command: x cuts the cell, an arrow leaves it.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  const id = `course-${++page.widgets}`;
  const draw = modules.sitting ? drawSitting : model.get("view").items ? drawActivities : drawPlain;
  const clear = draw(model, modules, root, id);
  el.append(root);
  greet(model, root);
  return clear;
}

export default { render };
