const by = (id) => document.getElementById(id);
const program = { text: by("program").textContent, size: Number("{{size}}") };
const workerUrl = URL.createObjectURL(new Blob([by("worker").textContent], { type: "text/javascript" }));
// Octets of a file whose reading is shown.
const LARGE = 5e6;
let files = [];
let worker = null;
let busy = false;
let report = null;

// A worker that was ended, or that failed, is replaced by the next question.
const hired = () => {
  if (worker) return worker;
  worker = new Worker(workerUrl);
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = (event) => hear({ error: `The program of this page does not start: ${event.message || "no reason is told"}.`, broken: true });
  worker.postMessage({ program });
  return worker;
};

const dismiss = () => {
  if (worker) worker.terminate();
  worker = null;
  busy = false;
  by("progress").hidden = true;
};

const hear = ({ choices, progress, report: shown, error, broken }) => {
  if (choices) {
    offer(choices);
    return;
  }
  if (progress) {
    // What is read at once needs no bar.
    by("progress").hidden = progress.octets < LARGE;
    by("bar").value = (100 * progress.read) / progress.octets;
    return;
  }
  busy = false;
  by("progress").hidden = true;
  by("status").textContent = "";
  if (broken) dismiss();
  if (error) {
    show(null);
    by("error").textContent = error;
  } else {
    show(shown);
  }
};

const show = (shown) => {
  report = shown;
  by("error").textContent = "";
  by("actions").hidden = !shown;
  by("report").innerHTML = shown ? shown.body : "";
  document.title = shown ? shown.title : "Why does the IKEv2 tunnel not come up?";
  if (!shown) return;
  arm(by("report"));
  by("status").textContent = "The report is ready.";
  by("report").focus({ preventScroll: true });
  by("actions").scrollIntoView();
};

const ask = () => ({
  client: by("client").value,
  server: by("server").value,
  dialect: by("dialect").value,
  name: by("name").value,
  role: by("role").value,
  utc_offset: by("zone").value,
  all: by("all").checked,
  now: Math.floor(Date.now() / 1000),
});

const examine = () => {
  if (busy) dismiss();
  by("error").textContent = "";
  if (files.length === 0 && !by("client").value.trim() && !by("server").value.trim()) {
    by("error").textContent = "There is nothing to look at yet: choose files, or paste a text.";
    return;
  }
  busy = true;
  by("status").textContent = "Reading ..";
  hired().postMessage({ files, ask: ask() });
};

const again = () => {
  if (report || by("error").textContent) examine();
};

const size = (octets) => {
  if (octets < 1000) return `${octets} octets`;
  if (octets < 1e6) return `${(octets / 1e3).toFixed(1)} kB`;
  return `${(octets / 1e6).toFixed(1)} MB`;
};

const list = () => {
  by("chosen").hidden = files.length === 0;
  by("swap").hidden = files.length !== 2;
  by("files").replaceChildren(...files.map((file) => {
    const line = document.createElement("li");
    line.append(`${file.name} (${size(file.size)})`);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => take(files.filter((other) => other !== file)));
    line.append(remove);
    return line;
  }));
};

const take = (chosen) => {
  files = chosen;
  list();
  if (files.length > 0) {
    examine();
  } else {
    if (busy) dismiss();
    by("status").textContent = "";
    show(null);
    by("choose").focus();
  }
};

const offer = ({ profiles, dialects }) => {
  const option = (value, text) => new Option(text, value);
  for (const side of ["client", "server"]) {
    const select = by(`${side}-profile`);
    if (select.options.length === 1) select.append(...profiles.map((name) => option(name, name)));
  }
  if (by("dialect").options.length === 1) by("dialect").append(...dialects.map(([value, text]) => option(value, text)));
};

const zone = () => {
  const ahead = -new Date().getTimezoneOffset();
  if (ahead === 0) return;
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map((n) => String(n).padStart(2, "0"));
  const value = `${ahead < 0 ? "-" : "+"}${hours}:${minutes}`;
  by("zone").append(new Option(`of this machine, UTC${value}`, value));
};

const save = (text, type, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

// What the button below the list adds to it, the other replaces.
let adding = false;
const pick = (adds) => {
  adding = adds;
  by("input").value = "";
  by("input").click();
};
by("choose").addEventListener("click", () => pick(false));
by("add").addEventListener("click", () => pick(true));
by("input").addEventListener("change", () => {
  const chosen = [...by("input").files];
  if (chosen.length > 0) take(adding ? [...files, ...chosen] : chosen);
});
by("swap").addEventListener("click", () => take([...files].reverse()));
by("examine").addEventListener("click", examine);
by("cancel").addEventListener("click", () => {
  dismiss();
  by("status").textContent = "Cancelled.";
});
by("save").addEventListener("click", () => save(report.page, "text/html", "ike-report.html"));
by("save-json").addEventListener("click", () => save(report.json, "application/json", "ike-report.json"));
by("print").addEventListener("click", () => window.print());
by("anew").addEventListener("click", () => {
  for (const id of ["client", "server"]) by(id).value = "";
  take([]);
});
for (const id of ["zone", "dialect", "role", "name", "all"]) by(id).addEventListener("change", again);
for (const side of ["client", "server"]) {
  by(`${side}-profile`).addEventListener("change", ({ target }) => {
    by(side).value = target.value;
    target.value = "";
  });
}

let depth = 0;
const holds = (event) => [...event.dataTransfer.types].includes("Files");
const over = (change) => (event) => {
  if (!holds(event)) return;
  event.preventDefault();
  depth = change(depth);
  document.body.classList.toggle("over", depth > 0);
};
document.addEventListener("dragenter", over((n) => n + 1));
document.addEventListener("dragleave", over((n) => n - 1));
document.addEventListener("dragover", over((n) => n));
document.addEventListener("drop", (event) => {
  if (!holds(event)) return;
  event.preventDefault();
  depth = 0;
  document.body.classList.remove("over");
  const dropped = [...event.dataTransfer.files];
  if (dropped.length > 0) take(dropped);
});

zone();
hired();
