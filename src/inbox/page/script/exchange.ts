/** One HTTP request and its answer: made, and shown as they were. */
export const EXCHANGE = String.raw`
import { element } from './dom.js';

/** Makes a request; the answer, or why there was none, with what is needed to show both. */
export async function perform({ method, url, headers, body }) {
  const began = performance.now();
  const request = { method, url, headers: headers ?? {}, body };
  try {
    const response = await fetch(url, { method, headers: request.headers, body });
    const text = await response.text();
    const millis = Math.round(performance.now() - began);
    return { request, response, text, json: parse(text), millis };
  } catch (error) {
    return { request, failure: error.message, millis: Math.round(performance.now() - began) };
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ids are cut short in the headline; the request below shows them in full. */
const ID = /([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The exchange as an element. */
export function show(exchange) {
  const { request, response, millis, failure } = exchange;
  const { pathname, search } = new URL(request.url);
  const status = response ? response.status + ' ' + (response.statusText || '') : 'no answer';
  const good = response?.ok === true;
  return element(
    'details',
    { class: 'exchange', open: true },
    element(
      'summary',
      {},
      element('b', { class: 'method' }, request.method),
      element('span', { class: 'path', title: request.url }, (pathname + search).replace(ID, '$1…')),
      element('span', { class: good ? 'status good' : 'status bad' }, status.trim()),
      element('span', { class: 'millis' }, millis + ' ms'),
    ),
    part('Request', request.method + ' ' + request.url, Object.entries(request.headers), [], request.body),
    response
      ? part('Answer', 'HTTP ' + status.trim(), ...headersOf(response), exchange.text)
      : part('Answer', 'No answer: ' + failure, [], [], undefined),
  );
}

/** Headers that say something about this answer; the others are the same on every one and stand behind a fold. */
const TELLING = ['content-type', 'correlation-id', 'location', 'retry-after', 'www-authenticate'];

function headersOf(response) {
  const all = [...response.headers];
  return [all.filter(([name]) => TELLING.includes(name)), all.filter(([name]) => !TELLING.includes(name))];
}

function part(title, line, headers, rest, body) {
  const content = pretty(body);
  return element(
    'div',
    { class: 'part' },
    element('h4', {}, title),
    element('pre', {}, element('span', { class: 'line' }, line), '\n', ...lines(headers)),
    rest.length === 0
      ? undefined
      : element(
          'details',
          { class: 'rest' },
          element('summary', {}, rest.length + ' more headers'),
          element('pre', {}, ...lines(rest)),
        ),
    content && element('pre', { class: 'content', tabindex: '0', 'aria-label': title + ' body' }, ...content),
  );
}

function lines(headers) {
  return headers.flatMap(([name, value]) => [element('span', { class: 'name' }, name + ': '), value, '\n']);
}

/** JSON indented, its names and values in colours of their own; anything else as it is. */
function pretty(text) {
  if (!text) return undefined;
  const value = parse(text);
  if (value === undefined) return [text];
  const indented = JSON.stringify(value, undefined, 2);
  const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g;
  const nodes = [];
  let at = 0;
  for (const match of indented.matchAll(tokens)) {
    nodes.push(indented.slice(at, match.index));
    const [whole, string, colon] = match;
    const kind = string === undefined ? 'literal' : colon === undefined ? 'string' : 'name';
    nodes.push(element('span', { class: kind }, string ?? whole));
    if (colon !== undefined) nodes.push(colon);
    at = match.index + whole.length;
  }
  nodes.push(indented.slice(at));
  return nodes;
}
`;
