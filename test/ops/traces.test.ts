import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseTraceparent } from '../../src/traces/traceparent.js';
import { type Postern, startPostern } from '../helpers/postern.js';

const USER = '991776fd-145b-499e-8237-2c62aef35b2c';
const PHONE = '+14135550150';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

/** A span as it travels (opentelemetry-proto, trace/v1), as far as the tests look at it. */
interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly bodies: string[];
  readonly paths: string[];
  readonly headers: IncomingHttpHeaders[];
  spans(): readonly ExportedSpan[];
}

/** Something that takes OTLP over HTTP, or answers with a failure. */
async function collector(status = 200): Promise<Collector> {
  const bodies: string[] = [];
  const paths: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(Buffer.concat(chunks).toString());
    paths.push(request.url ?? '');
    headers.push(request.headers);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  interface Payload {
    readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[] }[];
  }
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    paths,
    headers,
    spans: () =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as Payload).resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function authenticate(postern: Postern, headers: Readonly<Record<string, string>>): Promise<string> {
  const flows = `${postern.authPath}/${postern.environmentId}/deviceAuthentications`;
  const started = await postern.send({
    method: 'POST',
    url: flows,
    contentType: 'application/json',
    headers,
    body: JSON.stringify({ user: { id: USER }, selectedDevice: { oneTime: { type: 'SMS', phone: PHONE } } }),
  });
  const { id } = started.body as { id: string };
  const otp = await postern.lastCode({ deviceAuthentication: id });
  const contentType = 'application/vnd.pingidentity.otp.check+json';
  const checked = await postern.send({
    method: 'POST',
    url: `${flows}/${id}`,
    contentType,
    headers,
    body: `{"otp":"${otp}"}`,
  });
  expect(checked.status).toBe(200);
  // One answer among them has no trace of the caller's.
  const malformed = await postern.send({ method: 'POST', url: `${flows}/${id}`, headers: { traceparent: 'x' } });
  expect(malformed.status).toBe(415);
  return otp;
}

const attribute = ({ attributes }: ExportedSpan, key: string): unknown =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];

describe('traces, where a collector is named', () => {
  it('continue the caller’s: a span per request, below it load, decision and commit, and the send it caused', async () => {
    await using taker = await collector();
    const postern = await startPostern({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: taker.url } });
    const otp = await authenticate(postern, { traceparent: `00-${TRACE}-${SPAN}-01` });
    for (const path of ['/livez', '/readyz']) await postern.send({ method: 'GET', url: `${postern.authPath}${path}` });
    await postern[Symbol.asyncDispose]();

    expect(new Set(taker.paths)).toEqual(new Set(['/v1/traces']));
    const spans = taker.spans();
    const own = spans.filter(({ traceId }) => traceId === TRACE);
    const below = (parent: ExportedSpan | undefined): string[] =>
      own.filter(({ parentSpanId }) => parentSpanId === parent?.spanId).map(({ name }) => name);
    const named = (name: string): ExportedSpan | undefined => own.find((span) => span.name === name);

    const create = named('deviceAuthentication.create');
    expect(create).toMatchObject({ parentSpanId: SPAN, kind: 2 });
    expect(attribute(create as ExportedSpan, 'http.response.status_code')).toBe(201);
    expect(attribute(create as ExportedSpan, 'http.request.method')).toBe('POST');
    expect(below(create)).toEqual(['store.transact']);
    const transact = own.find(({ parentSpanId }) => parentSpanId === create?.spanId);
    expect(below(transact).sort()).toEqual(['commit', 'decide', 'deliver', 'load']);
    const deliver = named('deliver') as ExportedSpan;
    expect(attribute(deliver, 'postern.gateway')).toBe('inbox');
    expect(attribute(deliver, 'postern.result')).toBe('accepted');
    expect(named('deviceAuthentication.otp.check')).toMatchObject({ parentSpanId: SPAN });
    for (const span of own) {
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      const parent = own.find(({ spanId }) => spanId === span.parentSpanId);
      // Children begin inside their parents; a clock of milliseconds may be off by one of them.
      if (parent)
        expect(BigInt(span.startTimeUnixNano) + 2_000_000n).toBeGreaterThanOrEqual(BigInt(parent.startTimeUnixNano));
    }

    // Others stand in traces of their own, probes in none.
    const refused = spans.find((span) => attribute(span, 'http.response.status_code') === 415);
    expect(refused?.traceId).not.toBe(TRACE);
    expect(refused?.parentSpanId ?? '').toBe('');
    expect(spans.some(({ name }) => name === 'health')).toBe(false);

    // SEC-71: nothing secret or personal.
    const text = taker.bodies.join('\n');
    for (const canary of [postern.token, postern.clientSecret, PHONE, PHONE.slice(1), USER])
      expect(text).not.toContain(canary);
    expect(text).not.toMatch(new RegExp(`(?<!\\d)${otp}(?!\\d)`));
  });

  it('that are not to be sampled are not sent', async () => {
    await using taker = await collector();
    const postern = await startPostern({ env: { POSTERN_TRACE_ENDPOINT: taker.url } });
    await authenticate(postern, { traceparent: `00-${TRACE}-${SPAN}-00` });
    await postern[Symbol.asyncDispose]();
    expect(taker.spans().filter(({ traceId }) => traceId === TRACE)).toEqual([]);
  });

  it('a collector that fails changes nothing for anybody', async () => {
    await using taker = await collector(400);
    const postern = await startPostern({ env: { POSTERN_TRACE_ENDPOINT: taker.url } });
    await authenticate(postern, {});
    await postern[Symbol.asyncDispose]();
    expect(taker.paths.length).toBeGreaterThan(0);
  });
});

describe('a traceparent header', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be`, true],
  ])('%s is taken', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    undefined,
    '',
    'x',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('%j is as good as none', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});
