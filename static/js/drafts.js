/* Nothing typed is ever lost: a form that holds [data-draft] saves itself while the reader types, and keeps the words
   on this device for as long as the server cannot be reached. Kept words belong to one reader and go once saved. */
(() => {
  "use strict";
  const PREFIX = "draft:";
  const WAIT = 1200;
  const SKIPPED = new Set(["csrfmiddlewaretoken"]);

  const key = (mark) => `${PREFIX}${mark.dataset.reader}:${mark.dataset.draft}`;
  const typed = (form) => {
    const pairs = [];
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && !SKIPPED.has(name)) pairs.push([name, value]);
    return pairs;
  };
  const say = (mark, text, failed = false) => {
    mark.textContent = text;
    mark.classList.toggle("failed", failed);
  };
  const now = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());

  const keep = (mark, pairs) => {
    try { localStorage.setItem(key(mark), JSON.stringify({ at: Date.now(), pairs })); } catch { /* full or forbidden: the page still holds the words */ }
  };
  const forget = (mark) => { try { localStorage.removeItem(key(mark)); } catch { /* forbidden: nothing was kept */ } };

  const watch = (mark) => {
    const form = mark.closest("form");
    if (!form || mark.dataset.watched) return;
    mark.dataset.watched = "yes";
    let timer = 0;
    let running = false;
    let again = false;

    const save = async () => {
      if (running) { again = true; return; }
      running = true;
      const pairs = typed(form);
      say(mark, mark.dataset.saving);
      try {
        const body = new URLSearchParams(pairs);
        const token = form.querySelector('[name="csrfmiddlewaretoken"]');
        const answer = await fetch(mark.dataset.draft, {
          method: "POST", body, redirect: "manual", credentials: "same-origin",
          headers: { "X-CSRFToken": token ? token.value : "", "X-Draft": "1" },
        });
        if (answer.ok) {
          forget(mark);
          say(mark, mark.dataset.saved.replace("%time%", now()));
        } else {
          keep(mark, pairs);
          const signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
          say(mark, signedOut ? mark.dataset.signedOut : mark.dataset.failed, true);
          later(20000);
        }
      } catch {
        keep(mark, pairs);
        say(mark, mark.dataset.failed, true);
        later(10000);
      }
      running = false;
      if (again) { again = false; later(WAIT); }
    };
    const later = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };

    form.addEventListener("input", () => later(WAIT));
    form.addEventListener("change", () => later(WAIT / 3));
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { clearTimeout(timer); keep(mark, typed(form)); sent(mark); } });
    window.addEventListener("online", () => { if (mark.classList.contains("failed")) later(200); });
    window.addEventListener("beforeunload", (event) => { if (mark.classList.contains("failed")) event.preventDefault(); });
    restore(mark, form);
  };

  /* A submitted form's words are kept until the next page shows that they arrived. */
  const sent = (mark) => { try { sessionStorage.setItem("draft-sent", key(mark)); } catch { /* forbidden */ } };

  const restore = (mark, form) => {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key(mark))); } catch { return; }
    if (!kept) return;
    if (form.querySelector(".summary")) { forget(mark); return; }
    let changed = false;
    for (const [name, value] of kept.pairs) {
      const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
      for (const field of fields) {
        if (field.type === "hidden" || field.type === "file" || field.type === "submit") continue;
        if (field.type === "checkbox" || field.type === "radio") {
          if (field.value === value && !field.checked) { field.checked = true; changed = true; }
        } else if (field.value !== value) { field.value = value; changed = true; }
      }
    }
    if (changed) { say(mark, mark.dataset.found); form.dispatchEvent(new Event("change", { bubbles: true })); }
    else forget(mark);
  };

  const tidy = () => {
    /* The page after a submit: if it is another page than the form's, the words arrived. */
    let done = "";
    try { done = sessionStorage.getItem("draft-sent") || ""; sessionStorage.removeItem("draft-sent"); } catch { return; }
    const marks = [...document.querySelectorAll("[data-draft]")];
    if (done && !marks.some((mark) => key(mark) === done) && !document.querySelector("[data-keeps-drafts]")) localStorage.removeItem(done);
    /* Words of another reader never stay on a shared device. */
    const reader = marks.length ? marks[0].dataset.reader : "";
    if (reader) for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && !name.startsWith(`${PREFIX}${reader}:`)) localStorage.removeItem(name);
  };

  const start = () => {
    tidy();
    document.querySelectorAll("[data-draft]").forEach(watch);
    document.body.addEventListener("htmx:load", (event) => event.detail.elt.parentElement?.querySelectorAll("[data-draft]").forEach(watch));
    /* Signing out by one's own will leaves nothing behind. */
    document.addEventListener("submit", (event) => {
      if (/\/logout\/$/.test(event.target.action)) for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
