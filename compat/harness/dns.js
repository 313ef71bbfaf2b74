import { createSocket } from 'node:dgram';

const TYPES = { 5: 'CNAME', 16: 'TXT' };
/** An answer, authoritative, recursion as asked (RFC 1035 §4.1.1); the last digit: 3 is a name that nobody has. */
const FOUND = 0x8580;
const NO_SUCH_NAME = 0x8583;
const CLASS_IN = 1;
const SECONDS = 1;
/** The name of the question, at its place in the message (RFC 1035 §4.1.4). */
const SAME_NAME = 0xc00c;

/**
 * A DNS server on a free port of this machine that knows these records: `{ 'name.example.org': { TXT: ['…'], CNAME: ['…'] } }`, names
 * in lower case, which may be changed while it runs. For tests of whoever looks names up.
 */
export async function startDns(records) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { end, name } = readName(query, 12);
    const question = query.subarray(12, end + 4);
    const known = records[name.toLowerCase()];
    const type = TYPES[query.readUInt16BE(end)];
    const values = known?.[type] ?? [];
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(known ? FOUND : NO_SUCH_NAME, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(values.length, 6);
    const answers = values.map((value) =>
      answer(query.readUInt16BE(end), type === 'TXT' ? strings(value) : host(value)),
    );
    socket.send(Buffer.concat([head, question, ...answers]), port, address);
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  // Whoever starts it waits for something else.
  socket.unref();
  return {
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function readName(message, start) {
  const labels = [];
  let at = start;
  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { end: at + 1, name: labels.join('.') };
}

function answer(type, data) {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(SAME_NAME, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(SECONDS, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

const string = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
/** A string has 255 bytes at most (RFC 1035 §3.3). */
const strings = (text) => Buffer.concat((text.match(/.{1,255}/g) ?? ['']).map(string));
const host = (name) => Buffer.concat([...name.replace(/\.$/, '').split('.').map(string), Buffer.from([0])]);
