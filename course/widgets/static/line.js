/** A practice writes its own line: a form that stays as it is, and below it what the answers make. */

const SIGNS = { accept: "✓", redirect: "↪", speak: "☎", ask: "?", limit: "⊘" };

const forms = new Map(); // one form a widget: drawing the result anew must not empty it

function ask({ questions }, { h, send, id }) {
  const radios = (name, legend, all, checked) =>
    h("fieldset", {}, h("legend", {}, legend), Object.entries(all).map(([value, words]) =>
      h("label", { class: "course-option" }, h("input", { type: "radio", name: `${id}-${name}`, value, checked: value === checked }), h("span", {}, words))));
  const text = (name, label, rows) =>
    h("p", { class: "course-field" }, h("label", { for: `${id}-${name}` }, label),
      rows ? h("textarea", { id: `${id}-${name}`, rows, maxlength: 600 }) : h("input", { type: "text", id: `${id}-${name}`, maxlength: 80, autocomplete: "off" }));
  const tick = (name, words) =>
    h("label", { class: "course-keep", for: `${id}-${name}` }, h("input", { type: "checkbox", id: `${id}-${name}` }), h("span", {}, words));
  const form = h("form", { class: "course-card", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    send({ do: "draft", answers: answers() });
  } },
    radios("stance", "What have you decided about connecting with the people you serve?", questions.stances, questions.stance),
    tick("linkedin", "On LinkedIn they may be contacts, where a profile is about work alone."),
    text("name", "The name of your practice"), text("page", "Your public Page, as you call it (leave empty if there is none)"),
    text("website", "Your website"), text("phone", "Your phone"),
    text("decline", "Two sentences with which your staff can decline", 3),
    radios("ties", "When a friend becomes somebody you serve", questions.ties),
    text("ask", "Whom staff ask when they are unsure, and tell when something went wrong"),
    text("approver", "Who approves public replies"),
    tick("profile_on_card", "A card or a signature of ours links to somebody's personal profile."),
    radios("posts", "What may not stand in staff's own posts?", questions.posts),
    h("div", { class: "course-actions" }, h("button", { type: "submit", class: "course-button" }, "Show what this decides")));
  const chosen = (name) => form.querySelector(`input[name="${id}-${name}"]:checked`)?.value ?? "";
  const field = (name) => form.querySelector(`[id="${id}-${name}"]`);
  const answers = () => ({
    stance: chosen("stance"), ties: chosen("ties"), posts: chosen("posts"),
    linkedin: field("linkedin").checked, profile_on_card: field("profile_on_card").checked,
    ...Object.fromEntries(["name", "page", "website", "phone", "decline", "ask", "approver"].map((name) => [name, field(name).value])),
  });
  return { form, answers };
}

function shown({ line, gaps, networks, rows, page, kept }, answers, { h, send }) {
  return h("div", { class: "course-panel" },
    h("h3", { class: "course-title", tabindex: -1, "data-focus": true }, "What your line decides"),
    h("p", {}, h("strong", {}, "In one sentence: "), `${line}.`),
    gaps.length ? [h("h4", {}, "Still open"), h("ul", {}, gaps.map(({ says, do: todo }) => h("li", {}, h("strong", {}, says), ` ${todo}`)))]
      : h("p", {}, "No gaps and no clashes: your staff has an answer for each of these."),
    h("div", { class: "course-table", role: "region", "aria-label": "What is best, by who asks and where", tabindex: 0 },
      h("table", {}, h("caption", {}, "What is best, by who asks and where (a work account on LinkedIn and X, a mixed one elsewhere)"),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Who asks"), networks.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rows.map(({ who, cells }) => h("tr", {}, h("th", { scope: "row" }, who),
          cells.map(({ action, words }) => h("td", { "data-action": action }, h("span", { "aria-hidden": "true" }, `${SIGNS[action]} `), words))))))),
    h("h4", {}, "The page for your staff"),
    h("pre", { class: "course-page", tabindex: 0 }, page),
    h("div", { class: "course-actions" },
      h("button", { type: "button", class: "course-button", onclick: () => send({ do: "write", answers: answers() }) }, "Keep these pages")),
    h("p", { role: "status" }, kept));
}

/** @type {(view: any, tools: any) => any} */
export function draw(view, tools) {
  const { h, id } = tools;
  if (!forms.has(id)) forms.set(id, ask(view, tools));
  const { form, answers } = forms.get(id);
  return { node: h("div", {}, form, view.result && shown(view.result, answers, tools)) };
}
