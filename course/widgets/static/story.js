/** A story: one scene at a time, what came of the last choice, and a look back at the end. */

function cameOf({ h, badge, sentences }, { text, mark, say }) {
  return h("div", { class: "course-note", "data-mark": mark },
    h("p", { class: "course-note-head" }, badge(mark), " ", h("span", {}, text)), sentences(say));
}

function cardOf({ h, paragraphs }, { who, network, text }) {
  return h("figure", { class: "course-scene" },
    h("figcaption", {}, h("span", {}, h("strong", {}, who), h("span", { class: "course-quiet" }, ` · ${network}`))),
    h("blockquote", {}, paragraphs(text)));
}

function mapOf(h, { picture, words }, label) {
  return h("details", { class: "course-more" }, h("summary", {}, label),
    h("img", { src: picture, alt: "Map of the story; the list below says the same.", class: "course-map" }),
    h("ul", {}, words.map((text) => h("li", {}, text))));
}

function choosing(view, { h, optionList, send, id }) {
  const began = performance.now();
  const alert = h("p", { role: "alert", class: "course-alert" });
  const choices = view.choices.map(({ number, text }) => ({ id: `${number}`, text }));
  const { rows, chosen } = optionList(choices, { id });
  return h("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const [choice] = chosen();
    if (choice === undefined) return void alert.replaceChildren("Choose one first.");
    send({ do: "choose", turn: view.turn, choice: Number(choice), seconds: (performance.now() - began) / 1000 });
  } },
    h("fieldset", {}, h("legend", {}, "What do you do?"), rows),
    h("div", { class: "course-actions" }, h("button", { type: "submit", class: "course-button" }, "Do this")), alert);
}

function lookingBack({ taken, defensible }, tools) {
  const { h, send } = tools;
  return [
    h("h4", {}, "Your way, and where another choice was better"),
    h("ol", { class: "course-debrief" }, taken.map((step, n) =>
      h("li", {}, h("p", { class: "course-quiet" }, step.place), cameOf(tools, step),
        step.better && h("p", {}, h("strong", {}, "Better here: "), step.better),
        step.reasons.length ? h("details", { class: "course-more" }, h("summary", {}, "Where this comes from"),
          h("ul", {}, step.reasons.map(({ says, by }) => h("li", {}, h("strong", {}, by), ` ${says}`)))) : null,
        h("button", { type: "button", class: "course-plain", onclick: () => send({ do: "again", turn: n }) }, "Try this turn again")))),
    h("details", { class: "course-more" }, h("summary", {}, "A way that can be defended throughout"),
      h("ol", {}, defensible.map(({ place, text, why }) => h("li", {}, h("strong", {}, place), ` ${text} `, h("span", { class: "course-quiet" }, why))))),
  ];
}

/** @type {(view: any, tools: any) => any} */
export function draw(view, tools) {
  const { h, paragraphs } = tools;
  const begun = view.turn > 0;
  return { node: h("div", { class: "course-card course-story" },
    h("h3", { class: "course-title" }, view.title),
    begun ? null : h("p", {}, view.opening),
    h("p", { class: "course-rule" }, h("strong", {}, "The rule here: "), view.rule),
    view.said && h("div", { role: "status" }, cameOf(tools, view.said)),
    h("h4", { tabindex: -1, "data-focus": true, class: "course-place" }, view.place),
    paragraphs(view.text),
    view.card && cardOf(tools, view.card),
    view.ending ? h("p", { class: "course-headline" }, view.ending) : choosing(view, tools),
    view.debrief ? lookingBack(view.debrief, tools) : null,
    begun ? mapOf(h, view.map, view.ending ? "The whole map" : "Where you have been") : null) };
}
