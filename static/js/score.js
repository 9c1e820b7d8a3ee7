/* Scoring by keyboard. While the levels have the focus, a digit chooses one and j and k go from criterion to criterion;
   Alt with an arrow does so from anywhere, Ctrl or Cmd and Enter saves. Whoever goes on takes along what is typed. */
(() => {
  "use strict";
  const form = document.querySelector("[data-score]");
  const way = (rel) => document.querySelector(`a[rel="${rel}"][data-criterion]`);
  let isTyped = Boolean(form?.querySelector(".summary, .merge"));

  const go = (link) => {
    if (!link) return;
    if (!form || !isTyped) { location.assign(link.href); return; }
    const button = form.querySelector("[data-go]");
    button.value = `go-${link.dataset.criterion}`;
    form.requestSubmit(button);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-criterion]");
    if (!link || !form || !isTyped || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link);
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key, target } = event;
    const inLevels = target.matches('[data-score] input[name="choice"]');
    if (form && key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(target)) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(form.querySelector("[data-save]"));
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && ["ArrowDown", "ArrowUp"].includes(key)) {
      if (target.matches("select")) return;
      event.preventDefault();
      if (!event.repeat) go(way(key === "ArrowDown" ? "next" : "prev"));
    } else if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (inLevels && /^[1-9]$/.test(key)) {
      const wanted = form.querySelectorAll('input[name="choice"]')[Number(key) - 1];
      if (!wanted) return;
      event.preventDefault();
      wanted.checked = true;
      wanted.focus();
      wanted.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (inLevels && (key === "j" || key === "k")) {
      event.preventDefault();
      if (!event.repeat) go(way(key === "j" ? "next" : "prev"));
    } else if (key === "?" && (inLevels || (form?.contains(target) && target.matches("button")))) {
      const keys = document.getElementById("keys");
      event.preventDefault();
      keys.open = true;
      keys.querySelector("summary").focus();
    }
  });

  if (!form) return;
  for (const name of ["input", "change"]) form.addEventListener(name, () => { isTyped = true; });
  if (!isTyped && !location.hash) {
    const levels = form.querySelectorAll('input[name="choice"]');
    ([...levels].find((one) => one.checked) || levels[0])?.focus({ preventScroll: true });
  }
})();
