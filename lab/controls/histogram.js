// A histogram as small as a word: bars of heights from 0 to 1. One of the parts of a module.

const SVG = "http://www.w3.org/2000/svg";

function histogram(heights, label) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 120 34");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  const wide = 120 / Math.max(heights.length, 2);
  heights.forEach((height, i) => {
    const tall = height && Math.max(1.5, 33 * height); // what occurs at all is seen
    const bar = document.createElementNS(SVG, "rect");
    const place = { x: i * wide + 0.75, y: 34 - tall, width: wide - 1.5, height: tall };
    for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value);
    picture.append(bar);
  });
  return picture;
}
