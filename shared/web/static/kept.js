// Brings back what had been typed when a sign-in ended; see shared/web/kept.py. What is stored here is encrypted.
(() => {
  "use strict";
  const NAME = "kail-kept";

  // The page that turned a form away hands over what it said.
  const held = document.querySelector("[data-kept]");
  if (held) {
    try {
      sessionStorage.setItem(NAME, JSON.stringify({ closed: held.dataset.kept, action: held.dataset.action }));
      held.hidden = false;
    } catch {
      // A browser without storage keeps nothing, and the page does not say that it does.
    }
    return;
  }

  const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  if (!kept) return;

  document.querySelector("form[action='/intake/signout']")?.addEventListener("submit", () => {
    sessionStorage.removeItem(NAME);
  });

  const forms = [...document.querySelectorAll("main form[method=post]")].filter(
    (each) => new URL(each.getAttribute("action"), location.href).pathname === kept.action,
  );
  if (forms.length) bringBack();

  async function bringBack() {
    const csrf = forms[0].querySelector("[name=csrf_token]").value;
    const body = new URLSearchParams({ csrf_token: csrf, closed: kept.closed });
    const answer = await fetch("/intake/kept", { method: "POST", body });
    if (answer.status < 500) sessionStorage.removeItem(NAME);
    if (!answer.ok) return;
    const { fields, sentence } = await answer.json();
    // Several forms of a page may lead to one address: it belongs to the one that has most of its fields.
    const names = new Set(fields.map(([name]) => name));
    const known = (form) => [...form.elements].filter((field) => visible(field) && names.has(field.name)).length;
    const form = forms.reduce((best, each) => (known(each) > known(best) ? each : best));
    if (!known(form)) return;
    fill(form, fields);
    say(form, sentence);
  }

  function visible(field) {
    return field.name && !["hidden", "submit", "button", "file", "password"].includes(field.type);
  }

  function fill(form, fields) {
    const typed = new Map();
    for (const [name, value] of fields) typed.set(name, [...(typed.get(name) ?? []), value]);
    for (const field of form.elements) {
      if (!visible(field)) continue;
      const values = typed.get(field.name);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values?.includes(field.value) ?? false;
      else if (values?.length) field.value = values.shift();
    }
    for (const folded of form.querySelectorAll("details")) {
      folded.open ||= [...folded.querySelectorAll("input, select, textarea")].some((each) => typed.has(each.name) && each.value);
    }
  }

  function say(form, sentence) {
    const notice = document.createElement("div");
    notice.className = "notice notice-warning";
    notice.setAttribute("role", "status");
    notice.tabIndex = -1;
    const text = document.createElement("p");
    text.textContent = sentence;
    notice.append(text);
    form.prepend(notice);
    notice.focus();
  }
})();
