// Ranges to and from a spreadsheet: tab-separated lines, amounts in whole currency with every digit they have.
import { amountFrom, decimalMark, plain } from "./plan-grid-amounts.js";

/** The picked range as a spreadsheet takes it; names where the name's column is picked. */
export function copied(cells, moves) {
  const { top, left } = moves.range();
  return moves.block().map((line, at) => [
    ...(left === 0 ? [moves.rows[top + at].name] : []),
    ...line.map((cell) => plain(cell.sent ?? cell.amount, cells.digits)),
  ].map(quoted).join("\t")).join("\n");
}

const quoted = (text) => (/["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Lines of fields; a field in quotes may hold tabs, line ends and doubled quotes. */
export function table(text) {
  const rows = [[]];
  for (const [, inQuotes, bare = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/g)) {
    rows.at(-1).push(inQuotes === undefined ? bare : inQuotes.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  if (rows.at(-1).every((field) => field === "")) rows.pop();
  return rows;
}

/**
 * What a paste comes to: {edits: [{cell, amount}], faults: [{cell, why, draft}], nRounded}, or {why} where it does not fit.
 * One value fills the range; what is empty or already so stays; a block on the names' column brings its names along.
 */
export function pasted(text, cells, moves) {
  let fields = table(text);
  const { top, left } = moves.range();
  if (left === 0) fields = fields.map((line) => line.slice(1));
  if (!fields.length || !fields[0].length) return { why: "There is nothing to paste." };
  const isFill = fields.length === 1 && fields[0].length === 1;
  const width = Math.max(...fields.map((line) => line.length));
  const first = Math.max(left, 1);
  if (!isFill && (top + fields.length > moves.rows.length || first + width > moves.nColumns)) {
    return { why: `Nothing was pasted: ${fields.length} rows and ${width} columns reach beyond the grid from here.` };
  }
  const pairs = isFill ? moves.block().flat().map((cell) => [cell, fields[0][0]])
    : fields.flatMap((line, down) => line.map((field, right) => [moves.rows[top + down].cells[first - 1 + right], field]));
  return read(pairs.filter(([, field]) => field.trim() !== ""), cells);
}

function read(pairs, cells) {
  const found = { edits: [], faults: [], nRounded: 0 };
  const mark = decimalMark(pairs.map(([, field]) => field));
  for (const [cell, field] of pairs) {
    const { amount, why, isRounded } = amountFrom(field, { ...cells, mark, now: cell.amount });
    if (why === undefined && amount === cell.amount) continue;
    const fault = why ?? cells.whyLocked(cell);
    if (fault) found.faults.push({ cell, why: fault, draft: field.trim() });
    else { found.edits.push({ cell, amount }); found.nRounded += isRounded ? 1 : 0; }
  }
  return found;
}
