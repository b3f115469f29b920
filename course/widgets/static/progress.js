/** How far the learner is in one lesson, as a picture and as words, with the ways on and back. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h }) {
  const { title, words, review, done, total, links } = view;
  const share = total ? Math.round((100 * done) / total) : 0;
  return {
    node: h("nav", { class: "course-progress", "aria-label": `Lesson: ${title}` },
      h("div", { class: "course-bar", "aria-hidden": "true" }, h("span", { style: `width: ${share}%` })),
      h("p", {}, words),
      h("p", { class: "course-quiet" }, review),
      h("p", { class: "course-links" }, links.map((link) => h("a", { href: link.file }, link.words)))),
  };
}
