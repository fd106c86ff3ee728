/** Suites of which `npm test` plays a part and `npm run test:all` the whole; see `test/support/length.ts`. */
module.exports = [
  'faults/crashes',
  'faults/faults',
  'faults/state-size',
  'mirror/copy/fidelity',
  'mirror/delete/delete-allowance',
  'mirror/report/report.property',
  'mirror/run/mirror.property',
  'mirror/run/model.property',
  'mirror/run/race',
  'prove/clean',
  'statemachine/input/deployed-settings.property',
];
