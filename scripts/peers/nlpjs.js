// Trains NLP.js on labelled texts and predicts others. In: {"train": [[label, text], …], "test": [text, …]};
// out: {"train_seconds", "milliseconds", "labels": [label, …]}, milliseconds per text.
const { dockStart } = require('@nlpjs/basic');

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { train, test } = JSON.parse(Buffer.concat(chunks));
  const dock = await dockStart({ use: ['Basic', 'LangNl'], settings: { nlp: { log: false, autoSave: false } } });
  const nlp = dock.get('nlp');
  nlp.addLanguage('nl');
  for (const [label, text] of train) nlp.addDocument('nl', text, label);
  let started = process.hrtime.bigint();
  await nlp.train();
  const trained = Number(process.hrtime.bigint() - started) / 1e9;
  const labels = [];
  started = process.hrtime.bigint();
  for (const text of test) labels.push((await nlp.process('nl', text)).intent);
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6 / Math.max(1, test.length);
  process.stdout.write(JSON.stringify({ train_seconds: trained, milliseconds, labels }) + '\n');
}

main();
