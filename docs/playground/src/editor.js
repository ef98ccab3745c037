// The editor of the policy.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonLanguage } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { complete } from "./complete.js";
import { mark, places } from "./place.js";

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-name)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--soft)" },
  { tag: tags.invalid, color: "var(--deny)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--tint)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select) !important" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "0 6px 24px rgb(0 0 0 / 14%)", maxWidth: "34rem" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.75", fontStyle: "normal" },
  ".cm-completionInfo": { whiteSpace: "pre-line", padding: "8px 10px", lineHeight: "1.45" },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid var(--deny)", fontFamily: "var(--sans)" },
  ".cm-panels": { backgroundColor: "var(--tint)", color: "var(--ink)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--tint)", border: "none", color: "var(--soft)" },
  ".cm-matchingBracket": { backgroundColor: "var(--select) !important" },
});

// Makes the editor in `parent`; `changed` is called with the text after each edit.
export function editor(parent, changed) {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: "",
      extensions: [
        EditorView.cspNonce.of("editor"),
        EditorView.contentAttributes.of({ "aria-label": "Policy, JSON", "aria-describedby": "keys", tabindex: "0" }),
        lineNumbers(), foldGutter(), lintGutter(), highlightSpecialChars(), history(), drawSelection(),
        indentUnit.of("  "), indentOnInput(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
        EditorView.lineWrapping,
        json(), jsonLanguage.data.of({ autocomplete: complete }), autocompletion({ icons: false }),
        syntaxHighlighting(colours), look,
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
}

// Replaces the whole text.
export function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
}

// Marks the core's faults at their places. Returns them with their lines.
export function showFaults(view, faults) {
  const all = places(view.state);
  const marked = faults.map((fault) => {
    const range = mark(view.state, all, fault);
    return { ...range, severity: "error", message: fault.message, line: view.state.doc.lineAt(range.from).number };
  });
  view.dispatch(setDiagnostics(view.state, marked.map(({ line: _, ...one }) => one)));
  return marked;
}

// Puts the cursor at a place, and the focus into the editor.
export function goTo(view, at) {
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}
