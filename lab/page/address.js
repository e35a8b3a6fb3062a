// The address of the lab's page: says the present state, and is copied. One of the parts of screen.js's module.

// The address of a notebook as a page of Voilà, with the present state; nothing where none can be told. JupyterLab and
// Notebook 7 know the `path` of a widget's notebook, whatever is in front; elsewhere it is read off the address.
function link(query, path) {
  const page = new URL(location.href);
  if (!ownPage()) {
    const named = page.pathname.match(/\/(?:lab|doc|notebooks)(?:\/workspaces\/[^\/]+)?(?:\/tree)?\/(.+\.ipynb)$/)?.[1];
    const notebook = path?.replace(/^[^\/:]+:/, "").split("/").map(encodeURIComponent).join("/") ?? named;
    const { baseUrl, hubPrefix } = pageSettings();
    if (!notebook || baseUrl === undefined) return "";
    // Under a hub everybody has a server; this address leads everybody to the same notebook on their own one.
    page.pathname = `${hubPrefix ? `${hubPrefix.replace(/\/?$/, "/")}user-redirect/` : baseUrl}voila/render/${notebook}`;
  }
  const lang = ownPage() && page.searchParams.get("lang");
  page.search = lang ? `${query}${query && "&"}lang=${encodeURIComponent(lang)}` : query;
  page.hash = "";
  return page.href;
}

// JupyterLab's page configuration, which Notebook 7 has too; nbclassic says its base on the body.
function pageSettings() {
  const settings = document.getElementById("jupyter-config-data");
  return settings ? JSON.parse(settings.textContent) : { baseUrl: document.body.dataset.baseUrl };
}

// The page's own address follows the state `query`; what it asked for besides stays.
function showInAddress(query) {
  if (!ownPage()) return;
  const asked = new URLSearchParams(location.search);
  const kept = ["theme", "lang"].filter((name) => asked.get(name)).map((name) => `${name}=${encodeURIComponent(asked.get(name))}`);
  const whole = [query, ...kept].filter(Boolean).join("&");
  history.replaceState(history.state, "", location.pathname + (whole ? `?${whole}` : "") + location.hash);
}

// Copies a link to the present state for a click on `.rv-copy-link`.
class LinkCopier {
  constructor(model, app, on, say) {
    this.model = model;
    this.say = say;
    this.heard = () => {};
    on(document, "click", (event) => {
      const button = event.target.closest?.(".rv-copy-link");
      if (button && app().contains(button)) this.click(button);
    });
  }

  link(query) {
    return link(query, this.model.widget_manager?.context?.path);
  }

  async click(button) {
    await this.query(); // a slider says where it is once the kernel has heard where it was
    const text = this.link(await this.query());
    await copy(text, button);
    button.dataset.copied = text;
  }

  // The address says a state a moment later, and a busy kernel much later: whoever copies it waits for an answer.
  query() {
    return new Promise((done) => {
      this.heard = done;
      this.say("link");
      setTimeout(() => done(this.model.get("query")), 2000); // there is no kernel any more
    });
  }
}
