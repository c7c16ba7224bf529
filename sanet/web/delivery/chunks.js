/* global CHUNKS, ENTRY, HERE */
// Makes modules of Gradio's scripts, which came as text, and lets them find each other by name and by address.
const assets = new URL("assets/", document.baseURI).href;
const here = new Set(HERE);
globalThis.isNotHere = (name) => !here.has(name);
const begun = new WeakMap(); // by a list of events: the names of those that each widget begins
globalThis.eventsBegunBy = (id, events) => {
  if (!begun.has(events)) {
    const names = new Map();
    for (const { targets } of events) {
      const first = new Map([...targets].reverse()); // by widget: Gradio takes the first of each
      for (const [widget, name] of first) if (name) names.set(widget, [...(names.get(widget) ?? []), name]);
    }
    begun.set(events, names);
  }
  return begun.get(events).get(id) ?? [];
};
const known = new WeakMap(); // by the root of a tree of widgets: each widget by its number, null where there is none
globalThis.widgetIn = (root, id) => {
  if (!known.get(root)?.has(id)) known.set(root, new Map([...within(root)].map((widget) => [widget.id, widget])));
  const widgets = known.get(root);
  if (!widgets.has(id)) widgets.set(id, null); // the page itself, which each event of its opening asks for
  return widgets.get(id);
};
function* within(widget) {
  yield widget;
  for (const child of widget.children ?? []) yield* within(child);
}
const imports = { "gradio/": assets };
for (const [name, text] of Object.entries(CHUNKS)) {
  const address = assets + name;
  const module = `${text.replaceAll("import.meta.url", JSON.stringify(address))}\n//# sourceURL=${address}`;
  imports[`gradio/${name}`] = imports[address] = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
}
const map = document.createElement("script");
map.type = "importmap";
map.textContent = JSON.stringify({ imports });
document.currentScript.after(map);
addEventListener("DOMContentLoaded", () => import(`gradio/${ENTRY}`));
