// The start page asks each service what waits for this officer; here it becomes one list, the most urgent first. A service
// that does not answer is named: its work is missing, not done.
(() => {
  const list = document.getElementById("desk-lines");
  if (!list) return;
  const PATIENCE = 10000; // milliseconds after which a service that has not answered is named
  const sources = [...document.querySelectorAll("[data-desk]")];

  const say = (what, wanted) => document.querySelectorAll(`[data-says="${what}"]`).forEach((each) => (each.hidden = !wanted));
  const write = (what, number) => document.querySelectorAll(`[data-number="${what}"]`).forEach((each) => (each.textContent = number));
  const sum = (what) =>
    sources.reduce((all, source) => all + Number(source.querySelector("[data-part]")?.dataset[what] ?? 0), 0);
  const due = (row) => (row.dataset.due ? Date.parse(row.dataset.due) : Infinity);

  const gather = () => {
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const found = sources.flatMap((source) => [...source.querySelectorAll("li[data-rank]")]);
    found.sort((one, other) => one.dataset.rank - other.dataset.rank || due(one) - due(other) || 0);
    const shown = found.slice(0, Number(list.dataset.most));
    list.replaceChildren(...shown.map((row) => row.cloneNode(true)));
    if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();

    const silent = sources.filter((source) => source.dataset.answered === "no");
    for (const source of sources)
      document.querySelector(`[data-silent="${source.dataset.desk}"]`).hidden = !silent.includes(source);
    const isWhole = sources.every((source) => source.dataset.answered);
    const [late, near, total] = ["late", "near", "total"].map(sum);
    write("late", late), write("near", near), write("total", total), write("more", total - shown.length);
    say("asking", !isWhole);
    say("urgent", isWhole && late + near > 0);
    say("calm", isWhole && total > 0 && late + near === 0);
    say("none", isWhole && total === 0 && silent.length === 0);
    say("more", isWhole && total > shown.length);
  };

  // What a service said before it fell silent may be done by now: it is not shown.
  const note = (source, hasAnswered) => {
    source.dataset.answered = hasAnswered ? "yes" : "no";
    if (!hasAnswered) source.replaceChildren();
    gather();
  };
  document.addEventListener("htmx:finally:request", (event) => {
    const source = event.target;
    if (!sources.includes(source)) return;
    const status = event.detail?.ctx?.response?.status ?? 0;
    note(source, status >= 200 && status < 300 && source.querySelector("[data-part]") !== null);
  });
  setTimeout(() => sources.filter((source) => !source.dataset.answered).forEach((source) => note(source, false)), PATIENCE);
})();
