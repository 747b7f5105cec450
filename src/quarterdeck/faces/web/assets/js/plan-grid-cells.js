// The grid as data: one cell per number, read once from the table that the server drew, and painted back one by one.
import { shown } from "./plan-grid-amounts.js";

export const YEAR = "year";
const PIN = document.createElement("span");
PIN.className = "pin";
PIN.textContent = " pinned";

export class Cells {
  constructor(table) {
    const { version, unit, currency, digits, state } = table.dataset;
    Object.assign(this, { table, unit, state, version: Number(version), digits: Number(digits) });
    this.currency = unit === "money" ? currency : "";
    this.mayEdit = "mayEdit" in table.dataset;
    this.heads = [...table.tHead.rows[0].querySelectorAll("[data-at]")];
    this.labels = this.heads.map((head) => head.dataset.name ?? "year");
    this.rows = [...table.tBodies[0].querySelectorAll("tr[data-node]")].map((tr) => this.#row(tr));
    this.byNode = new Map(this.rows.map((row) => [row.node, row]));
    for (const row of this.rows) this.byNode.get(row.parent)?.children.push(row);
    this.sums = [...table.tBodies[0].querySelectorAll("tr[data-sum-of]")].map((tr) => ({
      tr, team: this.byNode.get(tr.dataset.sumOf), tds: numbers(tr), said: tr.querySelector(".off"),
    }));
    this.news = new Set();
  }

  #row(tr) {
    const { node, parent, depth, lastYear } = tr.dataset;
    const row = { tr, node, parent, depth: Number(depth), lastYear: Number(lastYear), children: [], th: tr.cells[0], isFolded: false };
    row.name = row.th.querySelector(".name").textContent;
    row.growth = tr.querySelector(".growth");
    row.cells = numbers(tr).map((td, place) => ({
      row, td, place, amount: Number(td.dataset.amount), sent: null, draft: null, why: "",
      isPinned: td.classList.contains("is-pinned"), isLocked: td.classList.contains("is-locked"),
    }));
    return row;
  }

  /** The cell's place as the contract names it: "year", or 0 to 11. */
  at = (cell) => (cell.place === 0 ? YEAR : cell.place - 1);
  month = (cell) => (cell.place === 0 ? YEAR : this.heads[cell.place].dataset.month);
  cell = (node, at) => this.byNode.get(node)?.cells[at === YEAR ? 0 : at + 1];
  name = (cell) => `${cell.row.name}, ${this.labels[cell.place]}`;

  /** Why a cell cannot be changed; empty where it can. */
  whyLocked(cell) {
    if (!cell.isLocked) return "";
    if (this.state === "published") return "The plan is published: it changes by dated amendments only.";
    if (this.state === "approved") return "The plan is approved. Return it first, then change it.";
    if ("closed" in this.heads[cell.place].dataset) return `${this.labels[cell.place]} is over: what was sold in it is a fact, so its target stays. Change an open month, or the year.`;
    return this.mayEdit ? `${cell.row.name}'s number is set above you, or is handed up. Propose another one below, with a reason.`
      : "This number is not yours to change. Propose another one below, with a reason.";
  }

  paint(cell) {
    const { td } = cell;
    const text = shown(cell.sent ?? cell.amount, this.digits);
    if (td.firstChild?.nodeType === Node.TEXT_NODE) td.firstChild.data = text;
    else td.prepend(text);
    if (td.classList.toggle("is-pinned", cell.isPinned) !== Boolean(td.querySelector(".pin"))) {
      if (cell.isPinned) td.firstChild.after(PIN.cloneNode(true));
      else td.querySelector(".pin").remove();
    }
    td.classList.toggle("is-sent", cell.sent !== null);
    this.#paintWhy(cell);
  }

  #paintWhy({ td, why }) {
    let said = td.querySelector(".says-why");
    if (!why) { td.removeAttribute("aria-invalid"); said?.remove(); return; }
    said ??= td.appendChild(Object.assign(document.createElement("span"), { className: "says-why" }));
    said.textContent = why;
    td.setAttribute("aria-invalid", "true");
  }

  /** Say at a cell why something was not taken, and keep what was typed. */
  blame(cell, why, draft = null) {
    Object.assign(cell, { why, draft, sent: null });
    this.paint(cell);
  }

  /** What the server changed. Cells that wait for an answer of their own keep showing what was typed. */
  merge(changed, waits = () => false) {
    for (const cell of this.news) cell.td.classList.remove("is-new");
    this.news.clear();
    for (const { node, at, amount, is_pinned: isPinned } of changed) {
      const cell = this.cell(node, at);
      if (!cell) continue;
      if (cell.amount !== amount) { this.news.add(cell); cell.td.classList.add("is-new"); }
      Object.assign(cell, { amount, isPinned });
      if (!waits(cell)) cell.sent = null;
      this.paint(cell);
      if (cell.place === 0) this.#paintGrowth(cell.row);
    }
  }

  #paintGrowth({ growth, lastYear, cells: [year] }) {
    if (!growth || !(lastYear > 0)) return;
    const thousandths = Math.round(((year.amount - lastYear) / lastYear) * 1000);
    const text = `${Math.floor(Math.abs(thousandths) / 10).toLocaleString("en")}.${Math.abs(thousandths) % 10} %`;
    growth.textContent = (thousandths > 0 ? "+" : thousandths < 0 ? "\u2212" : "") + text;
  }

  /** The whole grid as it is now: after somebody else changed it. False when it has other rows or columns than this page. */
  renew(grid, waits) {
    if (grid.rows.length !== this.rows.length || grid.rows.some((row) => !this.byNode.has(row.node))) return false;
    if (grid.state !== this.state || grid.may_edit !== this.mayEdit) return false;
    this.merge(grid.rows.flatMap((row) => [
      { node: row.node, at: YEAR, amount: row.year, is_pinned: row.year_pinned },
      ...row.cells.map((amount, at) => ({ node: row.node, at, amount, is_pinned: row.pins[at] })),
    ]).filter(({ node, at, amount, is_pinned: isPinned }) => {
      const cell = this.cell(node, at);
      return cell.amount !== amount || cell.isPinned !== isPinned || cell.sent !== null;
    }), waits);
    return true;
  }
}

const numbers = (tr) => [...tr.cells].filter((cell) => cell.dataset.label && !cell.classList.contains("beside"));
