/* Picking an auditor whom the firm has named before fills in grade, number and day, where nothing is written yet. */
(() => {
  "use strict";
  const known = document.getElementById("known-auditors");
  if (!known) return;
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.getAttribute?.("list") !== known.id) return;
    const one = [...known.options].find((option) => option.value === field.value);
    if (!one || !one.dataset.number) return;
    for (const [part, value] of [["grade", one.dataset.grade], ["apsca_number", one.dataset.number], ["validated_on", one.dataset.validated]]) {
      const other = field.form.elements[field.name.replace(/name$/, part)];
      if (other && value && (part === "grade" ? !field.form.elements[field.name.replace(/name$/, "apsca_number")].value : !other.value)) other.value = value;
    }
  });
})();
