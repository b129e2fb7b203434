// How long the page takes from a capture that is dropped to its verdict: `node measure.mjs CAPTURE..`, after build.sh, with the
// environment of test.sh. The median of five, in milliseconds; the program is loaded before.

import { statSync } from "node:fs";
import { answered, close, drop, open } from "./kit.mjs";

for (const capture of process.argv.slice(2)) {
  const times = [];
  for (let n = 0; n < 5; n += 1) {
    const { tab, context } = await open();
    await answered(tab, () => tab.locator("#client").fill("aes256-sha256-modp2048").then(() => tab.locator("#examine").click()));
    await tab.locator("#anew").click();
    const before = performance.now();
    await answered(tab, () => drop(tab, [capture]));
    times.push(performance.now() - before);
    await context.close();
  }
  times.sort((a, b) => a - b);
  console.log(`${capture}: ${statSync(capture).size} octets, ${Math.round(times[2])} ms`);
}
await close();
