// Teams collapse and expand; a collapsed team keeps its own row and its sum in sight.
const NARROW = matchMedia("(max-width: 40rem)");

export class Folds {
  constructor(cells, onFolded) {
    this.cells = cells;
    this.sumOf = new Map(cells.sums.map((sum) => [sum.team, sum.tr]));
    for (const row of cells.rows) {
      if (!row.children.length) continue;
      row.fold = Object.assign(document.createElement("button"), { type: "button", className: "fold plain", tabIndex: -1 });
      row.fold.addEventListener("click", () => { this.toggle(row); onFolded(row); });
      row.th.prepend(row.fold);
      this.#tell(row);
    }
    // A phone starts with the teams: two hundred cards are no overview.
    if (NARROW.matches) this.all(true);
  }

  toggle(row, isFolded = !row.isFolded) {
    if (row.isFolded === isFolded) return;
    row.isFolded = isFolded;
    this.#tell(row);
    this.#show(row, this.#isShown(row));
  }

  all(isFolded) {
    for (const row of this.cells.rows) {
      if (!row.fold) continue;
      row.isFolded = isFolded && row.parent !== "";
      this.#tell(row);
    }
    for (const row of this.cells.rows) if (row.parent === "") this.#show(row, true);
  }

  /** Expand whatever hides a row. */
  reveal(row) {
    for (let team = this.cells.byNode.get(row.parent); team; team = this.cells.byNode.get(team.parent)) this.toggle(team, false);
  }

  visible = () => this.cells.rows.filter((row) => !row.tr.hidden);

  #isShown = (row) => !row.tr.hidden;

  #show(row, isShown) {
    row.tr.hidden = !isShown;
    const sum = this.sumOf.get(row);
    if (sum) sum.hidden = !isShown;
    for (const child of row.children) this.#show(child, isShown && !row.isFolded);
  }

  #tell({ fold, isFolded, name }) {
    fold.setAttribute("aria-expanded", String(!isFolded));
    fold.setAttribute("aria-label", `${isFolded ? "Expand" : "Collapse"} ${name}`);
  }
}
