// A search page as its makers' documentation writes it: only the host is ours, and patience with a
// machine that does other work besides.
const { widgets, connectors } = instantsearch;
const host = new URLSearchParams(location.search).get("search");
const searchClient = window["algoliasearch/lite"].liteClient("any", "any", {
  hosts: [{ url: host, protocol: "http", accept: "readWrite" }],
  timeouts: { connect: 15_000, read: 15_000, write: 15_000 },
});
const search = instantsearch({ indexName: "articles", searchClient });
const autocomplete = connectors.connectAutocomplete(({ indices, refine, widgetParams }, first) => {
  if (first) {
    const input = document.createElement("input");
    input.addEventListener("input", () => refine(input.value));
    widgetParams.container.append(input, document.createElement("ul"));
  }
  const titles = indices.flatMap(({ hits }) => hits.map((hit) => hit.title));
  widgetParams.container.querySelector("ul").replaceChildren(
    ...titles.map((title) => Object.assign(document.createElement("li"), { textContent: title })),
  );
});

search.addWidgets([
  widgets.configure({ hitsPerPage: 5, attributesToSnippet: ["body:12"] }),
  widgets.searchBox({ container: "#searchbox" }),
  widgets.sortBy({
    container: "#sort",
    items: [
      { label: "Relevance", value: "articles" },
      { label: "Newest", value: "articles_newest" },
      { label: "Oldest", value: "articles_oldest" },
      { label: "Shortest", value: "articles_shortest" },
      { label: "Longest", value: "articles_longest" },
    ],
  }),
  widgets.stats({ container: "#stats" }),
  widgets.refinementList({ container: "#categories", attribute: "category", searchable: true }),
  widgets.refinementList({ container: "#tags", attribute: "tag", operator: "and" }),
  widgets.menu({ container: "#authors", attribute: "author" }),
  widgets.rangeInput({ container: "#minutes", attribute: "read_minutes" }),
  widgets.numericMenu({
    container: "#dates",
    attribute: "published_at",
    items: [
      { label: "Any time" },
      { label: "Since July 2026", start: Date.UTC(2026, 6, 1) / 1000 },
      { label: "Before July 2026", end: Date.UTC(2026, 6, 1) / 1000 - 1 },
    ],
  }),
  widgets.currentRefinements({ container: "#refinements" }),
  widgets.hits({
    container: "#hits",
    templates: {
      item: (hit, { html, components }) => html`
        <h2>${components.Highlight({ hit, attribute: "title" })}</h2>
        <p>${components.Snippet({ hit, attribute: "body" })}</p>
        <time>${hit.published_at}</time> <data value=${hit.read_minutes}></data>
      `,
    },
  }),
  widgets.pagination({ container: "#pagination" }),
  widgets.index({ indexName: "articles_oldest", indexId: "endless" }).addWidgets([
    widgets.infiniteHits({
      container: "#more",
      templates: { item: (hit, { html }) => html`<b>${hit.objectID}</b>` },
    }),
  ]),
]);
search.start();

const completing = instantsearch({ indexName: "articles", searchClient });
completing.addWidgets([
  widgets.configure({ hitsPerPage: 3 }),
  autocomplete({ container: document.querySelector("#autocomplete") }),
]);
completing.start();
