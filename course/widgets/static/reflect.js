/** Kind `reflect`: a text for oneself. It leaves the browser only if "keep" is ticked. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, text, changed, id }) {
  const box = h("textarea", { id: `${id}-text`, rows: 5, maxlength: view.body.longest, "aria-describedby": `${id}-hint`, oninput: changed });
  box.value = text ?? "";
  const keep = h("input", { type: "checkbox", id: `${id}-keep`, checked: earlier?.keep, onchange: changed });
  const written = () => box.value.trim() !== "";
  const gone = earlier && !earlier.keep;
  return {
    node: h("div", { class: "course-reflect" },
      h("label", { class: "course-stem", for: `${id}-text` }, view.stem),
      h("p", { class: "course-quiet", id: `${id}-hint` }, h("strong", {}, "Invented names only. "),
        gone ? "You answered this before; that text was not kept." : "Nothing here is graded, and nobody else is shown what you write."),
      box,
      h("label", { class: "course-keep", for: `${id}-keep` }, keep, h("span", {}, "Keep my text with my answers. Unticked, it never leaves this page."))),
    answer: () => (keep.checked ? { keep: true, text: box.value } : { keep: false }),
    missing: () => (written() ? "" : "Write a line or two first; it is for you alone."),
    button: (again) => (again ? "Done again" : "Done: show me what others say"),
  };
}
