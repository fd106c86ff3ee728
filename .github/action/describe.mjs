// Turns a summary into the text of a comment: describe.mjs COMMAND SUMMARY COMMENT
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const MOST_KEYS = 10;
const [command, summaryFile, commentFile] = process.argv.slice(2);
const summary = JSON.parse(readFileSync(summaryFile, 'utf8') || '{"status":"failed"}');
const { error, input, plan, runId, totals } = summary;
const isPlan = command === 'plan' || command === 'check';

writeFileSync(commentFile, `${lines().join('\n')}\n`);
if (process.env.GITHUB_OUTPUT) {
  if (runId) appendFileSync(process.env.GITHUB_OUTPUT, `run-id=${runId}\n`);
  if (isPlan && totals) appendFileSync(process.env.GITHUB_OUTPUT, `changes=${totals.copied + totals.deleted > 0}\n`);
}

function lines() {
  const where = input?.source
    ? `${place(input.source, input.prefix)} → ${place(input.destination, input.destinationPrefix ?? input.prefix)}`
    : `${process.env.SOURCE ?? ''} → ${process.env.DESTINATION ?? ''}`;
  const head = [`<!-- bucketsync ${command} of ${shown(where)} -->`, `### bucketsync ${command}: ${shown(where)}`, ''];
  const id = command === 'plan' && runId ? [`<!-- bucketsync plan ${runId} -->`] : [];
  if (error) return [...head, ...id, `**${error.name}**: ${shown(error.message)}`, '', ...amounts()];
  return [...head, ...id, ...amounts()];
}

function place(bucket, folder = '') {
  return `s3://${bucket}/${folder}`;
}

function amounts() {
  if (!totals) return [];
  if (!plan)
    return [
      `copied ${count(totals.copied)} (${bytes(totals.copiedBytes)}), deleted ${count(totals.deleted)}, already the same ${count(totals.unchanged)}, failed ${count(totals.failed)}`,
    ];
  const kinds = [
    ['+ new', plan.created, plan.samples.created],
    ['~ overwritten', plan.overwritten, plan.samples.overwritten],
    ['- deleted', plan.deleted, plan.samples.deleted],
  ];
  if (kinds.every(([, amount]) => amount.objects === 0)) return ['Nothing to copy or delete: both sides are equal.'];
  return [
    '| | objects | size |',
    '| :-- | --: | --: |',
    ...kinds.map(([name, amount]) => `| ${name} | ${count(amount.objects)} | ${bytes(amount.bytes)} |`),
    '',
    ...kinds.filter(([, amount]) => amount.objects > 0).flatMap(([name, amount, keys]) => sample(name, amount, keys)),
  ];
}

/** In a code block, whose fence is longer than any in a key. */
function sample(name, amount, keys) {
  const shownKeys = keys.slice(0, MOST_KEYS).map((key) => shown(JSON.stringify(key)));
  const left = amount.objects - shownKeys.length;
  const fence = '`'.repeat(
    Math.max(3, ...shownKeys.map((key) => 1 + Math.max(0, ...(key.match(/`+/g) ?? []).map((run) => run.length)))),
  );
  const rest = left > 0 ? [`and ${count(left)} more`] : [];
  return [`<details><summary>${name}</summary>`, '', fence, ...shownKeys, ...rest, fence, '', '</details>'];
}

/** Keys and messages are other people's text: they must not become a mark or HTML. */
function shown(text) {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('<!--', '<! --')
    .replaceAll('-->', '-- >');
}

function count(number) {
  return number.toLocaleString('en-US');
}

function bytes(number) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, number < 1 ? 0 : Math.floor(Math.log10(number) / 3));
  return `${Number((number / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
