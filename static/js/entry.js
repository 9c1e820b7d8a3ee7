/* Entering findings by keyboard. Fields that a kind of finding cannot have leave the form; a digit chooses the severity
   while its group has the focus; Ctrl or Cmd and Enter saves. No key works alone outside the form. */
(() => {
  "use strict";
  const form = document.querySelector("[data-entry]");
  if (!form) return;
  const select = form.querySelector('select[name="requirement"]');

  const kind = () => {
    const nature = form.querySelector('input[name="nature"]:checked')?.value || "breach";
    return nature === "breach" ? select.selectedOptions[0]?.dataset.kind || "nc" : nature;
  };

  /* A part of the form is in it or waits in a template: what is not there cannot be sent. */
  const show = (part, isIn) => {
    if (part.id === "about-car") { part.hidden = !isIn; return; }
    if (isIn === (part.localName !== "template")) return;
    if (isIn) part.replaceWith(part.kept || part.content.firstElementChild.cloneNode(true));
    else {
      const waiting = document.createElement("template");
      waiting.dataset.only = part.dataset.only;
      waiting.kept = part;
      part.replaceWith(waiting);
    }
  };
  const follow = () => {
    const now = kind();
    for (const part of form.querySelectorAll("[data-only]")) show(part, part.dataset.only.split(" ").includes(now));
  };
  form.addEventListener("change", (event) => { if (["requirement", "nature"].includes(event.target.name)) follow(); });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat) return;
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.name === "severity" && /^[1-9]$/.test(key)) {
      const wanted = form.querySelectorAll('input[name="severity"]')[Number(key) - 1];
      if (!wanted) return;
      event.preventDefault();
      wanted.checked = true;
      wanted.focus();
      wanted.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (key === "?" && (target.matches("button, [type=radio], select") || (target.matches("[role=combobox]") && !target.value))) {
      const keys = document.getElementById("keys");
      event.preventDefault();
      keys.open = true;
      keys.querySelector("summary").focus();
    }
  });
  if (select) follow();
})();
