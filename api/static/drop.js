// [data-drop]: a place where a file may be dropped instead of being chosen.
for (const place of document.querySelectorAll("[data-drop]")) {
  const chooser = place.querySelector("input[type=file]");
  place.querySelector(".drop-hint").hidden = false;
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    chooser.files = event.dataTransfer.files;
  });
}
