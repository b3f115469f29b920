/** Kind `choice`: radio buttons, or checkboxes where several fit. Answers with a list of letters. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, changed, id }) {
  const { several, options } = view.body;
  const letters = options.map((_, n) => String.fromCharCode(65 + n)); // as shown: in a check the options are mixed
  const inputs = options.map((option) =>
    h("input", {
      type: several ? "checkbox" : "radio",
      name: `${id}-option`,
      id: `${id}-${option.id}`,
      value: option.id,
      checked: earlier?.includes(option.id),
      onchange: changed,
    }),
  );
  const rows = options.map((option, n) =>
    h("label", { class: "course-option", for: `${id}-${option.id}` }, inputs[n],
      h("span", { class: "course-letter", "aria-hidden": "true" }, letters[n]), h("span", {}, option.text)),
  );
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), several && h("p", { class: "course-quiet" }, "Tick every one that fits."), rows),
    answer: () => (chosen().length ? chosen() : null),
    missing: () => (chosen().length ? "" : several ? "Tick at least one first." : "Choose one first."),
    name: (part) => {
      const n = options.findIndex((option) => option.id === part);
      return `${letters[n] ?? ""}. ${options[n]?.text ?? ""}`;
    },
  };
}
