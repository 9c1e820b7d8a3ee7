/* What scripts add to pages that already work without them. No eval, no inline style, no inline handler. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("has-script");

  /* Dialogs: a link with data-dialog opens the dialog of that id in place of its page. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const dialog = document.getElementById(link.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    dialog.addEventListener("close", () => link.focus(), { once: true });
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches("dialog.dialog") && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });

  /* Menus made of <details data-closes> close by Escape and by a click elsewhere. */
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-closes][open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-closes]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-closes][open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  /* A button with data-copies copies what the field of that id holds, and says so; without a clipboard it selects it. */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copies]");
    const field = button && document.getElementById(button.dataset.copies);
    if (!field) return;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus();
      field.select();
      if (!document.execCommand("copy")) return;
    }
    button.querySelector("[aria-live]").textContent = button.dataset.copied;
  });

  /* Good news fades after eight seconds, unless the reader is at it. Trouble stays until it is closed. */
  const fade = (toast) => {
    setTimeout(() => {
      if (toast.matches(":hover, :focus-within")) fade(toast);
      else toast.remove();
    }, 8000);
  };

  /* The theme changes at once; the server remembers it. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-choice]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    if (chosen === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
    const body = new FormData(form);
    body.set("theme", chosen);
    fetch(form.action, { method: "POST", body, redirect: "manual" });
    document.dispatchEvent(new CustomEvent("themechange"));
  });

  /* A form is sent once, however often its button is pressed. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [hx-put], [data-theme-choice]")) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  /* "Add another": clone the formset's template in place of asking the server for a row. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="add_row"]');
    const set = button && button.closest("[data-formset]");
    if (!set) return;
    const total = set.querySelector(`[name="${set.dataset.formset}-TOTAL_FORMS"]`);
    const template = set.querySelector(":scope > template");
    const place = Number(total.value);
    event.preventDefault();
    if (place >= Number(set.dataset.most)) return;
    const row = template.content.firstElementChild.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of element.attributes) {
        if (attribute.value.includes("__prefix__")) attribute.value = attribute.value.replaceAll("__prefix__", place);
      }
    }
    row.setAttribute("aria-label", `${row.getAttribute("aria-label").trim()} ${place + 1}`);
    set.querySelector("[data-rows]").append(row);
    total.value = place + 1;
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    row.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const mark = event.target.closest("[data-remove]");
    if (mark) mark.closest(".formset-row").classList.toggle("going", event.target.checked);
  });

  /* Files dragged over a file field show where they will land. */
  for (const [name, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      if (event.target.matches?.('input[type="file"]')) event.target.classList.toggle("over", over);
    });
  }

  /* A failed htmx request says so; nothing typed is touched. */
  document.addEventListener("htmx:sendError", () => document.body.classList.add("is-offline"));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) document.body.classList.remove("is-offline");
  });

  const settle = (scope) => {
    for (const toast of scope.querySelectorAll("[data-fades]")) {
      delete toast.dataset.fades;
      toast.removeAttribute("data-fades");
      fade(toast);
    }
    const summary = scope.querySelector(".summary[autofocus]");
    if (summary) summary.focus();
  };
  const start = () => {
    settle(document);
    document.body.addEventListener("htmx:load", (event) => settle(event.detail.elt.parentElement || document));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
