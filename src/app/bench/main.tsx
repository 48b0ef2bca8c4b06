/** Starts the benchmark page: isolation where it can be had, options from the link, theme, the worker, and the views. */
import { render } from "preact";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/layout.css";
import "../styles/form.css";
import "../styles/stage.css";
import "./bench.css";
import { BENCH_PARTS } from "../../bench/report/style.ts";
import { REPORT_PARTS } from "../../report/style.ts";
import { applyTheme } from "../state/theme.ts";
import { Navigation } from "../views/navigation.tsx";
import { isolate } from "./isolation.ts";
import { followLink } from "./state/options.ts";
import { findAdapter } from "./state/run.ts";
import { App } from "./views/app.tsx";
import { Tools } from "./views/tools.tsx";

async function start(): Promise<void> {
  if (await isolate()) return;
  followLink();
  applyTheme();
  adoptReportStyle();
  const root = document.getElementById("app")!;
  root.replaceChildren();
  render(<Navigation page="../index.html" bench="" />, document.getElementById("pages")!);
  render(<Tools />, document.getElementById("tools")!);
  render(<App />, root);
  await findAdapter();
}

/** Results look on the page as they do in the report, by the same rules. */
function adoptReportStyle(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.result { ${REPORT_PARTS} ${BENCH_PARTS} }`);
  document.adoptedStyleSheets.push(sheet);
}

void start();
