// Copies the font into ../static/fonts, under names that carry its version, with its licence beside it.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";

const from = "node_modules/@fontsource-variable/public-sans";
const to = "../static/fonts";
const { version } = JSON.parse(readFileSync(`${from}/package.json`, "utf8"));

rmSync(to, { recursive: true, force: true });
mkdirSync(to);
for (const part of ["latin", "latin-ext"]) {
  copyFileSync(`${from}/files/public-sans-${part}-wght-normal.woff2`, `${to}/public-sans-${version}-${part}.woff2`);
}
copyFileSync(`${from}/LICENSE`, `${to}/public-sans-LICENSE.txt`);
