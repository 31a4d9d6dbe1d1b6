// The start page gathers what is due first from each service; here it becomes one list, the earliest due date first.
(() => {
  const list = document.getElementById("urgent");
  if (!list) return;
  const most = Number(list.dataset.most);

  const gather = () => {
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const found = [...document.querySelectorAll("[data-urgent] > li")].map((row) => row.cloneNode(true));
    found.sort((one, other) => Date.parse(one.dataset.due) - Date.parse(other.dataset.due));
    list.replaceChildren(...found.slice(0, most));
    const sources = [...document.querySelectorAll("[data-urgent]")];
    if (sources.every((source) => source.dataset.asked)) list.dataset.gathered = "";
    if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  };

  // A service that does not answer must not leave the page waiting for the others.
  document.addEventListener("htmx:finally:request", (event) => {
    if ("urgent" in event.target.dataset) event.target.dataset.asked = "yes";
    gather();
  });
  document.addEventListener("htmx:after:swap", gather);
})();
