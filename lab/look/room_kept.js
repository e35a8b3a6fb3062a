// A text that once took two lines keeps their room: what stands below it does not jump. A part of every module that
// shows such a text.

function keepsItsRoom(part) {
  let width = 0;
  const kept = new ResizeObserver(() => {
    if (part.clientWidth !== width) part.style.minHeight = "";
    else if (part.offsetHeight > (parseFloat(part.style.minHeight) || 0)) part.style.minHeight = `${part.offsetHeight}px`;
    width = part.clientWidth;
  });
  kept.observe(part);
  return kept;
}
