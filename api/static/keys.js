// [data-keys]: while the focus is within, a letter presses the control whose `data-key` it is.
for (const part of document.querySelectorAll("[data-keys]")) {
  part.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const control = part.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
  });
}
