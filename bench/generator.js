/**
 * Full MFAs over keep-alive connections, on raw sockets so that the generator costs less than what it measures:
 * create (one-time SMS, test mode) → check with the code → COMPLETED. Prints one line of JSON.
 * argv: flows URL, token, user id, connections, seconds, seconds of warm-up
 */
import { connect } from 'node:net';

const [, , flows, token, user, connections, seconds, warmUp] = process.argv;
const url = new URL(flows);
const create = JSON.stringify({
  user: { id: user },
  selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150', testMode: true } },
});
const head = (path, type, length) =>
  `POST ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
const CREATE = head(url.pathname, 'application/json', create.length) + create;
const checkOf = (id, otp) => {
  const body = `{"otp":"${otp}"}`;
  return head(`${url.pathname}/${id}`, 'application/vnd.pingidentity.otp.check+json', body.length) + body;
};

const latencies = [];
let completed = 0;
let failed = 0;
let measuring = false;
let running = true;

function worker() {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    let buffer = '';
    let sentAt = 0;
    let checking = false;
    const send = (text) => {
      sentAt = performance.now();
      socket.write(text);
    };
    socket.on('connect', () => send(CREATE));
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(buffer)?.[1] ?? 0);
      if (buffer.length < end + 4 + length) return;
      const status = buffer.slice(9, 12);
      const body = buffer.slice(end + 4);
      buffer = '';
      if (measuring) latencies.push(performance.now() - sentAt);
      if (!running) {
        socket.end();
        resolve();
        return;
      }
      if (checking) {
        if (measuring) status === '200' ? completed++ : failed++;
        checking = false;
        send(CREATE);
        return;
      }
      const id = /"id":"([0-9a-f-]{36})","(?:environment|status)"/.exec(body)?.[1];
      const otp = /"test":\{"otp":"(\d+)"/.exec(body)?.[1];
      if (status !== '201' || !id || !otp) {
        failed++;
        send(CREATE);
        return;
      }
      checking = true;
      send(checkOf(id, otp));
    });
    socket.on('error', (error) => {
      console.error(error.message);
      process.exit(1);
    });
  });
}

const workers = Array.from({ length: Number(connections) }, worker);
await new Promise((resolve) => setTimeout(resolve, Number(warmUp) * 1_000));
measuring = true;
const start = performance.now();
process.send?.('measuring');
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
measuring = false;
const elapsed = (performance.now() - start) / 1_000;
process.send?.('measured');
running = false;
await Promise.all(workers);
latencies.sort((a, b) => a - b);
const percentile = (p) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))] ?? 0;
console.log(
  JSON.stringify({ completed, failed, rate: completed / elapsed, p50: percentile(0.5), p99: percentile(0.99) }),
);
process.disconnect?.();
