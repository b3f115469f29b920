/** The panel of a check: what it is or what it came to, with its beginning and its end. */

const clock = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

/** @type {(panel: any, tools: any) => {node: Node, end: Node | null}} */
export function draw({ title, words, begin, finish, opens }, { h, send }) {
  const button = (label, message) =>
    h("div", { class: "course-actions" }, h("button", { type: "button", class: "course-button", onclick: () => send(message) }, label));
  const again = opens && `The next try, with other questions, is open from ${new Date(opens).toLocaleString([], clock)}.`;
  return {
    node: h("div", { class: "course-panel" },
      h("h2", { class: "course-title", tabindex: -1, "data-focus": true }, title),
      [...words, again].filter(Boolean).map((text) => h("p", {}, text)),
      begin && button(begin, { do: "begin" })),
    end: finish ? button(finish, { do: "finish" }) : null,
  };
}
