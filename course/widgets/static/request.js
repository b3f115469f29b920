/** Kind `request`: five actions on a request to connect. Answers with a list of one letter. */

const SIGNS = ["✓", "↪", "☎", "?", "⊘"]; // yes, another place, in person, ask first, remove

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, optionList, earlier, changed, id }) {
  const { options } = view.body;
  const { rows, chosen } = optionList(options, { id, earlier, changed, sign: (n) => SIGNS[n] });
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), rows),
    answer: () => (chosen().length ? chosen() : null),
    missing: () => (chosen().length ? "" : "Choose what you do first."),
    name: (part) => options.find((option) => option.id === part)?.text ?? part,
  };
}
