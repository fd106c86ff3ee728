const KEPT = Symbol.for('what a worker of Jest keeps');
const worker = globalThis as { [KEPT]?: Map<string, unknown> };

/** A value that a worker makes once for all suites of a run of Jest. Nobody may change it. */
export function onceAWorker<Value>(name: string, make: () => Value): Value {
  worker[KEPT] ??= new Map();
  const kept = worker[KEPT];
  const ofThisRun = `${process.env.TEST_BUILD_FOLDER} ${name}`;
  if (!kept.has(ofThisRun)) kept.set(ofThisRun, make());
  return kept.get(ofThisRun) as Value;
}
