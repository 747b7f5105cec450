// Amounts as people type them and spreadsheets paste them, to whole minor units: text and whole numbers, never a fraction.
// "1,234.5" "1.234,50" "1 234.50 USD" "(12)" "12k" "+5%"   ->   123450 123450 123450 -1200 1200000, and 5 % on top
const GROUPED = { ",": /^[1-9]\d{0,2}(,\d{3})+$/, ".": /^[1-9]\d{0,2}(\.\d{3})+$/ };
const THOUSANDS = { k: 3, m: 6, mn: 6, b: 9, bn: 9 };
const SIGNS = { "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₽": "RUB" };
const HALF = 500_000n;

const stripped = (text) => text.trim().replace(/[\u00a0\u2009\u202f\s'’](?=\d{3}(\D|$))/g, "").replace(/[\u2212\u2013]/g, "-");

/** Which mark stands before decimals, where the texts of one paste make it certain; "" where they do not. */
export function decimalMark(texts) {
  let found = "";
  for (const text of texts) {
    const marks = stripped(text).replace(/[^\d.,]/g, "");
    const mark = /^\d{1,3}(\.\d{3}){2,}$|^\d{1,3}(\.\d{3})+,\d+$|^\d+,(\d{1,2}|\d{4,})$/.test(marks) ? ","
      : /^\d{1,3}(,\d{3}){2,}$|^\d{1,3}(,\d{3})+\.\d+$|^\d+\.(\d{1,2}|\d{4,})$/.test(marks) ? "." : "";
    if (mark && found && mark !== found) return "";
    found ||= mark;
  }
  return found;
}

/** {amount, isRounded} or {why}. `digits` of the unit after the point; `mark` from decimalMark; `now` for "+5%". */
export function amountFrom(text, { digits, currency = "", mark = "", now = 0 }) {
  let bare = stripped(text);
  const [said] = bare.match(/[A-Z]{3}|\p{Sc}/u) ?? [];
  const meant = SIGNS[said] ?? (said?.length === 3 ? said : "");
  if (meant && currency && meant !== currency) return { why: `“${text.trim().slice(0, 40)}” is in ${meant}; the plan is in ${currency}.` };
  const growth = /^([+-])(\d{1,4})(?:[.,](\d{1,4}))?\s*%$/.exec(bare);
  if (growth) return grown(now, growth);
  const isBelow = /^\(.*\)$/.test(bare) || /^-|-$/.test(bare);
  bare = bare.replace(/^\((.*)\)$/, "$1").replace(/^[+-]|-$/g, "").replace(/^(\p{Sc}|[A-Z]{3}\b)\s*|\s*(\p{Sc}|\b[A-Z]{3}|(?<=\d)[A-Z]{3})$/gu, "").replace(/^-/, "").trim();
  const [, number, , exponent, word] = /^([\d.,]*\d[\d.,]*?)(e\+?(\d{1,2})|\s?(k|mn?|bn?))?$/i.exec(bare) ?? [];
  if (number === undefined) return { why: unreadable(text) };
  const parts = split(number, digits, mark, Boolean(word));
  if (parts.why) return { why: parts.why };
  return scaled(parts, Number(exponent ?? 0) + (THOUSANDS[word?.toLowerCase()] ?? 0) + digits, isBelow, text);
}

const unreadable = (text) => `“${text.trim().slice(0, 40)}” is no amount. Write it like 54,640.21.`;

/** Digits before and after the decimal mark. One point before three digits is either, unless something else decides. */
function split(number, digits, mark, isShort) {
  const marks = [...number].filter((sign) => sign === "." || sign === ",");
  const last = marks.at(-1);
  if (!last) return { whole: number, rest: "" };
  const isOne = marks.length === 1;
  const mayGroup = marks.every((sign) => sign === last) && GROUPED[last].test(number);
  if (mayGroup && !(isOne && isShort)) {
    if (!isOne || (mark ? mark !== last : last === ",")) return { whole: number.replaceAll(last, ""), rest: "" };
    if (!mark && digits < 3) return { why: `“${number}” could be ${number.replace(last, ",")} or ${number}0. Write it without the mark, or with two decimals.` };
  }
  const at = number.lastIndexOf(last);
  const other = last === "." ? "," : ".";
  const whole = number.slice(0, at);
  if (whole.includes(last) || (whole.includes(other) && !GROUPED[other].test(whole))) return { why: unreadable(number) };
  return { whole: whole.replaceAll(other, "") || "0", rest: number.slice(at + 1) };
}

/** Shift the point, round half up where digits are left over, and say so. */
function scaled({ whole, rest }, power, isBelow, text) {
  const padded = rest.padEnd(power, "0");
  const over = padded.slice(power);
  let minor = BigInt(whole + padded.slice(0, power));
  if (over && over[0] >= "5") minor += 1n;
  const amount = Number(isBelow ? -minor : minor);
  if (!Number.isSafeInteger(amount)) return { why: `“${text.trim().slice(0, 40)}” is too large.` };
  return { amount: amount || 0, isRounded: /[1-9]/.test(over) };
}

function grown(now, [, sign, whole, rest = ""]) {
  const millionths = BigInt(whole) * 10_000n + BigInt(rest.padEnd(4, "0"));
  const more = (BigInt(now) * millionths + HALF) / 1_000_000n;
  const amount = Number(BigInt(now) + (sign === "-" ? -more : more));
  return Number.isSafeInteger(amount) ? { amount, isRounded: false } : { why: "That is too large." };
}

const grouped = (text) => text.replace(/\B(?=(\d{3})+$)/g, ",");

/** How the page shows it: whole units, grouped, as the server does. */
export function shown(amount, digits) {
  const unit = 10n ** BigInt(digits);
  const size = BigInt(Math.abs(amount));
  const whole = (size + unit / 2n) / unit;
  return (amount < 0 && whole ? "\u2212" : "") + grouped(String(whole));
}

/** Every digit, for an editor or a spreadsheet: 1234.5 is 1234.50, 1200 is 1200. */
export function plain(amount, digits) {
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  const [whole, rest] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return (amount < 0 ? "-" : "") + whole + (/[1-9]/.test(rest) ? `.${rest}` : "");
}

/** Every digit, for people: 1,234.50. */
export function exactly(amount, digits) {
  const [whole, rest] = plain(Math.abs(amount), digits).split(".");
  return (amount < 0 ? "\u2212" : "") + grouped(whole) + (digits ? `.${rest ?? "0".repeat(digits)}` : "");
}
