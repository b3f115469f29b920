/** The start page: who is here, where to go on, and how far each lesson is. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, send, id }) {
  return { node: h("div", { class: "course-welcome" }, view.learner.name ? greeting(view, h, send) : asking(view, h, send, id)) };
}

function rows(lessons, h) {
  return h("ol", { class: "course-lessons" },
    lessons.map((lesson) =>
      h("li", {}, h("a", { href: lesson.file }, lesson.title),
        h("div", { class: "course-bar", "aria-hidden": "true" }, h("span", { style: `width: ${lesson.share}%` })),
        h("span", { class: "course-quiet" }, lesson.words))));
}

function greeting({ learner, next, lessons, open, led, practice, words }, h, send) {
  return [
    h("h2", { tabindex: -1, "data-focus": true }, `Welcome, ${learner.name}`),
    practice.note && h("p", {}, practice.note),
    next
      ? h("p", {}, h("a", { class: "course-button", href: next.file }, next.words))
      : h("p", {}, "Your path is done. Come back to any lesson whenever you like."),
    h("p", { class: "course-quiet" }, words),
    h("h3", {}, "Your path"),
    rows(lessons, h),
    open.length ? [h("h3", {}, "Open to you as well"), rows(open, h)] : null,
    led && h("p", {}, "Learning together in a room today? ", h("a", { href: led.file }, led.words)),
    h("details", { class: "course-more" },
      h("summary", {}, `At ${practice.name}`),
      h("dl", {}, practice.facts.map(({ term, text }) => h("div", {}, h("dt", {}, term), h("dd", {}, text))))),
    h("p", {}, h("button", { type: "button", class: "course-plain", onclick: () => send({ do: "leave" }) }, `I am not ${learner.name}`)),
  ].flat();
}

function asking({ known, professions, roles, suggested }, h, send, id) {
  const name = h("input", { type: "text", id: `${id}-name`, maxlength: 80, autocomplete: "off", required: true, "data-focus": true });
  const choices = (group, all, checked) =>
    Object.entries(all).map(([value, words]) =>
      h("label", { class: "course-option" }, h("input", { type: "radio", name: `${id}-${group}`, value, checked: value === checked, required: true }), h("span", {}, words)));
  const chosen = (group) => form.querySelector(`input[name="${id}-${group}"]:checked`)?.value ?? null;
  const form = h("form", { class: "course-card", onsubmit: (event) => {
    event.preventDefault();
    send({ do: "profile", name: name.value, profession: chosen("profession"), role: chosen("role") });
  } },
    h("h2", { class: "course-title" }, known.length ? "Somebody new" : "Who are you?"),
    h("p", {}, "We ask once. Your name stays with your answers on this computer, and the lessons use examples from your kind of work."),
    h("p", {}, h("label", { for: `${id}-name` }, "Your name"), name),
    h("fieldset", {}, h("legend", {}, "Where do you work?"), choices("profession", professions, suggested)),
    h("fieldset", {}, h("legend", {}, "What do you do there?"), choices("role", roles, null)),
    h("button", { type: "submit", class: "course-button" }, "Begin"));
  const back = known.length
    ? h("div", { class: "course-known" }, h("h2", {}, "Been here before?"),
        known.map((person) => h("button", { type: "button", class: "course-plain", onclick: () => send({ do: "sit", learner: person.id }) }, `I am ${person.name}${person.role ? `, ${person.role}` : ""}`)))
    : null;
  return [back, form];
}
