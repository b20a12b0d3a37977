// Comforts only: text size and light or dark. Every page reads and works without this file.
(() => {
  const root = document.documentElement;
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const sizes = ["90", "100", "112", "125", "140"];
  let size = Math.max(0, sizes.indexOf(kept("font") ?? "100"));
  const setSize = () => { root.dataset.font = sizes[size]; };
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  if (kept("theme")) root.dataset.theme = kept("theme");
  setSize();
  const tools = document.querySelector(".tools");
  if (!tools) return;
  tools.hidden = false;
  const toggle = tools.querySelector("[data-theme-toggle]");
  const show = () => toggle.setAttribute("aria-pressed", String(dark()));
  show();
  toggle.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    keep("theme", root.dataset.theme);
    show();
  });
  for (const button of tools.querySelectorAll("[data-font]")) {
    button.addEventListener("click", () => {
      size = Math.min(sizes.length - 1, Math.max(0, size + Number(button.dataset.font)));
      keep("font", sizes[size]);
      setSize();
    });
  }
})();
