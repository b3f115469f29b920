/** Kind `request`: five actions on a request to connect. Answers with a list of one letter. */

const SIGNS = ["✓", "↪", "☎", "?", "⊘"]; // yes, another place, in person, ask first, remove

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, changed, id }) {
  const { options } = view.body;
  const inputs = options.map((option) =>
    h("input", { type: "radio", name: `${id}-action`, id: `${id}-${option.id}`, value: option.id, checked: earlier?.includes(option.id), onchange: changed }));
  const rows = options.map((option, n) =>
    h("label", { class: "course-option", for: `${id}-${option.id}` }, inputs[n],
      h("span", { class: "course-letter", "aria-hidden": "true" }, SIGNS[n]), h("span", {}, option.text)));
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), rows),
    answer: () => (chosen().length ? chosen() : null),
    missing: () => (chosen().length ? "" : "Choose what you do first."),
    name: (part) => options.find((option) => option.id === part)?.text ?? part,
  };
}
