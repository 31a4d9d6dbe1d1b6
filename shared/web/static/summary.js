// A link in the summary of errors names its field, too: the summary is written before the fields that know their labels.
for (const link of document.querySelectorAll(".govuk-error-summary__list a:not([data-named])")) {
  const field = document.getElementById(link.hash.slice(1));
  const legend = field?.type === "radio" && field.closest("fieldset")?.querySelector("legend");
  const label = (legend || field?.labels?.[0])?.textContent.trim();
  if (label) link.prepend(`${label}: `);
}
