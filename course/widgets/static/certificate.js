/** The learner's certificate: one button once the final check is passed. */

/** @type {(view: any, tools: any) => any} */
export function draw({ passed, until, said }, { h, send }) {
  const title = h("h3", { class: "course-title", tabindex: -1, "data-focus": true }, "Your certificate");
  if (!passed) {
    return { node: h("div", { class: "course-card" }, title,
      h("p", {}, "It is made here as soon as you have passed the final check. It says who passed what, when and for which practice, how far that can be trusted, and how to check it.")) };
  }
  return { node: h("div", { class: "course-card" }, title,
    h("p", {}, `You passed the final check on ${passed}. That counts until ${until}.`),
    h("div", { class: "course-actions" }, h("button", { type: "button", class: "course-button", onclick: () => send({ do: "make" }) }, said ? "Make it again" : "Make my certificate")),
    h("p", { role: "status" }, said)) };
}
