// How long the page takes from a capture that is dropped to its verdict: the median of five, in
// milliseconds, the program being loaded; and how long the page takes to be ready. The captures are 10 MB of packets of the tests.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { answered, close, drop, file, open, until } from "./kit.mjs";

const OCTETS = 10_000_000;
// Octets of a pcap file before its first packet.
const HEADER = 24;
const CAPTURES = ["tools/tests/cases/diagnose/mixed-40-clients.pcap", "tests/captures/rsa4096-nofrag-v4.pcap"];

const median = (times) => Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]);
const timed = async (act) => {
  const before = performance.now();
  await act();
  return performance.now() - before;
};

const folder = mkdtempSync(join(tmpdir(), "ike-page-"));
const ready = [];
for (const capture of CAPTURES) {
  const one = readFileSync(file(capture));
  const large = join(folder, basename(capture));
  const times = Math.ceil((OCTETS - HEADER) / (one.length - HEADER));
  writeFileSync(large, Buffer.concat([one, ...Array(times - 1).fill(one.subarray(HEADER))]));
  const verdicts = [];
  for (let n = 0; n < 5; n += 1) {
    let opened;
    ready.push(await timed(async () => {
      opened = await open();
      await until(opened.tab, () => document.getElementById("dialect").options.length > 1);
    }));
    verdicts.push(await timed(() => answered(opened.tab, () => drop(opened.tab, [large]))));
    await opened.context.close();
  }
  console.log(`${basename(capture)}, ${readFileSync(large).length} octets: ${median(verdicts)} ms`);
}
console.log(`the page opened and ready: ${median(ready)} ms`);
rmSync(folder, { recursive: true });
await close();
