/** Kind `choice`: radio buttons, or checkboxes where several fit. Answers with a list of letters. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, optionList, earlier, changed, id }) {
  const { several, options } = view.body;
  const letter = (n) => String.fromCharCode(65 + n); // as shown: in a check the options are mixed
  const { rows, chosen } = optionList(options, { id, type: several ? "checkbox" : "radio", earlier, changed, sign: letter });
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), several && h("p", { class: "course-quiet" }, "Tick every one that fits."), rows),
    answer: () => (chosen().length ? chosen() : null),
    missing: () => (chosen().length ? "" : several ? "Tick at least one first." : "Choose one first."),
    name: (part) => {
      const n = options.findIndex((option) => option.id === part);
      return n < 0 ? ". " : `${letter(n)}. ${options[n].text}`;
    },
  };
}
