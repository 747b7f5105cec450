// Below each team the sum of its rows, added up here from what is shown: a second opinion on the server's numbers.
import { exactly, shown } from "./plan-grid-amounts.js";

/** Add up, paint what changed, and say whether every sum agrees with its team. */
export function paintSums(cells, said) {
  let nOff = 0;
  for (const { tr, team, tds, said: off } of cells.sums) {
    const sums = team.cells.map((_, place) => team.children.reduce((sum, row) => sum + row.cells[place].amount, 0));
    const differences = sums.map((sum, place) => team.cells[place].amount - sum);
    sums.forEach((sum, place) => {
      const text = shown(sum, cells.digits);
      if (tds[place].textContent !== text) tds[place].textContent = text;
      tds[place].classList.toggle("is-off", differences[place] !== 0);
    });
    const isOff = differences.some(Boolean);
    if (tr.classList.toggle("is-off", isOff)) nOff += 1;
    off.textContent = `difference ${differences[0] ? exactly(differences[0], cells.digits) : isOff ? "in a month" : "0"}`;
  }
  const n = cells.sums.length;
  said.classList.toggle("is-off", nOff > 0);
  said.textContent = !n ? "" : nOff ? `▲ ${nOff} of ${n} sums differ from their team.`
    : `✓ ${n === 1 ? "1 sum agrees" : `${n} sums agree`} with the team above in every month: difference 0.`;
  return nOff;
}
