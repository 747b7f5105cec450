// Changes go to the server one after the other, each on top of the version before. What was not taken stays here.
const RETRY_MS = 5000;

export class Wire {
  /** `on`: changed(step, answer), refused(step, refusal), stopped(kind, detail), going(nWaiting). */
  constructor({ urls, token, version, on }) {
    Object.assign(this, { urls, token, version, on, waiting: [], isSending: false, stop: "" });
    addEventListener("online", () => this.again());
    addEventListener("beforeunload", (event) => { if (this.waiting.length) event.preventDefault(); });
  }

  /** `kind`: edits, undo or redo. `cells`: [{cell, amount, month, node}]. */
  push(step) {
    this.waiting.push(step);
    this.on.going(this.waiting.length);
    if (!this.stop) this.#pump();
  }

  waitsFor = (cell) => this.waiting.some((step) => step.edits?.some((edit) => edit.cell === cell));

  again() {
    if (!this.stop || this.stop === "stale") return;
    this.stop = "";
    this.#pump();
  }

  /** Somebody else changed the plan: what it is now, and what of ours is still to be sent. */
  async renewed({ isDropping }) {
    const answer = await this.#ask(this.urls.grid, { method: "GET" });
    if (!answer) return null;
    // Undoing what one no longer sees is no wish of anybody.
    this.waiting = isDropping ? [] : this.waiting.filter((step) => step.kind === "edits");
    this.version = answer.body.version;
    this.stop = "";
    return answer.body;
  }

  resume() { this.on.going(this.waiting.length); this.#pump(); }

  async #pump() {
    if (this.isSending) return;
    this.isSending = true;
    while (this.waiting.length && !this.stop) await this.#send(this.waiting[0]);
    this.isSending = false;
    this.on.going(this.waiting.length);
  }

  async #send(step) {
    const body = { version: this.version, reason: step.reason ?? "" };
    if (step.kind === "edits") body.edits = step.edits.map(({ cell, month, amount }) => ({ node: cell.row.node, month, amount }));
    const answer = await this.#ask(this.urls[step.kind], { method: "POST", body: JSON.stringify(body) });
    if (!answer) return;
    if (answer.status === 409) return this.#stopped("stale", answer.body);
    this.waiting.shift();
    if (answer.status === 200) {
      this.version = answer.body.version;
      this.on.changed(step, answer.body);
    } else this.on.refused(step, answer.body);
  }

  /** {status, body}; nothing where there was no answer of this page's, which stops the line and says why. */
  async #ask(url, options) {
    const headers = { "X-CSRFToken": this.token, "Content-Type": "application/json", Accept: "application/json" };
    let answer;
    try { answer = await fetch(url, { ...options, headers, redirect: "manual", cache: "no-store" }); }
    catch { return this.#stopped("offline"); }
    if (answer.type === "opaqueredirect") return this.#stopped("signed out");
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return this.#stopped("fault", { status: answer.status });
    return { status: answer.status, body: await answer.json() };
  }

  #stopped(kind, detail = {}) {
    this.stop = kind;
    this.on.stopped(kind, detail);
    if (kind === "offline") setTimeout(() => { if (this.stop === "offline") this.again(); }, RETRY_MS);
  }
}
