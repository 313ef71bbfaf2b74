import { connect } from 'node:net';

/**
 * A keep-alive HTTP/1.1 connection on a raw socket, one exchange at a time, so that the generator costs less than what it
 * measures. `onResponse(status, head, body)`; a chunked body keeps its chunk sizes, nobody here minds them. `onClose` is called when
 * the server closes it, `onError` when it breaks.
 */
export function openConnection({ host, port }, { onOpen, onResponse, onClose, onError }) {
  const socket = connect(port, host, onOpen);
  socket.setNoDelay(true);
  let buffer = '';
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(buffer)?.[1];
    if (length === undefined ? !buffer.endsWith('\r\n0\r\n\r\n') : buffer.length < end + 4 + Number(length)) return;
    const text = buffer;
    buffer = '';
    onResponse(text.slice(9, 12), text.slice(0, end), text.slice(end + 4));
  });
  socket.on('error', onError);
  socket.on('close', (isBroken) => {
    if (!isBroken) onClose();
  });
  return {
    send: (text) => socket.write(text),
    close() {
      socket.removeAllListeners('close');
      socket.end();
    },
  };
}

/** A `POST` with a body of ASCII. */
export function post({ host, port }, path, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
}
