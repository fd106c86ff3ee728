// Preloaded into a process: writes down where it and its threads connect to, and lets none of it leave the machine.
const { appendFileSync } = require('node:fs');
const net = require('node:net');

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (options?.path === undefined && options?.port !== undefined) {
    const place = `${options.host ?? 'localhost'}:${options.port}`;
    appendFileSync(process.env.CONNECTIONS_FILE, `${place}\n`);
    // A name that is this machine's in a test: there nobody asks who it belongs to.
    if (options.host === process.env.OWN_HOST) return connect.call(this, { ...options, host: '127.0.0.1' }, args[1]);
    if (!/^127\.0\.0\.1:/.test(place)) {
      process.nextTick(() => this.destroy(new Error(`no connection to ${place} in a test`)));
      return this;
    }
  }
  return connect.apply(this, args);
};
