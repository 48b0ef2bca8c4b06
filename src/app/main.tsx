/** Starts the page: options from the link, theme, the training worker, and the views. */
import { effect } from "@preact/signals";
import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/form.css";
import "./styles/stage.css";
import "./styles/architecture.css";
import "./styles/curves.css";
import "./styles/dialog.css";
import "./styles/look.css";
import "./styles/runs.css";
import "./styles/report.css";
import "./styles/arriving.css";
import { listenToKeys } from "./keys.ts";
import { keepForOffline } from "./offline.ts";
import { listenToDrops } from "./state/arriving.ts";
import { followFootprint } from "./state/footprint.ts";
import { adoptInterruptedRuns, keepHeldModel } from "./state/keep-model.ts";
import { keepLink, readLink } from "./state/options.ts";
import { followRoute, view } from "./state/route.ts";
import { busy } from "./state/run.ts";
import { applyTheme } from "./state/theme.ts";
import { greetWorker } from "./state/trainer.ts";
import { App } from "./views/app.tsx";
import { Navigation, TITLES } from "./views/navigation.tsx";
import { Tools } from "./views/tools.tsx";

followRoute(readLink);
keepLink();
applyTheme();
listenToKeys();
listenToDrops();
keepHeldModel();
adoptInterruptedRuns();
followFootprint();
skipWithinPage();
nameTab();
warnOfLoss();
const root = document.getElementById("app")!;
root.replaceChildren();
render(<Navigation />, document.getElementById("pages")!);
render(<Tools />, document.getElementById("tools")!);
render(<App />, root);
void greetWorker().then(keepForOffline);

/** The address belongs to the views: a jump within the page must not change it. */
function skipWithinPage(): void {
  document.querySelector(".skip")!.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("stage")?.focus();
  });
}

/** So that tabs and the browser's history tell the views apart. */
function nameTab(): void {
  const whole = document.title;
  effect(() => {
    document.title = view.value === "train" ? whole : `${TITLES[view.value]} – Backlit`;
  });
}

/** A run ends with its page, and what came after its last checkpoint is lost: the browser asks first, in its own words. */
function warnOfLoss(): void {
  window.addEventListener("beforeunload", (event) => {
    if (busy.value) event.preventDefault();
  });
}
