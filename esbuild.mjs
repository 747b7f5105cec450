// Bundles what the browser gets into faces/web/static/built: app.js, charts.js and plan-grid.js (loaded only by pages with charts, or a plan), app.css.
import { build, context } from "esbuild";

const web = "src/quarterdeck/faces/web";
const options = {
  entryPoints: [
    { in: `${web}/assets/js/app.js`, out: "app" },
    { in: `${web}/assets/js/charts.js`, out: "charts" },
    { in: `${web}/assets/js/plan-grid.js`, out: "plan-grid" },
    { in: `${web}/assets/css/app.css`, out: "app" },
  ],
  outdir: `${web}/static/built`,
  bundle: true,
  minify: true,
  sourcemap: false,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  logLevel: "warning",
};

if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options);
