// Light or dark: `?theme=light|dark` if given, else what the system prefers, also when it changes its mind.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const forced = asked === "light" || asked === "dark" ? asked : null;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function dress() {
    const mode = forced ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = mode;
    const body = document.body;
    if (!body?.dataset.voila) return;
    // What JupyterLab's own pages carry: widgets and the lab read it.
    body.dataset.jpThemeLight = String(mode === "light");
    body.dataset.jpThemeName = `JupyterLab ${mode === "light" ? "Light" : "Dark"}`;
    body.classList.toggle("theme-light", mode === "light");
    body.classList.toggle("theme-dark", mode === "dark");
  }

  system.addEventListener("change", dress);
  window.regviz = { dress, tr: (english) => english }; // the page may know another language
  dress();
})();
