// The table that a tab trains on, kept by the tab: a lab that comes back with another kernel can look at it again.
// One of the parts of a module. Tabs do not share it, and it goes with its tab.

const KEPT = "regviz-table";
const MOST_KEPT = 3_000_000; // bytes; a tab has room for about four million

// Remember the file that was sent last: it becomes the tab's table once the lab trains on it.
function remember(file) {
  window.regvizSent = file;
}

// `as` says what the lab calls the table, and how it was read.
async function keepTable(name, as) {
  const file = window.regvizSent;
  if (document.body.dataset.voila === undefined || file?.name !== name) return;
  try {
    sessionStorage.removeItem(KEPT);
    if (file.size > MOST_KEPT) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let signs = "";
    for (let at = 0; at < bytes.length; at += 32768) signs += String.fromCharCode(...bytes.subarray(at, at + 32768));
    sessionStorage.setItem(KEPT, JSON.stringify({ name, ...as, content: btoa(signs) }));
  } catch { /* the tab has no room, or the file has changed on the disk: then it is not kept */ }
}

// The kept table that the page's link asks for: `file`, and how it was read; null if there is none.
function keptTable() {
  if (document.body.dataset.voila === undefined) return null;
  try {
    const { content, name, data, how, kinds, choices } = JSON.parse(sessionStorage.getItem(KEPT));
    const [opened] = performance.getEntriesByType("navigation"); // the lab rewrites the address
    if (new URL(opened.name).searchParams.get("data") !== data) return null;
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    return { file: new File([bytes], name), how, kinds, choices };
  } catch { // nothing was kept, or not by us
    return null;
  }
}
