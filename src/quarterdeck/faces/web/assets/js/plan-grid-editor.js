// One cell being typed in: the field lies over the number, so that nothing moves.
export class Editor {
  constructor(cells) { this.cells = cells; }

  get isOpen() { return Boolean(this.cell); }

  /** Open on a text; typed over from the first key when `isFresh`, else selected whole. */
  open(cell, text, { isFresh = false } = {}) {
    this.close();
    this.cell = cell;
    this.before = isFresh ? null : text;
    const field = Object.assign(document.createElement("input"), { value: text, inputMode: "decimal", autocomplete: "off", spellcheck: false });
    field.setAttribute("aria-label", this.cells.name(cell));
    if (cell.why) field.setAttribute("aria-description", cell.why);
    this.field = field;
    cell.td.append(field);
    field.focus({ preventScroll: true });
    if (!isFresh) field.select();
  }

  /** The text if it was changed, null if not; the field is gone either way. */
  close() {
    if (!this.cell) return null;
    const { field, before } = this;
    const text = field.value.trim();
    this.cell = this.field = undefined;
    field.remove();
    return before !== null && text === before ? null : text;
  }
}
