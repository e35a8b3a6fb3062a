// Sizes of the page that stay.

const STILL = 120; // milliseconds

// Calls `act` when the size of the window or of one of the `parts` has changed and stays: while a person drags an
// edge, each size in between would cost the kernel a layout of all pictures. Returns what ends the watch.
function watchSize(parts, act) {
  let due = 0;
  const soon = () => {
    clearTimeout(due);
    due = setTimeout(act, STILL);
  };
  const seen = new ResizeObserver(soon);
  for (const part of parts) seen.observe(part);
  addEventListener("resize", soon); // its height alone changes none of them
  return () => {
    clearTimeout(due);
    seen.disconnect();
    removeEventListener("resize", soon);
  };
}
