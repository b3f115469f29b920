/**
 * Kind `compose`: a message in one's own words. The coach looks at it as often as asked; the first and
 * the latest version stand side by side. The text is kept only if "keep" is ticked.
 */

/** The text with the words that led to a judgement marked, each with the number of its criterion. */
function marked(text, notes, h) {
  const letters = [...text]; // the coach counts characters, JavaScript half of some
  const edges = new Set([0, letters.length, ...notes.flatMap((note) => note.spans.flat())]);
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(1).map((end, n) => {
    const begin = cuts[n];
    const words = letters.slice(begin, end).join("");
    const numbers = notes.flatMap((note, i) => (note.spans.some(([from, to]) => from <= begin && end <= to) ? [i + 1] : []));
    if (!numbers.length) return words;
    const worst = numbers.some((i) => notes[i - 1].mark !== "met") ? "unmet" : "met";
    const closes = numbers.filter((i) => notes[i - 1].spans.some(([, to]) => to === end));
    const which = closes.length > 0 && h("sup", {}, h("span", { class: "course-hidden" }, " (words for "), closes.join(", "), h("span", { class: "course-hidden" }, ") "));
    return h("mark", { "data-mark": worst }, words, which);
  });
}

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, paragraphs, badge, look, earlier, text, changed, id }) {
  const { criteria, longest } = view.body;
  const kept = text ? JSON.parse(text) : null;
  const versions = kept && kept.first !== kept.last ? [{ text: kept.first }] : [];
  const own = new Map(Object.entries(earlier?.own ?? {}));
  const box = h("textarea", { id: `${id}-text`, rows: 6, maxlength: longest, "aria-describedby": `${id}-hint`, oninput: changed });
  box.value = kept?.last ?? "";
  const keep = h("input", { type: "checkbox", id: `${id}-keep`, checked: earlier?.keep, onchange: changed });
  const panel = h("div", { class: "course-coach" });
  const said = h("p", { role: "status", class: "course-quiet" });
  const written = () => box.value.trim() !== "";

  const mine = (criterion) => {
    const choice = (words, value) =>
      h("label", { class: "course-bucket" },
        h("input", { type: "radio", name: `${id}-own-${criterion.id}`, checked: own.get(criterion.id) === value, onchange: () => { own.set(criterion.id, value); changed(); } }),
        h("span", {}, words));
    return h("fieldset", { class: "course-own" },
      h("legend", {}, "You: ", h("span", { class: "course-hidden" }, criterion.asks)),
      h("div", { class: "course-buckets" }, choice("Yes", true), choice("No", false)));
  };

  const row = (note, version) => {
    const criterion = criteria.find((one) => one.id === note.part);
    const letters = [...version.text];
    const quotes = note.spans.map(([from, to]) => `“${letters.slice(from, to).join("").trim()}”`).join(", ");
    return h("li", { class: "course-note", "data-mark": note.mark },
      h("p", { class: "course-note-head" }, h("strong", {}, criterion.asks), " ", badge(note.mark)),
      h("p", {}, note.say),
      quotes && h("p", { class: "course-quiet" }, `The words: ${quotes}`),
      mine(criterion));
  };

  const column = (title, version) =>
    h("div", {}, h("h4", {}, title),
      version.judged && h("p", { class: "course-quiet" }, `${version.judged.headline}.`),
      h("blockquote", {}, ...paragraphs(version.text)));

  const show = (version) => {
    const { headline, notes } = version.judged;
    const rows = notes.filter((note) => note.part).map((note) => ({ spans: [], ...note })); // no words, no spans
    const mend = notes.find((note) => note.mark === "mend");
    said.replaceChildren(`${headline}.`);
    if (!rows.length) return void panel.replaceChildren(); // it could not be judged, and the headline says why
    if (version.text !== versions.at(-1)?.text) versions.push(version);
    panel.replaceChildren(
      h("h4", { tabindex: "-1" }, "What your message does"),
      h("blockquote", { class: "course-marked" }, marked(version.text, rows, h)),
      h("ol", { class: "course-notes" }, rows.map((note) => row(note, version))),
      ...(mend ? [h("p", { class: "course-mend" }, h("strong", {}, "Try this first: "), mend.say)] : []),
      ...(versions.length > 1 ? [h("div", { class: "course-versions" }, column("Your first version", versions[0]), column("Your latest version", version))] : []),
    );
    panel.querySelector("h4").focus();
  };

  const ask = async () => {
    if (!written()) return void said.replaceChildren("Write your message first; then the coach looks at it with you.");
    said.replaceChildren("The coach is reading …");
    const version = { text: box.value };
    version.judged = await look({ text: version.text });
    if (!version.judged) return void said.replaceChildren(); // why, says the card
    show(version);
  };

  return {
    node: h("div", { class: "course-compose" },
      h("label", { class: "course-stem", for: `${id}-text` }, view.stem),
      h("p", { class: "course-quiet", id: `${id}-hint` }, h("strong", {}, "Invented names only. "),
        "The coach works on this computer. It is a helper that can be wrong, and it misses some leaks; when unsure, ask."),
      box,
      h("p", { class: "course-actions" }, h("button", { type: "button", class: "course-button", onclick: ask }, "Look at it with me"), said),
      panel,
      h("label", { class: "course-keep", for: `${id}-keep` }, keep, h("span", {}, "Keep my text with my answers. Unticked, it is not recorded anywhere.")),
      earlier && !earlier.keep && h("p", { class: "course-quiet" }, "You did this before; that text was not kept.")),
    answer: () => {
      const judged = { keep: keep.checked, own: Object.fromEntries(own) };
      return keep.checked ? { ...judged, text: { first: versions[0]?.text ?? box.value, last: box.value } } : judged;
    },
    missing: () => (written() ? "" : "Write your message first."),
    button: (again) => (again ? "Done again" : "Done: show me how others put it"),
  };
}
