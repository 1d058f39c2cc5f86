"use strict";
// Buttons that copy commands, and one that changes between light and dark. Without a clipboard there are none of the former.
const root = document.documentElement;
const said = document.body.dataset;
const button = (text, press) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => press(made));
  return made;
};
if (navigator.clipboard) {
  for (const block of document.querySelectorAll(".command")) {
    block.append(button(said.copy, (made) => {
      navigator.clipboard.writeText(block.querySelector("code").textContent).then(
        () => { made.textContent = said.copied; setTimeout(() => { made.textContent = said.copy; }, 1500); },
        () => { made.textContent = said.refused; },
      );
    }));
  }
}
const dark = matchMedia("(prefers-color-scheme: dark)");
document.querySelector(".banner nav").append(button(said.light, () => {
  const now = root.dataset.theme || (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
}));
