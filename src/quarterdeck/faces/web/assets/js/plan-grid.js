// The grid of a plan: a table that works without this, made into a spreadsheet of exact numbers. Keys are in `_grid.html`.
import { Cells } from "./plan-grid-cells.js";
import { copied } from "./plan-grid-clipboard.js";
import { Editor } from "./plan-grid-editor.js";
import { Folds } from "./plan-grid-folds.js";
import { Moves } from "./plan-grid-moves.js";
import { paintSums } from "./plan-grid-sums.js";
import { Trouble } from "./plan-grid-trouble.js";
import { Work } from "./plan-grid-work.js";

const PAGE = 10;
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const AMOUNT_BEGINS = /^[\d.,+\-(\u2212]$/;

/** What a table is not, and a grid is: roles that hold on phones, too, where rows are cards. */
function named(table, cells) {
  const rows = [...table.rows];
  const nColumns = table.tHead.rows[0].cells.length;
  const attributes = { role: "grid", "aria-rowcount": rows.length, "aria-colcount": nColumns, "aria-multiselectable": true };
  if (!cells.mayEdit) attributes["aria-readonly"] = true;
  for (const [name, value] of Object.entries(attributes)) table.setAttribute(name, value);
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
  rows.forEach((row, at) => {
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", at + 1);
    [...row.cells].forEach((cell, column) => {
      cell.setAttribute("role", at === 0 ? "columnheader" : column === 0 ? "rowheader" : "gridcell");
      cell.setAttribute("aria-colindex", column + 1);
    });
  });
  for (const row of cells.rows) for (const cell of row.cells) if (cell.isLocked) cell.td.setAttribute("aria-readonly", "true");
}

/** The small handle at the cell one is in: why it is what it is, beside the grid. Keys do the same, so it is only seen. */
function handle(table, cells, moves) {
  const link = Object.assign(document.createElement("a"), { className: "why", tabIndex: -1, title: "Why? (W)" });
  link.dataset.panel = "";
  link.setAttribute("aria-hidden", "true");
  moves.arrived = (element) => {
    const cell = moves.cell();
    link.href = `${table.dataset.cellsUrl}${moves.row().node}?at=${cell ? cells.month(cell) : "year"}`;
    element.append(link);
  };
  moves.arrived(moves.focusable);
  table.setAttribute("aria-keyshortcuts", "W");
  return link;
}

function start(table) {
  const byId = (id) => document.getElementById(id);
  const cells = new Cells(table);
  if (!cells.rows.length) return;
  named(table, cells);
  const folds = new Folds(cells, (row) => { moves.refold(); if (row.th.contains(document.activeElement)) moves.to(moves.rows.indexOf(row), 0); });
  const moves = new Moves(cells, folds);
  const editor = new Editor(cells);
  const said = { sums: byId("plan-sums"), status: byId("plan-status") };
  const token = document.querySelector("#plan-bar [name=csrfmiddlewaretoken]")?.value ?? "";
  const work = new Work({ cells, moves, editor, trouble: new Trouble(byId("plan-trouble")), said, reason: byId("plan-reason"), token });
  const why = handle(table, cells, moves);
  paintSums(cells, said.sums);
  byId("plan-bar").hidden = false;
  table.closest(".plan-box").removeAttribute("tabindex");

  const cellAt = (target) => {
    const td = target.closest?.("td, th");
    const row = td && cells.byNode.get(td.parentElement.dataset.node);
    const place = row?.cells.findIndex((cell) => cell.td === td);
    return row && (td === row.th || place >= 0) ? { at: moves.rows.indexOf(row), column: place + 1, cell: row.cells[place] } : null;
  };

  function whileEditing(event) {
    const { key, shiftKey: isBack } = event;
    const { cell } = editor;
    if (key === "Escape") { work.giveUp(); moves.toCell(cell); }
    else if (key === "Enter" || key === "Tab") {
      const isTaken = work.keep();
      if (key === "Tab") moves.by(0, isTaken ? (isBack ? -1 : 1) : 0);
      else moves.by(isTaken ? (isBack ? -1 : 1) : 0, 0);
      if (!isTaken) work.begin(cell);
    } else return;
    event.preventDefault();
  }

  /** True when the key was for the grid. */
  function acts(event) {
    const { key, shiftKey: isWider } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    const { at, column } = moves.here;
    const [down, right] = ARROWS[key] ?? [0, 0];
    const lower = key.toLowerCase();
    if (event.altKey) return false;
    if (ARROWS[key]) {
      if (isCommand) moves.to(down ? (down < 0 ? 0 : Infinity) : at, right ? (right < 0 ? 1 : Infinity) : column, { isWider });
      else moves.by(down, right, { isWider });
    } else if (key === "Home") moves.to(isCommand ? 0 : at, 1, { isWider });
    else if (key === "End") moves.to(isCommand ? Infinity : at, Infinity, { isWider });
    else if (key === "PageUp" || key === "PageDown") moves.by(key === "PageUp" ? -PAGE : PAGE, 0, { isWider });
    else if (key === "Tab") {
      // At the end of a row the key leads out of the grid, as it does anywhere else.
      if (isCommand || (isWider ? column === 0 : column === moves.nColumns - 1)) return false;
      moves.by(0, isWider ? -1 : 1);
    } else if (isCommand && lower === "z") work.turn(isWider ? "redo" : "undo");
    else if (isCommand && lower === "y") work.turn("redo");
    else if (isCommand && lower === "a") moves.all();
    else if (isCommand) return false;
    else if (lower === "w") why.click();
    else if (key === "Enter" || key === "F2" || (key === " " && column === 0)) enter();
    else if (key === "Delete" || key === "Backspace") work.free();
    else if (key === "Escape") { work.forget(moves.cell()); moves.by(0, 0); }
    else if (AMOUNT_BEGINS.test(key) && moves.cell()) work.begin(moves.cell(), key);
    else return false;
    return true;
  }

  function enter() {
    const cell = moves.cell();
    if (cell) return work.begin(cell);
    const row = moves.row();
    if (row.fold) { folds.toggle(row); moves.refold(); } else moves.by(0, 1);
  }

  table.addEventListener("keydown", (event) => {
    if (event.target === editor.field) whileEditing(event);
    else if (acts(event)) { event.preventDefault(); event.stopPropagation(); }
  });
  // Clicking elsewhere keeps what was typed, as spreadsheets do; looking something up in another window does not.
  table.addEventListener("focusout", (event) => { if (event.target === editor.field && document.hasFocus()) work.keep(); });

  let isDragging = false;
  table.addEventListener("pointerdown", (event) => {
    const found = cellAt(event.target);
    if (!found || event.button !== 0 || event.target === editor.field || event.target.closest("button, a")) return;
    const isAgain = found.at === moves.here.at && found.column === moves.here.column;
    if (editor.isOpen) work.keep();
    if (event.pointerType === "touch") {
      // A finger scrolls as well: the tap decides, and a second one on the same cell opens it.
      table.addEventListener("click", () => { moves.to(found.at, found.column); if (isAgain && found.cell) work.begin(found.cell); }, { once: true });
      return;
    }
    event.preventDefault();
    moves.to(found.at, found.column, { isWider: event.shiftKey });
    isDragging = true;
  });
  table.addEventListener("pointerover", (event) => {
    const found = isDragging && event.buttons === 1 ? cellAt(event.target) : null;
    if (found) moves.to(found.at, found.column, { isWider: true });
  });
  addEventListener("pointerup", () => { isDragging = false; });
  table.addEventListener("dblclick", (event) => { const { cell } = cellAt(event.target) ?? {}; if (cell && !editor.isOpen) work.begin(cell); });

  const isOurs = () => !editor.isOpen && table.contains(document.activeElement);
  document.addEventListener("copy", (event) => {
    if (!isOurs()) return;
    event.clipboardData.setData("text/plain", copied(cells, moves));
    event.preventDefault();
    work.say("Copied.");
  });
  document.addEventListener("paste", (event) => {
    if (!isOurs()) return;
    event.preventDefault();
    work.paste(event.clipboardData.getData("text/plain"));
  });

  const acted = {
    undo: () => work.turn("undo"),
    redo: () => work.turn("redo"),
    fold: () => { folds.all(true); moves.refold(); },
    unfold: () => { folds.all(false); moves.refold(); },
    keys: (button) => { const box = byId("plan-keys"); box.hidden = !box.hidden; button.setAttribute("aria-expanded", String(!box.hidden)); },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    if (button) acted[button.dataset.do](button);
    const link = event.target.closest?.("[data-to-node]");
    const row = link && cells.byNode.get(link.dataset.toNode);
    if (!row) return;
    event.preventDefault();
    moves.toCell(row.cells[0]);
  });
}

const table = document.getElementById("plan-grid");
if (table) start(table);
