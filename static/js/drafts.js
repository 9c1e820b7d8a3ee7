/* Nothing typed is ever lost.

   A form that holds [data-draft] saves itself to the server while the reader types; what has not arrived there is kept on
   this device. Every other form with room for words is kept, in this tab alone, from the moment it is sent. If the
   answer is a sign-in page, a fault or silence, the words are put back when the form is next shown, and a sentence says so.

   Kept words belong to one reader, go when they have arrived (the server says so in the cookie "arrived"), when the
   reader signs out, when somebody else signs in, and after a day. Why this is safe enough: docs/threat-model.md. */
(() => {
  "use strict";
  const PREFIX = "draft:";
  const WAIT = 1200;
  const LIFE = 24 * 3600 * 1000;
  const SKIPPED = new Set(["csrfmiddlewaretoken", "kept"]);
  const stores = () => [localStorage, sessionStorage];
  const reader = () => document.body.dataset.reader || "";

  const typed = (form) => {
    const pairs = [];
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && !SKIPPED.has(name)) pairs.push([name, value]);
    return pairs;
  };
  const keep = (place, pairs, id = "") => {
    try { place.store.setItem(place.key, JSON.stringify({ at: Date.now(), id, pairs })); return true; }
    catch { return false; /* full or forbidden: the page still holds the words */ }
  };
  const forget = (place) => { try { place.store.removeItem(place.key); } catch { /* forbidden: nothing was kept */ } };
  const kept = (place) => { try { return JSON.parse(place.store.getItem(place.key)); } catch { return null; } };

  /* Sending: the words stay until the server says that they arrived. */
  const onSubmit = (place, form) => form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(16).padStart(2, "0")).join("");
    let field = form.querySelector('input[name="kept"]');
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "kept" });
      form.append(field);
    }
    field.value = id;
    keep(place, typed(form), id);
  });

  /* Putting back: rows first, then fields. */
  const grow = (form, pairs) => {
    for (const [name, value] of pairs) {
      const prefix = name.match(/^(.+)-TOTAL_FORMS$/)?.[1];
      const set = prefix && form.querySelector(`[data-formset="${CSS.escape(prefix)}"]`);
      const total = set && set.querySelector(`[name="${CSS.escape(name)}"]`);
      const more = set && set.querySelector('button[name="add_row"]');
      for (let tries = 0; total && more && Number(total.value) < Number(value) && tries < 100; tries += 1) more.click();
    }
  };
  const fill = (field, values) => {
    if (field.type === "checkbox" || field.type === "radio") {
      const on = values.includes(field.value);
      if (field.checked === on || (field.type === "radio" && !on)) return false;
      field.checked = on;
    } else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else if (values.length && field.value !== values[0]) {
      field.value = values.shift();
    } else {
      values.shift();
      return false;
    }
    return true;
  };
  const restore = (place, form) => {
    const found = kept(place);
    if (!found) return false;
    if (form.querySelector(".summary, .merge")) { forget(place); return false; }
    grow(form, found.pairs);
    const values = new Map();
    for (const [name, value] of found.pairs) values.set(name, [...(values.get(name) || []), value]);
    const changed = [];
    for (const field of [...form.elements]) {
      if (!field.name || SKIPPED.has(field.name) || ["file", "submit", "button", "reset"].includes(field.type)) continue;
      if (field.type === "hidden" && !field.hasAttribute("data-restorable")) continue;
      if (!values.has(field.name) && field.type !== "checkbox") continue;
      if (fill(field, values.get(field.name) || [])) changed.push(field);
    }
    for (const field of changed) field.dispatchEvent(new Event("change", { bubbles: true }));
    if (!changed.length) { forget(place); return false; }
    tell(form);
    return true;
  };
  const tell = (form) => {
    const note = document.getElementById("words-put-back");
    if (!note || form.querySelector("[data-put-back]")) return;
    form.prepend(note.content.cloneNode(true));
  };

  /* A form with a draft on the server. */
  const watch = (mark) => {
    const form = mark.closest("form");
    if (!form || mark.dataset.watched) return;
    mark.dataset.watched = "yes";
    const place = { store: localStorage, key: `${PREFIX}${reader()}:${mark.dataset.draft}` };
    const entrance = form.querySelector("[data-sign-in-again]");
    const now = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
    let timer = 0;
    let running = false;
    let again = false;
    let isSafe = true;

    const say = (text, failed = false) => {
      mark.textContent = text;
      mark.classList.toggle("failed", failed);
    };
    const fail = (pairs, isSignedOut) => {
      isSafe = keep(place, pairs);
      if (entrance) entrance.hidden = !isSignedOut;
      say(isSignedOut ? mark.dataset.signedOut : mark.dataset.failed, true);
    };
    /* What the next save is compared with, and who writes as well, where the server says so. */
    const renew = async (answer) => {
      if (answer.status !== 200 || !(answer.headers.get("Content-Type") || "").includes("json")) return;
      const told = await answer.json();
      for (const [name, value] of Object.entries(told.fields || {})) {
        const field = form.querySelector(`input[type="hidden"][name="${CSS.escape(name)}"]`);
        if (field) field.value = value;
      }
      const also = form.querySelector("[data-also]");
      if (also) {
        also.textContent = told.also || "";
        also.hidden = !told.also;
      }
    };
    const save = async () => {
      if (running) { again = true; return; }
      running = true;
      const pairs = typed(form);
      say(mark.dataset.saving);
      try {
        const token = form.querySelector('[name="csrfmiddlewaretoken"]');
        const answer = await fetch(mark.dataset.draft, {
          method: "POST", body: new URLSearchParams(pairs), redirect: "manual", credentials: "same-origin",
          headers: { "X-CSRFToken": token ? token.value : "", "X-Draft": "1" },
        });
        if (answer.ok) {
          await renew(answer);
          isSafe = true;
          if (!form.dataset.sent) forget(place);
          if (entrance) entrance.hidden = true;
          say(mark.dataset.saved.replace("%time%", now()));
          form.dispatchEvent(new CustomEvent("draft-kept", { bubbles: true }));
        } else if (answer.status === 409) {
          /* Somebody else saved the same thing: the words stay here, and sending the form shows both. */
          isSafe = keep(place, pairs);
          say((await answer.json()).note || mark.dataset.failed, true);
        } else {
          fail(pairs, answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403);
          later(20000);
        }
      } catch {
        fail(pairs, false);
        later(10000);
      }
      running = false;
      if (again) { again = false; later(WAIT); }
    };
    const later = (delay) => { clearTimeout(timer); if (!form.dataset.sent) timer = setTimeout(save, delay); };

    form.addEventListener("input", () => later(WAIT));
    form.addEventListener("change", () => later(WAIT / 3));
    form.addEventListener("submit", () => clearTimeout(timer));
    window.addEventListener("online", () => { if (mark.classList.contains("failed")) later(200); });
    window.addEventListener("beforeunload", (event) => { if (!isSafe) event.preventDefault(); });
    if (restore(place, form)) later(WAIT);
    onSubmit(place, form);
  };

  /* Any other form with room for words: kept from the moment it is sent, in this tab. */
  const guard = (form, number) => {
    if (form.method !== "post" || form.dataset.guarded || form.matches("[data-no-keep]")) return;
    if (!form.querySelector("textarea") || form.querySelector("[data-draft], input[type=password]")) return;
    form.dataset.guarded = "yes";
    const place = { store: sessionStorage, key: `${PREFIX}${reader()}:${location.pathname}#${form.id || number}` };
    restore(place, form);
    onSubmit(place, form);
  };

  const sweep = () => {
    const arrived = document.cookie.match(/(?:^|; )arrived=([0-9a-f]+)/)?.[1];
    if (arrived) document.cookie = "arrived=; path=/; max-age=0; SameSite=Lax";
    for (const store of stores()) {
      for (const name of Object.keys(store)) {
        if (!name.startsWith(PREFIX)) continue;
        let one = null;
        try { one = JSON.parse(store.getItem(name)); } catch { /* not ours to read */ }
        const isForeign = reader() && !name.startsWith(`${PREFIX}${reader()}:`);
        if (!one || isForeign || Date.now() - one.at > LIFE || (arrived && one.id === arrived)) store.removeItem(name);
      }
    }
  };
  const sweepAll = () => { for (const store of stores()) for (const name of Object.keys(store)) if (name.startsWith(PREFIX)) store.removeItem(name); };

  const look = (scope) => {
    scope.querySelectorAll("[data-draft]").forEach(watch);
    if (reader()) document.querySelectorAll("main form").forEach(guard);
  };
  const start = () => {
    try { sweep(); } catch { /* storage is forbidden: nothing was kept */ }
    look(document);
    document.body.addEventListener("htmx:load", (event) => look(event.detail.elt.parentElement || document));
    /* Signing out by one's own will leaves nothing behind. */
    document.addEventListener("submit", (event) => {
      if (/\/logout\/$/.test(event.target.action)) try { sweepAll(); } catch { /* forbidden */ }
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
