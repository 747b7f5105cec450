// What could not be done, in a sentence, with the buttons that lead on. One at a time; the newest stands.
export class Trouble {
  constructor(box) { this.box = box; }

  /** `ways`: [[label, what it does]]; a way taken puts the sentence away. */
  say(kind, text, ways = []) {
    this.kind = kind;
    const buttons = ways.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "small", textContent: label });
      button.addEventListener("click", () => { this.clear(); act(); });
      return button;
    });
    this.box.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }), ...buttons);
    this.box.hidden = false;
  }

  clear(kind = this.kind) {
    if (kind !== this.kind) return;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.kind = undefined;
  }
}
