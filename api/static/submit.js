// Sends pictures, folders and archives piece by piece, with progress, and tells what was refused.
// Without this script the form does the same in one request.
const COUNT = 40;
const BYTES = 8 * 1024 * 1024;
const TRIES = 4;
const send = document.querySelector("#send");
const drop = document.querySelector("#drop");
const sending = document.querySelector("#sending");
const bar = sending.querySelector("progress");
const sent = document.querySelector("#sent");
const stop = document.querySelector("#stop");
const trouble = document.querySelector("#trouble");
const checked = document.querySelector("#checked");
const begin = document.querySelector("#begin");
let request = null;

document.querySelector(".drop-hint").hidden = false;

const named = (file) => ({ file, name: file.webkitRelativePath || file.name });
const hidden = ({ name }) => /(^|\/)(\.|__MACOSX\/)/.test(name);

// All files below what was dropped, folder after folder.
async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    return [{ file, name: entry.fullPath.slice(1) }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    for (const one of some) found.push(...await walk(one));
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map(named);
  return (await Promise.all(entries.map(walk))).flat();
}

// Pieces of at most COUNT files and about BYTES bytes; an archive goes alone.
function pieces(files) {
  const made = [];
  let bytes = Infinity;
  for (const one of files) {
    const last = made.at(-1);
    if (!last || last.length >= COUNT || bytes + one.file.size > BYTES) {
      made.push([one]);
      bytes = one.file.size;
    } else {
      last.push(one);
      bytes += one.file.size;
    }
  }
  return made;
}

function upload(piece, progress) {
  const body = new FormData();
  body.append("csrf", send.elements.csrf.value);
  for (const { file, name } of piece) body.append("files", file, name);
  return new Promise((done, fail) => {
    request = new XMLHttpRequest();
    request.open("POST", send.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 200) done(JSON.parse(request.responseText));
      else fail(Object.assign(new Error(message(request)), { final: request.status < 500 && request.status !== 429 }));
    });
    request.addEventListener("error", () => fail(new Error("The service does not answer.")));
    request.addEventListener("abort", () => fail(Object.assign(new Error("Stopped."), { final: true })));
    request.send(body);
  });
}

function message(answer) {
  try {
    return JSON.parse(answer.responseText).detail;
  } catch {
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    return page.querySelector("main p")?.textContent ?? `The service answered ${answer.status}.`;
  }
}

// Sending the same piece again is harmless: pictures are kept by their content.
async function patiently(piece, progress) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await upload(piece, progress);
    } catch (error) {
      if (error.final || tried === TRIES) throw error;
      await new Promise((done) => setTimeout(done, 1000 * tried));
    }
  }
}

function show(taken, refused) {
  checked.querySelector("[data-taken]").textContent = taken;
  checked.querySelector("[data-refused]").textContent = refused.length;
  const rows = refused.map(({ name, why }) => {
    const row = document.createElement("tr");
    for (const text of [name, why]) {
      const cell = row.insertCell();
      cell.className = "text";
      cell.textContent = text;
    }
    return row;
  });
  checked.querySelector("[data-refusals]").replaceChildren(...rows);
  begin.hidden = taken === 0;
  checked.hidden = false;
  checked.querySelector("h2").focus();
}

async function sendAll(files) {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const tokens = [];
  const refused = [];
  let [count, bytes, taken] = [0, 0, 0];
  const tell = (loaded) => {
    bar.value = total ? Math.min(1, (bytes + loaded) / total) : 1;
    sent.textContent = `${count} of ${files.length} files sent (${Math.floor(100 * bar.value)} %)`;
  };
  for (const piece of pieces(files)) {
    tell(0);
    const answer = await patiently(piece, tell);
    count += piece.length;
    bytes += piece.reduce((sum, { file }) => sum + file.size, 0);
    taken += answer.taken;
    if (answer.token) tokens.push(answer.token);
    refused.push(...answer.refused);
  }
  tell(0);
  begin.elements.tokens.value = tokens.join(" ");
  if (refused.length === 0) begin.requestSubmit();
  else show(taken, refused);
}

async function start(files) {
  const wanted = files.filter((one) => !hidden(one));
  trouble.hidden = true;
  checked.hidden = true;
  if (wanted.length === 0) {
    trouble.textContent = "Choose at least one picture.";
    trouble.hidden = false;
    return;
  }
  send.hidden = true;
  sending.hidden = false;
  try {
    await sendAll(wanted);
  } catch (error) {
    trouble.textContent = `${error.message} Nothing was started.`;
    trouble.hidden = false;
  } finally {
    send.hidden = false;
    sending.hidden = true;
  }
}

send.addEventListener("submit", (event) => {
  event.preventDefault();
  const inputs = send.querySelectorAll("input[type=file]");
  start([...inputs].flatMap((input) => [...input.files]).map(named));
});
stop.addEventListener("click", () => request?.abort());
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  start(await dropped(event.dataTransfer));
});
