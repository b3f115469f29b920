/** The phrase book: words by situation, each with a button that copies them. */

/** @type {(view: any, tools: any) => any} */
export function draw({ situations }, { h, paragraphs }) {
  const said = h("p", { role: "status", class: "course-quiet" });
  const copy = async (words, text) => {
    try {
      await navigator.clipboard.writeText(text);
      said.replaceChildren("Copied. Paste it where you need it, and make it yours.");
    } catch {
      getSelection().selectAllChildren(words); // the browser keeps its clipboard to itself
      said.replaceChildren("Marked. Copy the marked words with Ctrl+C, or Command+C on a Mac.");
    }
  };
  const wording = ({ text, note }) => {
    const words = h("blockquote", {}, ...paragraphs(text));
    return h("li", {}, words, note && h("p", { class: "course-quiet" }, note),
      h("button", { type: "button", class: "course-plain", "aria-label": `Copy: ${text.slice(0, 60)}`, onclick: () => copy(words, text) }, "Copy"));
  };
  return {
    node: h("div", { class: "course-card course-phrases" },
      h("h3", { class: "course-title" }, "Phrase book"),
      h("p", { class: "course-quiet" }, "In your practice’s name, ready to copy. Open a situation."),
      situations.map(({ title, when, wordings }) =>
        h("details", {}, h("summary", {}, title), h("p", {}, when), h("ul", {}, wordings.map(wording)))),
      said),
  };
}
