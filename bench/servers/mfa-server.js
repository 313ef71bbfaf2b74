import { createServer } from 'node:http';

/** As large as a flow row of the server. */
export const PADDING = 'x'.repeat(400);

/**
 * The floor's HTTP side for its relatives: bare node:http, `POST` without an id creates (201), with one checks (200, or 400 for
 * a wrong code). Prints its port and pid as one line of JSON once it listens.
 */
export function serveMfa({ create, check }, port = 0) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      const id = request.url.split('/')[3];
      const answer = id ? await check(id, body.otp) : await create();
      const text = JSON.stringify(answer ?? {});
      response.writeHead(answer ? (id ? 200 : 201) : 400, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
  });
  server.listen(port, '127.0.0.1', () => {
    console.log(JSON.stringify({ port: server.address().port, pid: process.pid }));
  });
}
