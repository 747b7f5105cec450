// htmx announces itself as a module; the other files and pages find it on the window.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
export default htmx;
