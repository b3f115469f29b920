/** Kind `order`: a list whose steps move up and down by buttons. Answers with the letters in their order. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, changed, id }) {
  const { steps } = view.body;
  const texts = new Map(steps.map((step) => [step.id, step.text]));
  let order = earlier ?? steps.map((step) => step.id);
  let touched = earlier !== null;
  const list = h("ol", { class: "course-steps" });
  const moved = h("p", { role: "status", class: "course-hidden" });

  const move = (letter, by) => {
    const from = order.indexOf(letter);
    const to = from + by;
    if (to < 0 || to >= order.length) return;
    order = order.toSpliced(from, 1).toSpliced(to, 0, letter);
    touched = true;
    arrange();
    // Focus stays on the button that was pressed, or goes to its twin at the end of the list.
    const row = list.children[to];
    (row.querySelector(`button[data-by="${by}"]:not([disabled])`) ?? row.querySelector("button:not([disabled])")).focus();
    moved.replaceChildren(`Now number ${to + 1} of ${order.length}.`);
    changed();
  };
  const button = (letter, by, label, disabled) =>
    h("button", { type: "button", class: "course-move", "data-by": by, disabled, "aria-label": `${label}: ${texts.get(letter)}`, onclick: () => move(letter, by) },
      h("span", { "aria-hidden": "true" }, by < 0 ? "↑" : "↓"));
  const arrange = () =>
    list.replaceChildren(
      ...order.map((letter, n) =>
        h("li", {}, h("span", { class: "course-step-text" }, texts.get(letter)),
          h("span", { class: "course-moves" }, button(letter, -1, "Move up", n === 0), button(letter, 1, "Move down", n === order.length - 1)))),
    );
  arrange();
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), h("p", { class: "course-quiet", id: `${id}-how` }, "Move each step up or down until the order is right."), list, moved),
    answer: () => (touched ? order : null),
    missing: () => (touched ? "" : "Move the steps into your order first. If you find this order right, move one step away and back."),
    name: (letter) => texts.get(letter) ?? letter,
  };
}
