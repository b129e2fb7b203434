// The digits of octets in text, as the page's assembler writes them: four octets are five digits, the most significant first.
const DIGITS = "{{digits}}";

// The octets that the digits stand for; the last of them may be more than there are.
const octetsOf = (text, size) => {
  const values = new Uint8Array(128);
  for (let n = 0; n < DIGITS.length; n += 1) values[DIGITS.charCodeAt(n)] = n;
  const groups = Math.ceil(text.length / 5);
  const octets = new DataView(new ArrayBuffer(groups * 4));
  for (let group = 0; group < groups; group += 1) {
    let number = 0;
    for (let n = group * 5; n < group * 5 + 5; n += 1) number = number * 85 + values[text.charCodeAt(n)];
    octets.setUint32(group * 4, number);
  }
  return new Uint8Array(octets.buffer, 0, size);
};

const start = async ({ text, size }) => {
  if (typeof WebAssembly === "undefined") throw new Error("This browser has no WebAssembly, which this page needs.");
  await wasm_bindgen({ module_or_path: await WebAssembly.compile(fzstd.decompress(octetsOf(text, size))) });
  return JSON.parse(wasm_bindgen.choices());
};

let ready;

onmessage = async ({ data }) => {
  try {
    if (data.program) {
      ready = start(data.program);
      postMessage({ choices: await ready });
      return;
    }
    await ready;
    const progress = (read, octets) => postMessage({ progress: { read, octets } });
    const shown = wasm_bindgen.answer(data.files, JSON.stringify(data.ask), progress);
    const report = { title: shown.title, body: shown.body, page: shown.page, json: shown.json };
    shown.free();
    postMessage({ report });
  } catch (error) {
    const broken = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    postMessage({ error: broken ? `The program of this page failed (${error.message}). Please report it.` : error.message, broken });
  }
};
