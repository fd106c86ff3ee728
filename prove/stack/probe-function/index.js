/** Fails as it is told to, in each way in which a function of a run may. */
exports.handler = async ({ probe }) => {
  if (probe === 'timeout') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (probe === 'memory') for (const kept = []; ; ) kept.push(Buffer.alloc(16 * 1024 ** 2, 1));
  if (probe === 'exit') process.exit(1);
  if (probe === 'throw') throw Object.assign(new Error('thrown by the probe'), { name: 'ListingError' });
  if (probe.startsWith('large')) return 'x'.repeat(300_000);
  if (probe === 'slow') await new Promise((resolve) => setTimeout(resolve, 4_000));
  return probe;
};
