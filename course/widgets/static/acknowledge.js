/** The practice's own policy: one box to tick, one button, and the version that was confirmed. */

/** @type {(view: any, tools: any) => any} */
export function draw({ title, version, where, changed, done }, { h, send, id }) {
  const named = `${title}, version ${version}`;
  if (done) {
    return { node: h("div", { class: "course-card" },
      h("h3", { class: "course-title", tabindex: -1, "data-focus": true }, "Your practice's own policy"),
      h("p", {}, h("span", { "aria-hidden": "true" }, "✓ "), `You have confirmed that you read ${named}. A new version will ask again.`)) };
  }
  const box = h("input", { type: "checkbox", id: `${id}-read` });
  const alert = h("p", { role: "alert", class: "course-alert" });
  const form = h("form", { class: "course-card", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    if (!box.checked) return void alert.replaceChildren("Read the policy and tick the box first.");
    alert.replaceChildren();
    send({ do: "acknowledge", version });
  } },
    h("h3", { class: "course-title" }, "Your practice's own policy"),
    h("p", {}, `The course is general. What counts where you work is ${title}. You find it ${where}.`),
    changed && h("p", {}, h("strong", {}, "New in this version: "), changed),
    h("label", { class: "course-keep", for: `${id}-read` }, box, h("span", {}, `I have read ${named}.`)),
    h("div", { class: "course-actions" }, h("button", { type: "submit", class: "course-button" }, "Confirm")),
    alert);
  return { node: form };
}
