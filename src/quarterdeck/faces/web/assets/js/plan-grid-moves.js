// Where one is in the grid, and the range that is picked. Column 0 is the name, 1 the year, 2 and on the months.
const between = (a, b) => (a < b ? [a, b] : [b, a]);

export class Moves {
  constructor(cells, folds) {
    Object.assign(this, { cells, folds, rows: folds.visible(), here: { at: 0, column: 1 }, anchor: { at: 0, column: 1 } });
    this.picked = [];
    this.nColumns = cells.heads.length + 1;
    this.focusable = this.#element(this.here);
    this.focusable.tabIndex = 0;
    this.focusable.classList.add("is-here");
  }

  #element = ({ at, column }) => (column === 0 ? this.rows[at].th : this.rows[at].cells[column - 1].td);
  row = () => this.rows[this.here.at];
  cell = () => (this.here.column === 0 ? null : this.row().cells[this.here.column - 1]);

  /** Go somewhere, inside the grid; with `isWider` the range grows from where it began. */
  to(at, column, { isWider = false, hasFocus = true } = {}) {
    this.here = { at: Math.max(0, Math.min(at, this.rows.length - 1)), column: Math.max(0, Math.min(column, this.nColumns - 1)) };
    if (!isWider) this.anchor = this.here;
    const next = this.#element(this.here);
    if (next !== this.focusable) {
      this.focusable.removeAttribute("tabindex");
      this.focusable.classList.remove("is-here");
      next.tabIndex = 0;
      next.classList.add("is-here");
      this.focusable = next;
      this.arrived?.(next);
    }
    this.#pick();
    if (!hasFocus) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: this.here.column === 0 ? "start" : "nearest" });
  }

  by(down, right, options) { this.to(this.here.at + down, this.here.column + right, options); }

  /** Go to a cell, out of whatever team it is folded into. */
  toCell(cell, options) {
    if (cell.row.tr.hidden) {
      this.folds.reveal(cell.row);
      this.rows = this.folds.visible();
    }
    this.to(this.rows.indexOf(cell.row), cell.place + 1, options);
  }

  all() {
    this.anchor = { at: 0, column: 1 };
    this.to(this.rows.length - 1, this.nColumns - 1, { isWider: true });
  }

  /** Rows and columns of the range: from, to. */
  range() {
    const [top, bottom] = between(this.anchor.at, this.here.at);
    const [left, right] = between(this.anchor.column, this.here.column);
    return { top, bottom, left, right };
  }

  /** Cells of the range, names left out, row by row. */
  block() {
    const { top, bottom, left, right } = this.range();
    return this.rows.slice(top, bottom + 1).map((row) => row.cells.slice(Math.max(left, 1) - 1, right));
  }

  #pick() {
    const isOne = this.anchor.at === this.here.at && this.anchor.column === this.here.column;
    const wanted = isOne ? [] : this.block().flat();
    if (!wanted.length && !this.picked.length) return;
    const keep = new Set(wanted);
    for (const { td } of this.picked.filter((cell) => !keep.has(cell))) { td.classList.remove("is-picked"); td.removeAttribute("aria-selected"); }
    const had = new Set(this.picked);
    for (const { td } of wanted.filter((cell) => !had.has(cell))) { td.classList.add("is-picked"); td.setAttribute("aria-selected", "true"); }
    this.picked = wanted;
  }

  /** After folding: the same row where it is still shown, else the nearest team above it that is. */
  refold() {
    let row = this.row();
    this.rows = this.folds.visible();
    while (row && row.tr.hidden) row = this.cells.byNode.get(row.parent);
    this.to(this.rows.indexOf(row), this.here.column, { hasFocus: this.cells.table.contains(document.activeElement) });
  }
}
