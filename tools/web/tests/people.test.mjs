// The page for everybody: narrow, dark, printed, by the keyboard, read aloud.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { answered, choose, close, drop, file, open, page, until } from "./kit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = join(page, "../shots");
mkdirSync(shots, { recursive: true });
after(close);

// Every kind of report, and the page before there is one.
const LOOKS = [
  ["start", async () => {}],
  ["fault", (tab) => answered(tab, () => drop(tab, [file("tools/tests/cases/diagnose/mixed-40-clients.pcap")]))],
  ["unknown", (tab) => answered(tab, () => drop(tab, [file("tools/tests/cases/diagnose/filter-answer-lost.pcap")]))],
  ["healthy", (tab) => answered(tab, () => drop(tab, [file("tools/tests/cases/diagnose/healthy-both-sides-of-nat.pcap")]))],
  ["two-sides", (tab) => answered(tab, () => drop(tab, ["windows-profile-automatic.txt", "strongswan-swanctl.txt"].map((name) => file(`tests/data/notations/${name}`))))],
  ["notation", (tab) => answered(tab, () => drop(tab, [file("tests/data/notations/fortigate-phases.txt")]))],
  ["certificate", (tab) => answered(tab, () => drop(tab, [file("tests/data/certificates-made/key-rsa4096.pem")]))],
  ["complaint", (tab) => answered(tab, () => tab.locator("#examine").click())],
];

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    test(`it fits ${width} px, and nobody is shut out of it: ${colorScheme}`, async () => {
      const { tab, problems, context } = await open({ viewport: { width, height: 844 }, colorScheme });
      await tab.evaluate(axe);
      for (const [name, look] of LOOKS) {
        await look(tab);
        await tab.locator("#options details").evaluate((details) => { details.open = true; });
        for (const details of await tab.locator("#report details").all()) await details.evaluate((one) => { one.open = true; });
        const wide = await tab.evaluate(() => document.scrollingElement.scrollWidth);
        assert.ok(wide <= width, `${name}: ${wide} px`);
        const { violations, passes } = await tab.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
        assert.deepEqual(found, [], name);
        assert.ok(passes.some(({ id }) => id === "color-contrast"), name);
        await tab.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}

test("everything can be done with the keyboard", async () => {
  const { tab, context } = await open();
  const focused = () => tab.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);
  const tabTo = async (id) => {
    for (let n = 0; n < 60; n += 1) {
      if ((await focused()) === id) return;
      await tab.keyboard.press("Tab");
    }
    assert.fail(`the Tab key does not reach ${id}`);
  };
  await tab.keyboard.press("Tab");
  assert.equal(await focused(), "choose");
  const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  const chooser = tab.waitForEvent("filechooser");
  await tab.keyboard.press("Enter");
  await answered(tab, async () => (await chooser).setFiles([file("tests/captures/err-npc-init.pcap")]));
  // Who cannot see is led to the report, and told that it is there.
  assert.equal(await focused(), "report");
  assert.equal(await tab.locator("#status").innerText(), "The report is ready.");
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.getElementById("report").contains(document.activeElement)), true);
  await tab.evaluate(() => document.activeElement.blur());
  await tabTo("anew");
  await tab.keyboard.press("Enter");
  assert.equal(await focused(), "choose");
  await tabTo("client");
  await tab.keyboard.type("windows10");
  await tabTo("server");
  await tab.keyboard.type("aes256-sha256-modp2048");
  await tabTo("examine");
  const verdict = await answered(tab, () => tab.keyboard.press("Space"));
  assert.match(verdict, /^IKE SA/);
  await tabTo("copy");
  await context.close();
});

test("a command is copied whole", async () => {
  const { tab, context } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  await answered(tab, () => drop(tab, [file("tests/captures/err-npc-init.pcap")]));
  const first = tab.locator("#report .command").first();
  await first.getByRole("button", { name: "Copy" }).click();
  await until(tab, () => document.querySelector("#report .copy").textContent === "Copied");
  const copied = await tab.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await first.locator("code").textContent());
  assert.ok(copied.length > 20, copied);
  await context.close();
});

test("paper gets the report and nothing else", async () => {
  const { tab, context } = await open();
  await answered(tab, () => choose(tab, "#choose", [file("tools/tests/cases/diagnose/mixed-40-clients.pcap")]));
  await tab.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const id of ["start", "texts", "options", "actions", "status", "about"]) assert.equal(await tab.locator(`#${id}`).isVisible(), false, id);
  for (const button of await tab.locator("button").all()) assert.equal(await button.isVisible(), false);
  assert.equal(await tab.locator("#report h1").isVisible(), true);
  const ink = await tab.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
  assert.deepEqual(ink, ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
  const pdf = await tab.pdf({ format: "A4", path: join(shots, "paper.pdf") });
  assert.ok(pdf.length > 10000);
  await context.close();
});

test("a saved report is a page of its own", async () => {
  const { tab, context } = await open();
  await answered(tab, () => drop(tab, [file("tests/captures/err-npc-init.pcap")]));
  const download = tab.waitForEvent("download");
  await tab.locator("#save").click();
  const path = join(shots, "ike-report.html");
  await (await download).saveAs(path);
  const report = await open({ url: `file://${path}`, permissions: ["clipboard-read", "clipboard-write"] });
  await report.tab.locator(".command button").first().click();
  await until(report.tab, () => document.querySelector(".copy").textContent === "Copied");
  assert.deepEqual(report.problems, []);
  await report.context.close();
  await context.close();
});
