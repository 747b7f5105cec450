// Everything here adds to pages that work without it: the panel, the keyboard, the theme, live desks.
import "./htmx.js";
import "./panel.js";
import "./theme.js";
import "./keys.js";
import "./live.js";
import "./menu.js";
import "./drop.js";
import "./grid.js";
import "./search.js";
