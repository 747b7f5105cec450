// What changes numbers: typing, freeing, pasting, undoing; what comes back; what to say and what to keep when it does not.
import { amountFrom, exactly, plain } from "./plan-grid-amounts.js";
import { pasted } from "./plan-grid-clipboard.js";
import { paintSums } from "./plan-grid-sums.js";
import { Wire } from "./plan-grid-wire.js";

const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
const told = ({ what = "", why = "", next_step: next = "" }) => `${what} ${why} ${next}`.trim();

export class Work {
  constructor({ cells, moves, editor, trouble, said, reason, token }) {
    Object.assign(this, { cells, moves, editor, trouble, said, reason });
    const { gridUrl, editsUrl, undoUrl, redoUrl } = cells.table.dataset;
    const on = { changed: this.#changed, refused: this.#refused, stopped: this.#stopped, going: this.#going };
    this.wire = new Wire({ urls: { grid: gridUrl, edits: editsUrl, undo: undoUrl, redo: redoUrl }, token, version: cells.version, on });
  }

  say(text) { this.said.status.textContent = text; }

  // -- what people do

  begin(cell, key) {
    const why = this.cells.whyLocked(cell);
    if (why) return this.say(why);
    const text = key ?? cell.draft ?? plain(cell.sent ?? cell.amount, this.cells.digits);
    this.editor.open(cell, text, { isFresh: key !== undefined || cell.draft !== null });
    if (cell.draft !== null && key === undefined) this.editor.field.select();
  }

  /** What was typed becomes a change; what cannot be read is said at the cell, and kept. True unless it stays there. */
  keep() {
    const { cell } = this.editor;
    const text = this.editor.close();
    if (!text) { if (text === "" && cell.draft !== null) this.cells.blame(cell, ""); return true; }
    const { amount, why, isRounded } = amountFrom(text, { ...this.cells, now: cell.amount });
    if (why === undefined && amount >= 0) {
      this.#send([{ cell, amount }]);
      if (isRounded) this.say(`${this.cells.name(cell)}: rounded to ${exactly(amount, this.cells.digits)}.`);
      return true;
    }
    const said = why ?? "A target is zero or more.";
    this.cells.blame(cell, said, text);
    this.say(`${this.cells.name(cell)}: ${said}`);
    return false;
  }

  giveUp() { this.editor.close(); }

  forget(cell) { if (cell?.why) this.cells.blame(cell, ""); }

  free() {
    const picked = this.moves.block().flat().filter((cell) => cell.isPinned);
    const free = picked.filter((cell) => !cell.isLocked);
    if (!free.length) return this.say(picked.length ? this.cells.whyLocked(picked[0]) : "There is no pin here to take away.");
    this.#send(free.map((cell) => ({ cell, amount: null })));
  }

  paste(text) {
    const found = pasted(text, this.cells, this.moves);
    if (found.why) return this.say(found.why);
    const { edits, faults, nRounded } = found;
    const rounded = nRounded ? ` ${counted(nRounded, "amount")} rounded.` : "";
    if (faults.length) return this.#halfPasted(edits, faults, rounded);
    if (!edits.length) return this.say("Nothing to change: it says what is here already.");
    this.#send(edits);
    this.say(`${counted(edits.length, "cell")} pasted as one change.${rounded}`);
  }

  /** Nothing of a paste is sent before it is whole, or somebody says that the rest will do. */
  #halfPasted(edits, faults, rounded) {
    for (const { cell, why, draft } of faults) this.cells.blame(cell, why, cell.isLocked ? null : draft);
    const [first] = faults;
    const forget = () => faults.forEach(({ cell }) => this.cells.blame(cell, ""));
    const ways = [["Go to the cell", () => this.moves.toCell(first.cell)], ["Paste nothing", forget]];
    if (edits.length) ways.unshift([`Paste the other ${edits.length.toLocaleString("en")}`, () => { forget(); this.#send(edits); }]);
    const text = `Nothing was pasted yet: ${counted(faults.length, "cell")} cannot take what stands there. ${this.cells.name(first.cell)}: ${first.why}${rounded}`;
    this.trouble.say("paste", text, ways);
  }

  turn(kind) {
    if (!this.cells.mayEdit) return this.say("There is nothing here that you can change.");
    this.wire.push({ kind });
  }

  #send(pairs) {
    const edits = pairs.map(({ cell, amount }) => ({ cell, amount, month: this.cells.month(cell) }));
    for (const { cell, amount } of edits) {
      Object.assign(cell, { sent: amount ?? cell.amount, draft: null, why: "" });
      this.cells.paint(cell);
    }
    this.wire.push({ kind: "edits", edits, reason: this.reason?.value ?? "" });
  }

  // -- what comes back

  #going = (n) => { this.cells.table.setAttribute("aria-busy", String(n > 0)); if (n) this.say(`Saving ${counted(n, "change")}…`); };

  #changed = (step, { changed }) => {
    this.trouble.clear("offline");
    this.trouble.clear("signed out");
    this.trouble.clear("fault");
    // A pin set to what it was changes nothing, and must not look as if it still waited.
    for (const { cell } of step.edits ?? []) if (!this.wire.waitsFor(cell)) { cell.sent = null; this.cells.paint(cell); }
    this.cells.merge(changed, this.wire.waitsFor);
    const nOff = paintSums(this.cells, this.said.sums);
    const done = { edits: "Saved", undo: "Undone", redo: "Done again" }[step.kind];
    if (!this.wire.waiting.length) setTimeout(() => this.say(`${done}: ${counted(changed.length, "cell")} changed${nOff ? "" : ", all sums agree"}.`));
    const own = changed.find(({ is_pinned: isPinned }) => isPinned) ?? changed[0];
    if (step.kind !== "edits" && own && !this.editor.isOpen) this.moves.toCell(this.cells.cell(own.node, own.at), { hasFocus: this.cells.table.contains(document.activeElement) });
  };

  #refused = (step, refusal) => {
    const text = told(refusal);
    setTimeout(() => this.say(step.edits ? "Not saved." : text));
    if (!step.edits) return;
    for (const { cell, amount } of step.edits) {
      if (this.wire.waitsFor(cell)) continue;
      cell.sent = null;
      cell.draft = amount === null ? null : plain(amount, this.cells.digits);
      this.cells.paint(cell);
    }
    const [{ cell, amount }] = step.edits;
    const n = step.edits.length;
    const typed = n > 1 ? `${counted(n, "cell")} were not changed.` : amount === null ? "The pin stays." : `${exactly(amount, this.cells.digits)} was not taken.`;
    this.cells.blame(cell, `${typed} ${text}`, cell.draft);
    const forget = () => { for (const edit of step.edits) this.cells.blame(edit.cell, ""); };
    this.trouble.say("refused", `${this.cells.name(cell)}: ${typed} ${text}`, [
      ["Go to the cell", () => this.moves.toCell(cell)],
      ["Try again", () => { forget(); this.#send(step.edits); }],
      ["Give it up", forget],
    ]);
  };

  #stopped = (kind, { status = 0, why = "" }) => {
    const n = this.wire.waiting.filter((step) => step.kind === "edits").length;
    const kept = n ? ` ${counted(n, "change")} of yours ${n === 1 ? "waits" : "wait"} here; nothing is lost.` : "";
    this.say(n ? "Not saved yet." : "");
    const again = ["Try again", () => this.wire.again()];
    if (kind === "offline") this.trouble.say(kind, `There is no connection.${kept} It is tried again by itself.`, [again]);
    else if (kind === "signed out") this.trouble.say(kind, `You are signed out. Sign in in another tab, then try again.${kept}`, [again]);
    else if (kind === "fault") this.trouble.say(kind, `The server could not answer (${status}).${kept}`, [again]);
    else this.trouble.say(kind, `Somebody else changed this plan meanwhile.${kept || ` ${why}`}`, [
      ...(n ? [["Load the newest and send mine again", () => this.#renew({ isDropping: false })]] : []),
      [n ? "Load the newest without mine" : "Load the newest", () => this.#renew({ isDropping: true })],
    ]);
  };

  async #renew(how) {
    const dropped = how.isDropping ? this.wire.waiting.flatMap((step) => step.edits ?? []) : [];
    const grid = await this.wire.renewed(how);
    if (!grid) return;
    for (const { cell } of dropped) { cell.sent = null; this.cells.paint(cell); }
    if (!this.cells.renew(grid, this.wire.waitsFor)) {
      return this.trouble.say("other", "The plan has moved on to another state. Load the page again.", [["Load the page", () => location.reload()]]);
    }
    paintSums(this.cells, this.said.sums);
    this.say("This is the newest state of the plan.");
    this.wire.resume();
  }
}
