/** Kind `sort`: each card has one radio button a bucket. Answers with a bucket's number for each card. */

/** @type {(view: any, tools: any) => any} */
export function draw(view, { h, earlier, changed, id }) {
  const { buckets, cards } = view.body;
  const placed = new Map(Object.entries(earlier ?? {}));
  const left = () => cards.length - placed.size;
  const count = h("p", { class: "course-quiet", role: "status" });
  const recount = () => count.replaceChildren(left() ? `${left()} of ${cards.length} still to place.` : "All placed.");
  const place = (card, bucket) => {
    placed.set(card, bucket);
    recount();
    changed();
  };
  const bucketChoice = (card, bucket, n) =>
    h("label", { class: "course-bucket" },
      h("input", { type: "radio", name: `${id}-${card.id}`, value: n, checked: placed.get(card.id) === n, onchange: () => place(card.id, n) }),
      h("span", {}, bucket));
  recount();
  return {
    node: h("fieldset", {}, h("legend", {}, view.stem), count,
      cards.map((card) =>
        h("fieldset", { class: "course-sort-card" }, h("legend", {}, card.text),
          h("div", { class: "course-buckets" }, buckets.map((bucket, n) => bucketChoice(card, bucket, n)))))),
    answer: () => (placed.size ? Object.fromEntries(cards.filter((card) => placed.has(card.id)).map((card) => [card.id, placed.get(card.id)])) : null),
    missing: () => (left() ? `Place every card first: ${left()} of ${cards.length} still to go.` : ""),
    name: (letter) => cards.find((card) => card.id === letter)?.text ?? letter,
  };
}
