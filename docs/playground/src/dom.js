// Elements without markup: text stays text.

// An element with attributes and children; children that are `null` or `false` are left out.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const code = (text) => el("code", {}, text);

// Bytes, a character for each, for the eye: printable ASCII, and `\xNN` for the rest.
export const shown = (text) => text.replace(/[^ -~]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`);
