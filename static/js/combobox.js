/* Find one of many options as you type: an editable combobox with a list (ARIA Authoring Practices), made of a plain
   select, which stays in the form and carries the value. Without scripts the select does by itself.

   [data-combobox] holds the field. Its options carry data-code, data-codes, data-title, data-section, data-kind. */
(() => {
  "use strict";
  const SHOWN = 12;
  const squeeze = (text) => text.toLocaleUpperCase("en").replace(/[\s.]+/g, "");
  const fold = (text) => text.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /* Damerau and Levenshtein: how many slips lie between two words; gives up above `most`. */
  const slips = (one, other, most) => {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let before = [];
    let last = Array.from({ length: other.length + 1 }, (_, place) => place);
    for (let i = 1; i <= one.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= other.length; j += 1) {
        const cost = one[i - 1] === other[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      before = last;
      last = row;
    }
    return last[other.length];
  };
  const resembles = (typed, words) => {
    const most = typed.length > 6 ? 2 : typed.length > 2 ? 1 : 0;
    return words.some((word) => word.startsWith(typed) || (most && (typed.length > 3 || word[0] === typed[0]) && slips(typed, word.slice(0, typed.length + 1), most) <= most));
  };

  /* How well a row fits what was typed: smaller is better, null is not at all. */
  const rank = (row, typed) => {
    const upper = typed.toLocaleUpperCase("en").replace(/\s+/g, "");
    if (row.codes.includes(upper)) return 0;
    const code = squeeze(typed);
    if (code && row.squeezed === code) return 1;
    if (code && code.length <= 5 && row.squeezed.startsWith(code)) return 2;
    const words = fold(typed).split(/\s+/).filter(Boolean);
    if (words.every((word) => row.text.includes(word))) return words.every((word) => row.title.includes(word)) ? 3 : 4;
    const joined = words.join("");
    if (joined.length > 4 && row.joined.includes(joined)) return 4;
    return words.every((word) => resembles(word, row.words)) ? 5 : null;
  };

  const enhance = (box) => {
    const select = box.querySelector("select");
    if (!select || box.dataset.ready) return;
    box.dataset.ready = "yes";
    const seen = new Set();
    const rows = [...select.options].filter((option) => option.dataset.code && !seen.has(option.value) && seen.add(option.value)).map((option) => {
      const { code, codes, title, section, kind } = option.dataset;
      const text = fold(`${title} ${section}`);
      return { option, code, codes: codes.split(" "), squeezed: squeeze(code), section, kind, name: title, title: fold(title), text, joined: text.replace(/\s+/g, ""), words: text.split(/[^\p{L}\p{N}]+/u) };
    });

    const id = select.id;
    const list = element("ul", { role: "listbox", id: `${id}_list`, class: "combobox-list", "aria-label": box.dataset.list, hidden: "" });
    const status = element("p", { class: "vh", role: "status" });
    const hint = element("p", { class: "hint", id: `${id}_keys` });
    hint.textContent = box.dataset.hint;
    const input = element("input", {
      type: "text", id, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
      "aria-describedby": [select.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "),
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "200",
    });
    if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", select.getAttribute("aria-invalid"));
    select.id = `${id}_value`;
    select.hidden = true;
    select.before(hint, element("div", { class: "combobox" }, input, list), status);

    let fitting = [];
    let active = -1;
    const chosen = () => rows.find((row) => row.option.value === select.value) || null;
    const label = (row) => (row ? `${row.code} ${row.name}` : "");
    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const point = (place) => {
      active = place;
      [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
      const one = list.children[place];
      if (one) { input.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
      else input.removeAttribute("aria-activedescendant");
    };
    const draw = () => {
      list.replaceChildren(...fitting.slice(0, SHOWN).map((row, at) => {
        const strong = element("strong", { class: "code", dir: "ltr" });
        strong.textContent = row.code;
        const small = element("span", { class: "small quiet" });
        small.textContent = row.kind === "car" ? `${row.section} · ${box.dataset.together}` : row.section;
        return element("li", { role: "option", id: `${list.id}_${at}`, "aria-selected": "false", "data-value": row.option.value },
          element("span", {}, strong, ` ${row.name}`), small);
      }));
    };
    const open = (typed) => {
      fitting = typed
        ? rows.map((row) => [rank(row, typed), row]).filter(([fit]) => fit !== null).sort((a, b) => a[0] - b[0]).map(([, row]) => row)
        : [...rows.filter((row) => row.section === box.dataset.first), ...rows.filter((row) => row.section !== box.dataset.first)];
      draw();
      status.textContent = fitting.length ? box.dataset.count.replace("%n%", fitting.length) : box.dataset.none;
      list.hidden = !fitting.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      point(typed && fitting.length ? 0 : -1);
    };
    const take = (row) => {
      const isNew = select.value !== (row ? row.option.value : "");
      select.value = row ? row.option.value : "";
      input.value = label(row);
      close();
      if (isNew) select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    /* What stands in the field when the reader goes on: what is pointed at, a code in full, or what was chosen before. */
    const settle = () => {
      const typed = input.value.trim();
      if (typed === label(chosen())) { close(); return; }
      if (!typed) { take(null); return; }
      if (!list.hidden && active >= 0) { take(fitting[active]); return; }
      const exact = rows.filter((row) => rank(row, typed) === 0);
      if (exact.length === 1) take(exact[0]);
      else { close(); if (chosen()) input.value = label(chosen()); }
    };

    input.addEventListener("input", (event) => { event.stopPropagation(); open(input.value.trim()); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const count = Math.min(fitting.length, SHOWN);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { open(input.value === label(chosen()) ? "" : input.value.trim()); if (active < 0) point(0); return; }
        point((active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
      } else if (event.key === "Enter") {
        if (event.ctrlKey || event.metaKey) { settle(); return; }
        event.preventDefault();
        settle();
      } else if (event.key === "Escape") {
        if (!list.hidden) { event.preventDefault(); close(); }
        else if (input.value !== label(chosen())) input.value = label(chosen());
      }
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => { if (list.hidden) open(input.value === label(chosen()) ? "" : input.value.trim()); });
    input.addEventListener("blur", settle);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[data-value]");
      if (one) take(rows.find((row) => row.option.value === one.dataset.value));
    });
    select.addEventListener("change", () => { input.value = label(chosen()); });
    input.value = label(chosen());
    if (box.hasAttribute("data-begin") && !document.querySelector(".summary, .merge")) input.focus();
  };

  const start = () => document.querySelectorAll("[data-combobox]").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
