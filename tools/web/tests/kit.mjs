// A browser with the page, and the program `ike` that must say the same.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

export const top = resolve(import.meta.dirname, "../../..");
export const page = resolve(process.env.IKE_PAGE ?? join(top, "target/web/ike.html"));
const program = resolve(process.env.IKE ?? join(top, "target/release/ike"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
export const close = () => browser.close();

// What `ike` prints, run in the folder of the repository: status, text.
export const ike = (args, { cwd = top, input = "" } = {}) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw error;
  return { status, text: stdout, complaints: stderr };
};

// A file of the repository.
export const file = (path) => join(top, path);

// The page as somebody has opened it. `problems` is what went wrong in it, `requests` what it asked for.
export const open = async ({ url = `file://${page}`, ...options } = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const tab = await context.newPage();
  const problems = [];
  const requests = [];
  tab.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  tab.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
  // Playwright looks out for the dialog of files only where somebody listens.
  tab.on("filechooser", () => {});
  tab.on("request", (request) => requests.push(request.url()));
  await tab.goto(url);
  return { context, tab, problems, requests };
};

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Asks the page until it says yes. The page's policy forbids what Playwright waits with.
export const until = async (tab, what, arg) => {
  for (let n = 0; n < 600; n += 1) {
    const found = await tab.evaluate(what, arg);
    if (found) return found;
    await later(50);
  }
  throw new Error(`it never came: ${what}`);
};

// Does something, and waits for the answer to it: the headline of the report, or the complaint.
export const answered = async (tab, act) => {
  await tab.evaluate(() => {
    document.getElementById("report").replaceChildren();
    document.getElementById("error").textContent = "";
  });
  await act();
  return until(tab, () => {
    const text = (document.querySelector("#report h1") ?? document.getElementById("error")).textContent;
    return document.getElementById("status").textContent !== "Reading .." && text;
  });
};

// Drops files of the disk on the page, as the desktop does: in the middle of what is seen, wherever that is.
export const drop = async (tab, files) => {
  const session = await tab.context().newCDPSession(tab);
  const { width, height } = tab.viewportSize();
  const [x, y] = [width / 2, height / 2];
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x, y, data });
  await session.detach();
};

// Chooses files through the button, as a person does.
export const choose = async (tab, button, files) => {
  const chooser = tab.waitForEvent("filechooser");
  await tab.locator(button).click();
  await (await chooser).setFiles(files);
};

// What a button saves.
export const saved = async (tab, button) => {
  const download = tab.waitForEvent("download");
  await tab.locator(button).click();
  const done = await download;
  return { name: done.suggestedFilename(), text: readFileSync(await done.path(), "utf8") };
};
