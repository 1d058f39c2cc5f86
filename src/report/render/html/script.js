"use strict";
// Buttons that copy commands, and one that changes between light and dark. Without a clipboard there are none of the former.
const root = document.documentElement;
const button = (text, label, press) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", () => press(made));
  return made;
};
if (navigator.clipboard) {
  for (const block of document.querySelectorAll(".command")) {
    block.append(button("Copy", "Copy the commands", (made) => {
      navigator.clipboard.writeText(block.querySelector("code").textContent).then(
        () => { made.textContent = "Copied"; setTimeout(() => { made.textContent = "Copy"; }, 1500); },
        () => { made.textContent = "Not allowed"; },
      );
    }));
  }
}
const dark = matchMedia("(prefers-color-scheme: dark)");
document.querySelector(".banner nav").append(button("Light or dark", "Change between light and dark", () => {
  const now = root.dataset.theme || (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
}));
