/* exported UNCHANGED, handOpened, handPhotograph, handStyle, knowStyle */
// What goes with the visitor from tab to tab. Values are files as Gradio hands them about.
const UNCHANGED = { __type__: "update" };

/** The photograph of the open tab, once it can be seen, for the other tabs; of one that was given it, for none. */
let latest = null;
let underWay = 0;
async function handPhotograph(id, photograph, count) {
  latest = photograph;
  const isOpen = document.getElementById(id)?.offsetParent;
  underWay += 1;
  const isSeen = isOpen && photograph && (await canBeSeen(photograph.url));
  underWay -= 1;
  return Array(count).fill(isSeen && latest === photograph ? photograph : UNCHANGED);
}
/** The same for a tab that is opened; not while another photograph is on its way to it. */
function handOpened(id, photograph, count) {
  return underWay ? Array(count).fill(UNCHANGED) : handPhotograph(id, photograph, count);
}
async function canBeSeen(url) {
  const picture = new Image();
  picture.src = url;
  return picture.decode().then(() => true, () => false);
}

// The style of the first tab goes into the first place of others, until the visitor puts another one there.
let handed = null;
function knowStyle(style) {
  handed = style?.path;
}
function handStyle(style, ...places) {
  const before = handed;
  if (style) handed = style.path;
  return places.map((place) => (style && before && place?.path === before ? style : UNCHANGED));
}
