/** Typeset mathematics, with MathML for screen readers. */
import { render as typeset } from "katex";
import { useLayoutEffect, useRef } from "preact/hooks";
import "katex/dist/katex.min.css";

export function Formula({ latex }: { latex: string }) {
  const place = useRef<HTMLSpanElement>(null);
  // As nodes, not as text: their style attributes would be refused by the page's policy.
  useLayoutEffect(() => {
    typeset(`\\displaystyle ${latex}`, place.current!, { output: "htmlAndMathml", throwOnError: true });
  }, [latex]);
  return <span class="formula" ref={place} />;
}
