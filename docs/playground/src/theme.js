// Light, dark, or as the system has it. Kept where the browser lets it be kept.

const KINDS = ["auto", "light", "dark"];
const NAMES = { auto: "Auto", light: "Light", dark: "Dark" };
const button = document.getElementById("theme");

function apply(kind) {
  document.documentElement.dataset.theme = kind;
  button.textContent = NAMES[kind];
  button.setAttribute("aria-label", `Colours: ${NAMES[kind]}`);
}

function kept() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

button.addEventListener("click", () => {
  const next = KINDS[(KINDS.indexOf(document.documentElement.dataset.theme) + 1) % KINDS.length];
  apply(next);
  try { localStorage.setItem("theme", next); } catch { /* then it holds for this page alone */ }
});
apply(KINDS.includes(kept()) ? kept() : "auto");
