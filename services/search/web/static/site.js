// Comforts only. Every page reads, searches and filters without this file; it asks the site.
// It runs before the page is drawn, so that a kept text size or theme moves nothing.
(() => {
  const root = document.documentElement;
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const chosen = { size: kept("size"), theme: kept("theme") };
  const apply = () => {
    for (const [name, value] of Object.entries(chosen)) if (value) root.dataset[name] = value;
  };
  apply();
  // An image that is gone leaves its place empty: hiding it would move what is being read.
  addEventListener("error", ({ target }) => target instanceof HTMLImageElement && target.classList.add("broken"), true);

  const displaySettings = () => {
    for (const [name, value] of Object.entries(chosen)) {
      const known = [...document.querySelectorAll(`.display input[name="${name}"]`)];
      for (const input of known) {
        if (value) input.checked = input.value === value;
        input.addEventListener("change", () => {
          chosen[name] = input.value;
          keep(name, input.value);
          apply();
        });
      }
    }
  };

  // An open menu closes with Escape, and with a click elsewhere.
  const menus = () => {
    const open = () => document.querySelectorAll(".display[open], .all[open]");
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    document.addEventListener("click", (event) => {
      for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
    });
  };

  // Suggestions as of the combobox pattern: arrows choose, Enter goes there, Escape closes.
  const addresses = {
    title: (id) => `/article/${encodeURIComponent(id)}`,
    tag: (id) => `/tag/${encodeURIComponent(id)}`,
    author: (id) => `/author/${encodeURIComponent(id)}`,
    category: (id) => `/section/${id.split(" > ").map(encodeURIComponent).join("/")}`,
  };
  const kinds = { title: "Article", tag: "Tag", author: "Author", category: "Section" };

  const suggestions = () => {
    const input = document.querySelector(".find input");
    if (!input) return;
    const list = document.createElement("ul");
    list.id = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    input.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    let active = -1;
    let asking = null;
    let timer = 0;

    const show = (items) => {
      active = -1;
      list.replaceChildren(...items.map((item, place) => {
        const option = document.createElement("li");
        option.id = `suggestion-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.href = addresses[item.kind](item.id);
        const text = document.createElement("bdi");
        text.textContent = item.text;
        const kind = document.createElement("small");
        kind.textContent = kinds[item.kind];
        option.append(text, " ", kind);
        return option;
      }));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    };
    const move = (step) => {
      // An answer still on its way would take the choice away again.
      clearTimeout(timer);
      asking?.abort();
      const options = [...list.children];
      active = (active + step + options.length + 1) % (options.length + 1);
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      const option = options[active];
      if (option) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const typed = input.value.trim();
      if (!typed) return show([]);
      try {
        const answer = await fetch(`/suggest?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
        if (answer.ok && document.activeElement === input) show((await answer.json()).items);
      } catch { /* another key was pressed, or the network is gone: searching still works */ }
    };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
      else if (event.key === "Escape") { event.preventDefault(); show([]); }
      else if (event.key === "Enter" && list.children[active]) {
        event.preventDefault();
        location.assign(list.children[active].dataset.href);
      }
    });
    input.addEventListener("blur", () => { clearTimeout(timer); show([]); });
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      location.assign(option.dataset.href);
    });
  };

  // A page that came from a cache was not counted when it was made; one that was counts once only.
  const view = () => {
    const article = document.querySelector(".story[data-id]");
    const count = () => fetch(`/article/${encodeURIComponent(article.dataset.id)}/views`, { method: "POST", keepalive: true }).catch(() => {});
    if (!article) return;
    if (document.visibilityState === "visible") count();
    else document.addEventListener("visibilitychange", count, { once: true });
  };

  document.addEventListener("DOMContentLoaded", () => {
    displaySettings();
    menus();
    suggestions();
    view();
  });
})();
