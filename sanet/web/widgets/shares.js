/* exported sharesAt */
/** The share of each of four pictures at the corners of a square, of those that are there, at a point from the top left. */
function sharesAt({ x, y }, corners) {
  const plain = [0, 1, 2, 3].map((i) => (i % 2 ? x : 1 - x) * (i > 1 ? y : 1 - y));
  if (!corners?.some(Boolean)) return plain;
  const own = plain.map((share, i) => (corners[i] ? share : 0));
  const total = own[0] + own[1] + own[2] + own[3];
  if (total > 0) return own.map((share) => share / total);
  return own.map((_, i) => (corners[i] ? 1 / corners.filter(Boolean).length : 0)); // the point is on those that are not
}
