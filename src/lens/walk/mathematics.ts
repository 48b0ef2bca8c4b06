/** Mathematics as HTML, typeset by KaTeX, and the style and fonts that it needs, to be put into a file of its own. */
import { renderToString } from "katex";
import style from "katex/dist/katex.min.css?raw";
import mainRegular from "katex/dist/fonts/KaTeX_Main-Regular.woff2?inline";
import mathItalic from "katex/dist/fonts/KaTeX_Math-Italic.woff2?inline";
import size1 from "katex/dist/fonts/KaTeX_Size1-Regular.woff2?inline";
import size2 from "katex/dist/fonts/KaTeX_Size2-Regular.woff2?inline";

/** Those that the formulas of a derivation use; all of KaTeX's would be ten times as large. */
const FONTS: readonly (readonly [family: string, fontStyle: string, url: string])[] = [
  ["KaTeX_Main", "normal", mainRegular],
  ["KaTeX_Math", "italic", mathItalic],
  ["KaTeX_Size1", "normal", size1],
  ["KaTeX_Size2", "normal", size2],
];

/** With MathML beside it, for screen readers. */
export function typeset(latex: string): string {
  return renderToString(latex, { output: "htmlAndMathml", throwOnError: true });
}

/** KaTeX's style without the fonts that lie in files, and the fonts it needs as data. */
export function mathematicsStyle(): string {
  const fonts = FONTS.map(
    ([family, fontStyle, url]) =>
      `@font-face{font-family:${family};font-style:${fontStyle};font-weight:400;src:url(${url}) format("woff2")}`,
  );
  return `${fonts.join("")}${style.replace(/@font-face\{[^}]*\}/g, "")}`;
}
