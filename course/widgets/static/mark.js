/** Kind `mark`: the pieces of a draft, each a word or phrase to mark or not. Answers with a list of letters. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, changed, id }) {
  const { pieces } = view.body;
  const inputs = pieces.map((piece) =>
    h("input", { type: "checkbox", class: "course-hidden", id: `${id}-${piece.id}`, value: piece.id, checked: earlier?.includes(piece.id), onchange: changed }));
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    node: h("fieldset", { class: "course-marking" }, h("legend", {}, view.stem),
      h("p", { class: "course-quiet" }, "Click the words, or go to them with Tab and press Space. Marked words are underlined and carry a cross."),
      h("p", { class: "course-draft" },
        pieces.map((piece, n) => [h("label", { for: `${id}-${piece.id}` }, inputs[n], h("span", {}, piece.text)), " "]).flat())),
    answer: () => (chosen().length ? chosen() : null),
    missing: () => (chosen().length ? "" : "Mark at least one piece first."),
    name: (letter) => `“${pieces.find((piece) => piece.id === letter)?.text ?? letter}”`,
  };
}
