// The page as a person uses it, in Chromium: what it says is what `ike` says, and nothing leaves the machine.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, test } from "node:test";
import { answered, choose, close, drop, file, ike, open, page, saved, until } from "./kit.mjs";

const CAPTURES = [
  "tests/captures/err-npc-init.pcap",
  "tests/captures/rsa4096-nofrag-v4.pcap",
  "tests/captures-diagnose/ip-fragments-first-b.pcap",
  "tools/tests/cases/diagnose/mixed-40-clients.pcap",
  "tools/tests/cases/diagnose/filter-answer-lost.pcap",
  "tools/tests/cases/diagnose/healthy-both-sides-of-nat.pcap",
  "tools/tests/cases/diagnose/pair-fragments-lost-client.pcapng",
];
const PAIR = ["tools/tests/cases/diagnose/pair-fragments-lost-client.pcapng", "tools/tests/cases/diagnose/pair-fragments-lost-server.pcapng"];
const WINDOWS = "tests/data/notations/windows-profile-automatic.txt";
const SWANCTL = "tests/data/notations/strongswan-swanctl.txt";
const CHAIN = "tests/data/certificates-made/key-rsa4096.pem";
const NOON = new Date("2027-01-01T12:00:00Z");

const folder = mkdtempSync(join(tmpdir(), "ike-page-"));
after(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

// The report of `ike` as a page, and its JSON.
const told = (args, options) => {
  const html = join(folder, "report.html");
  const { status, complaints } = ike([...args, "--html", html], options);
  assert.ok([0, 1, 3].includes(status), complaints);
  return { html: readFileSync(html, "utf8"), json: ike([...args, "--json"], options).text };
};

// What the page saves is to the octet what `ike` writes.
const same = async (tab, args, options) => {
  const { html, json } = told(args, options);
  const [page, program] = [await saved(tab, "#save"), await saved(tab, "#save-json")];
  assert.equal(page.name, "ike-report.html");
  assert.equal(page.text, html);
  assert.equal(program.text, json);
  assert.ok(html.includes(await tab.locator("#report").innerHTML().then((shown) => shown.slice(0, 60))));
};

test("a capture that is dropped gets the report of ike", async () => {
  for (const capture of CAPTURES) {
    const { tab, problems, context } = await open();
    const verdict = await answered(tab, () => drop(tab, [file(capture)]));
    await same(tab, ["diagnose", basename(capture)], { cwd: dirname(file(capture)) });
    const { text } = ike(["diagnose", file(capture)]);
    assert.ok(text.replace(/\s+/g, " ").startsWith(verdict), verdict);
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("two captures of one failure are read together, in either order", async () => {
  const { tab, problems, context } = await open();
  const cwd = dirname(file(PAIR[0]));
  const names = PAIR.map((path) => basename(path));
  await answered(tab, () => drop(tab, PAIR.map(file)));
  assert.equal(await tab.locator("#files li").count(), 2);
  await same(tab, ["diagnose", ...names], { cwd });
  await answered(tab, () => tab.locator("#swap").click());
  await same(tab, ["diagnose", ...[...names].reverse()], { cwd });
  // One after the other does as well.
  await answered(tab, () => drop(tab, [file(PAIR[0])]));
  await answered(tab, () => choose(tab, "#add", [file(PAIR[1])]));
  await same(tab, ["diagnose", ...names], { cwd });
  await answered(tab, () => tab.locator("#files li").nth(1).getByRole("button").click());
  await same(tab, ["diagnose", names[0]], { cwd });
  assert.deepEqual(problems, []);
  await context.close();
});

test("two configurations that are pasted are compared", async () => {
  const { tab, problems, context } = await open();
  await tab.locator("#client").fill(readFileSync(file(WINDOWS), "utf8"));
  await tab.locator("#server").fill(readFileSync(file(SWANCTL), "utf8"));
  const verdict = await answered(tab, () => tab.getByRole("button", { name: "Examine the texts" }).click());
  assert.match(verdict, /^IKE SA \(IKE_SA_INIT\): refused, the answer is NO_PROPOSAL_CHOSEN \(14\)/);
  await same(tab, ["negotiate", file(WINDOWS), file(SWANCTL)]);
  // Whose rules decide is an option.
  await tab.locator("#options summary").click();
  await answered(tab, () => tab.locator("#dialect").selectOption("libreswan5"));
  await same(tab, ["negotiate", file(WINDOWS), file(SWANCTL), "--dialect", "libreswan5"]);
  assert.match(await tab.locator("#report").innerText(), /libreswan 5/);
  // The defaults of a product.
  await tab.locator("#client-profile").selectOption("windows10");
  assert.equal(await tab.locator("#client").inputValue(), "windows10");
  await tab.locator("#dialect").selectOption("");
  await answered(tab, () => tab.locator("#examine").click());
  await same(tab, ["negotiate", "windows10", file(SWANCTL)]);
  // One alone is explained; dropped files fill both sides.
  await tab.locator("#anew").click();
  await answered(tab, () => drop(tab, [file(WINDOWS)]));
  await same(tab, ["notation", file(WINDOWS)]);
  await answered(tab, () => choose(tab, "#add", [file(SWANCTL)]));
  await same(tab, ["negotiate", file(WINDOWS), file(SWANCTL)]);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a log is diagnosed, dropped or pasted", async () => {
  const { tab, problems, context } = await open();
  const log = "tests/logs-causes/libreswan-refuses-psk-a.log";
  const verdict = await answered(tab, () => drop(tab, [file(log)]));
  await same(tab, ["diagnose", basename(log)], { cwd: dirname(file(log)) });
  await tab.locator("#anew").click();
  await tab.locator("#server").fill(readFileSync(file(log), "utf8"));
  assert.equal(await answered(tab, () => tab.locator("#examine").click()), verdict);
  // Times as the event log shows them.
  await tab.evaluate(() => document.getElementById("zone").append(new Option("+02:00", "+02:00")));
  await tab.locator("#options summary").click();
  await tab.locator("#server").fill("");
  await answered(tab, () => drop(tab, [file(CAPTURES[0])]));
  await answered(tab, () => tab.locator("#zone").selectOption("+02:00"));
  assert.match(await tab.locator("#report").innerText(), /UTC\+02:00/);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a certificate is examined for a name, at the time of the machine", async () => {
  const { tab, problems, context } = await open();
  await tab.clock.setFixedTime(NOON);
  const line = ["certificate", "--at", String(NOON.getTime() / 1000)];
  await answered(tab, () => choose(tab, "#choose", [file(CHAIN)]));
  await same(tab, [...line, basename(CHAIN)], { cwd: dirname(file(CHAIN)) });
  await tab.locator("#options summary").click();
  await tab.locator("#name").fill("vpn2.example.net");
  const verdict = await answered(tab, () => tab.keyboard.press("Tab"));
  assert.match(verdict, /^Not fit for a VPN server that Windows clients connect to as vpn2\.example\.net/);
  await answered(tab, () => tab.locator("#role").selectOption("client"));
  await same(tab, [...line, "--role", "client", "--name", "vpn2.example.net", basename(CHAIN)], { cwd: dirname(file(CHAIN)) });
  assert.deepEqual(problems, []);
  await context.close();
});

test("a chain of RSA signatures is verified in the browser, too", async () => {
  const { tab, problems, context } = await open();
  await tab.clock.setFixedTime(NOON);
  const cwd = file("tests/data/handshake");
  const chain = ["rsa4096-server.pem", "rsa4096-root.pem"];
  await answered(tab, () => choose(tab, "#choose", chain.map((name) => join(cwd, name))));
  await same(tab, ["certificate", "--at", String(NOON.getTime() / 1000), ...chain], { cwd });
  const shown = await tab.locator("#report").innerText();
  assert.match(shown, /verified \(RSA PKCS#1 v1\.5/);
  assert.doesNotMatch(shown, /not verified/);
  assert.deepEqual(problems, []);
  await context.close();
});

test("keys and the server's configuration are taken with a capture", async () => {
  const { tab, context } = await open();
  const [capture, keys] = ["tests/captures/rsa4096-nofrag-v4.pcap", "tests/captures/rsa4096-nofrag-v4.keys.json"];
  await answered(tab, () => drop(tab, [file(keys), file(capture)]));
  await same(tab, ["diagnose", "--keys", basename(keys), basename(capture)], { cwd: dirname(file(capture)) });
  await tab.locator("#server").fill("aes256-sha384-ecp384");
  await answered(tab, () => drop(tab, [file("tests/captures/err-npc-init.pcap")]));
  await same(tab, ["diagnose", "--policy", "aes256-sha384-ecp384", "err-npc-init.pcap"], { cwd: file("tests/captures") });
  await context.close();
});

test("what cannot be looked at is told in the words of ike", async () => {
  const { tab, problems, context } = await open();
  const says = async (files) => answered(tab, () => drop(tab, files));
  const odd = (name, octets) => {
    writeFileSync(join(folder, name), octets);
    return join(folder, name);
  };
  const zip = odd("captures.zip", "PK\x03\x04rest");
  assert.match(await says([zip]), /^captures\.zip is neither .*it is a zip archive, unpack it first/);
  assert.equal(`ike diagnose: ${await says([zip])}\n`, ike(["diagnose", "captures.zip"], { cwd: folder }).complaints);
  assert.match(await says([odd("trace.etl", Buffer.alloc(2000, 1))]), /pktmon etl2pcap/);
  assert.match(await says([file(CAPTURES[0]), file("tests/logs-causes/libreswan-refuses-psk-a.log")]), /one kind at a time/);
  assert.match(await says([file("tests/captures/rsa4096-nofrag-v4.keys.json")]), /add the capture/);
  assert.match(await says([odd("swan.conf", "connections { a { proposals = aes256-nonsense } }")]), /^swan\.conf: .*nonsense/s);
  assert.equal(await tab.locator("#actions").isHidden(), true);
  await tab.locator("#files button").click();
  assert.equal(await tab.locator("#error").innerText(), "");
  assert.match(await answered(tab, () => tab.locator("#examine").click()), /^There is nothing to look at yet/);
  await tab.locator("#client").fill("windows10");
  assert.match(await answered(tab, () => tab.locator("#examine").click()), /^windows10 are the defaults of a product/);
  assert.deepEqual(problems, []);
  await context.close();
});

test("nothing leaves the machine", async () => {
  const { tab, requests, context } = await open();
  await answered(tab, () => drop(tab, [file(CAPTURES[0])]));
  await tab.locator("#save").click();
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:")), [`file://${page}`]);
  const said = await tab.locator("#start").innerText();
  assert.match(said, /Nothing leaves this machine/);
  // What an injected script would try.
  const refused = await tab.evaluate(async () => {
    const refused = [];
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    const tries = [
      () => fetch("http://127.0.0.1:9/"),
      () => new Promise((done, fail) => { const request = new XMLHttpRequest(); request.onerror = fail; request.open("GET", "http://127.0.0.1:9/"); request.send(); }),
      () => new WebSocket("ws://127.0.0.1:9/"),
      () => navigator.sendBeacon("http://127.0.0.1:9/", "x"),
      () => { const image = new Image(); image.src = "http://127.0.0.1:9/"; },
      () => { const script = document.createElement("script"); script.textContent = "window.injected = true"; document.body.append(script); },
      () => { const frame = document.createElement("iframe"); frame.src = "http://127.0.0.1:9/"; document.body.append(frame); },
      () => { const form = document.createElement("form"); form.action = "http://127.0.0.1:9/"; document.body.append(form); form.submit(); },
    ];
    for (const attempt of tries) {
      try { await attempt(); } catch { /* the violation says it */ }
    }
    await new Promise((done) => setTimeout(done, 300));
    return { refused, injected: window.injected };
  });
  assert.equal(refused.injected, undefined);
  assert.ok(refused.refused.filter((directive) => directive === "connect-src").length >= 4, refused.refused);
  for (const directive of ["img-src", "script-src-elem", "frame-src", "form-action"]) assert.ok(refused.refused.includes(directive), directive);
  const source = readFileSync(page, "utf8").replaceAll("http://www.w3.org/2000/svg", "");
  const outer = source.replace(/<script type="text\/plain"[^]*?<\/script>/g, "");
  assert.deepEqual(outer.match(/(?:src|href)="(?!#)|https?:\/\/|@import|url\(/g) ?? [], []);
  assert.ok(statSync(page).size <= 1_500_000);
  await context.close();
});

test("a name and a text of somebody else make no element", async () => {
  const { tab, problems, context } = await open();
  const name = "<img src=x onerror=alert(1)>.pcap";
  writeFileSync(join(folder, name), readFileSync(file(CAPTURES[0])));
  await answered(tab, () => drop(tab, [join(folder, name)]));
  assert.match(await tab.locator("#report").innerText(), /<img src=x onerror=alert\(1\)>\.pcap/);
  await tab.locator("#anew").click();
  await tab.locator("#client").fill('connections { a { remote { id = "<svg onload=alert(1)>" }\n proposals = aes256-sha256-modp2048 } }');
  await answered(tab, () => tab.locator("#examine").click());
  assert.match(await tab.locator("#report").innerText(), /<svg onload=alert\(1\)>/);
  assert.equal(await tab.locator("main img, main script, #report svg").count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a static host serves it as well", async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/ike.html" ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(request.url === "/ike.html" ? readFileSync(page) : "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/ike.html`;
  const { tab, problems, requests, context } = await open({ url });
  await answered(tab, () => drop(tab, [file(CAPTURES[0])]));
  await same(tab, ["diagnose", basename(CAPTURES[0])], { cwd: dirname(file(CAPTURES[0])) });
  assert.deepEqual(problems, []);
  assert.deepEqual(requests.filter((asked) => !asked.startsWith("blob:")), [url]);
  await context.close();
  server.close();
});

test("a large capture can be cancelled, and another one asked for", async () => {
  const { tab, problems, context } = await open();
  const large = join(folder, "large.pcap");
  const one = readFileSync(file("tools/tests/cases/diagnose/mixed-40-clients.pcap"));
  writeFileSync(large, Buffer.concat([one, ...Array(1500).fill(one.subarray(24))]));
  await drop(tab, [large]);
  await until(tab, () => !document.getElementById("progress").hidden && document.getElementById("bar").value > 0);
  await tab.locator("#cancel").click();
  assert.equal(await tab.locator("#status").innerText(), "Cancelled.");
  assert.equal(await tab.locator("#progress").isHidden(), true);
  await answered(tab, () => drop(tab, [file(CAPTURES[0])]));
  await same(tab, ["diagnose", basename(CAPTURES[0])], { cwd: dirname(file(CAPTURES[0])) });
  assert.deepEqual(problems, []);
  await context.close();
});

