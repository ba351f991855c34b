// Comforts, and nothing that a page needs: buttons that copy a formula, and names for assistive software.
// Without JavaScript the texts to copy stand in the folded part under each formula.
"use strict";

function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return Promise.resolve();
}

function button(block) {
  const made = document.createElement("button");
  const name = block.dataset.format;
  made.type = "button";
  made.textContent = name;
  made.setAttribute("aria-label", `Copy as ${name}`);
  made.addEventListener("click", () => {
    copy(block.textContent).then(() => { made.textContent = "copied"; }, () => { made.textContent = "failed"; });
    setTimeout(() => { made.textContent = name; }, 1500);
  });
  return made;
}

for (const formats of document.querySelectorAll(".entry .formats")) {
  const bar = document.createElement("p");
  bar.className = "copy-bar";
  bar.append("Copy as ");
  bar.append(...Array.from(formats.querySelectorAll("pre[data-format]"), button));
  formats.before(bar);
  formats.querySelector("summary").textContent = "Show the texts";
}

// A formula that is wider than its line scrolls; let the keyboard reach it. Only those: hundreds of stops would help nobody.
for (const box of document.querySelectorAll(".math.display, .wide")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
