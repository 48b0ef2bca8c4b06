/**
 * The script inside an exported walk: whichever entry is pointed at, or reached with the arrow keys, shows how it was
 * worked out and lights up the entries it was made from. Each td has what it is made from in `data-from`, as the numbers
 * of other entries.
 */
export const EXPLAIN_SCRIPT = `
(() => {
  const cells = [...document.querySelectorAll("td[data-n]")];
  // A matrix that is shown again for comparison is lit up in its own place.
  const byNumber = new Map(cells.toReversed().map((cell) => [cell.dataset.n, cell]));
  const bar = document.getElementById("working");
  const idle = bar.innerHTML;
  const from = (cell) => (cell.dataset.from ? cell.dataset.from.split(" ") : []).map((n) => byNumber.get(n)).filter(Boolean);
  let lit = [];
  const clear = () => {
    for (const cell of lit) cell.classList.remove("from", "root", "at");
    lit = [];
  };
  const light = (cell, name) => {
    cell.classList.add(name);
    lit.push(cell);
  };
  const show = (cell) => {
    clear();
    light(cell, "at");
    for (const origin of from(cell)) light(origin, "from");
    const met = new Set([cell]);
    for (const next of met) for (const origin of from(next)) met.add(origin);
    for (const each of met) if (each !== cell && each.dataset.given) light(each, "root");
    const strong = document.createElement("b");
    strong.textContent = cell.dataset.name + " = " + cell.dataset.value;
    const line = document.createElement("p");
    line.append(strong, cell.dataset.working);
    const sources = [...new Set(from(cell).map((origin) => origin.dataset.name.replace(/\\[.*/, "")))];
    if (sources.length > 0) {
      const where = document.createElement("span");
      where.textContent = " from " + sources.join(", ");
      line.append(where);
    }
    bar.replaceChildren(line);
  };
  // Scrolling moves other entries under a pointer that rests: that is not pointing at them.
  let pointer = "";
  document.addEventListener("pointerover", (event) => {
    const at = event.screenX + " " + event.screenY;
    if (at === pointer) return;
    pointer = at;
    const cell = event.target.closest("td[data-n]");
    if (cell) show(cell);
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-n]");
    if (cell) show(cell);
    else if (!event.target.closest("#working")) {
      clear();
      bar.innerHTML = idle;
    }
  });
  document.addEventListener("keydown", (event) => {
    const values = event.target.closest(".values");
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!values || !step) return;
    event.preventDefault();
    const rows = [...values.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
    const now = rows.flatMap((row, r) => row.map((cell, c) => [cell, r, c])).find(([cell]) => cell.classList.contains("at"));
    const [r, c] = now ? [now[1] + step[0], now[2] + step[1]] : [0, 0];
    const cell = rows[r] && rows[r][c];
    if (cell && cell.dataset.n) {
      show(cell);
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
})();
`;
