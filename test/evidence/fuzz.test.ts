import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityId } from '../../src/audit/activity.js';
import { CATALOGUE } from '../../src/http/errors.js';
import type { Route } from '../../src/http/route.js';
import { days } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { type Named, rightRequest } from '../api/requests.js';
import { makeSamples, type Objects, removeSamples } from '../api/samples.js';
import { type Answer, type Ask, HERE, here, NOBODY, startWorld, THERE, type World } from '../api/world.js';
import { FULL, figure, rounds } from './figures.js';
import { casesOf, type Description, FORM, type Operation, rightCaseOf, sentBody } from './fuzz-cases.js';
import { stateFor } from './right-states.js';
import type { Node } from './schema-arbitrary.js';

/** What is served, as it is documented: the committed file, so that it is held against the server as well. */
const description: Description & { readonly components: { readonly schemas: { readonly Error: Node } } } = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
);
/** The short form draws the same all day, so that a failure is there to be looked at, and something else tomorrow. */
const today = Math.floor(Date.now() / days(1));
const seed = Number(process.env['POSTERN_EVIDENCE_SEED'] ?? (FULL ? Math.floor(Math.random() * 2 ** 31) : today));
const RUNS = rounds(25, 300);

const isError = Compile(description.components.schemas.Error as object);
/** Codes that the catalogue has for a status. */
const codes = new Map<number, Set<string>>();
for (const { status, code } of Object.values(CATALOGUE)) codes.set(status, (codes.get(status) ?? new Set()).add(code));
/** Beyond what an operation documents: an unknown path or method, a body on a path that takes none, a URL or header too long. */
const ANYWHERE = [404, 405, 413, 414, 415, 431];

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the trail begins with, once it is sealed. */
const ACTIVITY = activityId(uuidOf(HERE), 1, 0);

/** Objects that may be named, made anew where an operation has taken them away. */
let objects: Record<string, string> = { envId: HERE, otherEnvId: THERE, activityId: ACTIVITY };
let samples: Objects | undefined;
/** A request has been answered since that may have changed something. */
let isDisturbed = true;

async function refresh(): Promise<void> {
  objects['populationId'] = here.population;
  if (!isDisturbed) return;
  isDisturbed = false;
  samples ??= await newSamples();
  if (!(await isThere('policyId', (id) => `/environments/${HERE}/deviceAuthenticationPolicies/${id}`)))
    objects['policyId'] = await newPolicy();
  if (!(await waits())) Object.assign(objects, await newWaitingUser());
  objects = { ...objects, ...samples };
}

async function isThere(name: string, path: (id: string) => string): Promise<boolean> {
  const id = objects[name];
  return id !== undefined && (await world.ask({ path: path(id) })).status === 200;
}

/** Whether the flow still waits for its code, and its user and device are there. */
async function waits(): Promise<boolean> {
  const { id, userId } = objects;
  if (id === undefined || userId === undefined) return false;
  const flow = await world.ask({ path: `/${HERE}/deviceAuthentications/${id}` });
  return (
    flow.body['status'] === 'OTP_REQUIRED' &&
    (await isThere('deviceId', (deviceId) => `/environments/${HERE}/users/${userId}/devices/${deviceId}`))
  );
}

async function created(path: string, body: object): Promise<string> {
  const answer = await world.ask({ path, body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return String(answer.body['id']);
}

let taken: Objects = {};
async function newSamples(): Promise<Objects> {
  await removeSamples(world, HERE, taken);
  taken = await makeSamples(world, HERE);
  return taken;
}

async function newPolicy(): Promise<string> {
  const path = `/environments/${HERE}/deviceAuthenticationPolicies`;
  const { body: policy } = await world.ask({ path: `${path}/${here.otherPolicy}` });
  const name = `fuzzed-${Math.random()}`;
  return created(path, { ...policy, id: undefined, environment: undefined, default: false, name });
}

/** A user with a device to which a code has been sent, under settings that let them. */
async function newWaitingUser(): Promise<Record<'userId' | 'deviceId' | 'id', string>> {
  await world.ask({ method: 'DELETE', path: `/environments/${HERE}/mfaSettings` });
  const email = 'f@example.org';
  const userId = await created(`/environments/${HERE}/users`, {
    username: `fuzzed-${Math.random()}`,
    email,
    mfaEnabled: true,
  });
  const deviceId = await created(`/environments/${HERE}/users/${userId}/devices`, { type: 'EMAIL', email });
  const flow = { user: { id: userId }, selectedDevice: { id: deviceId } };
  return { userId, deviceId, id: await created(`/${HERE}/deviceAuthentications`, flow) };
}

/** Lone surrogates have no form in a URL. */
const escaped = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '?'));

/** The routes behind what is documented as one operation: one for each media type. */
function routesOf(method: string, path: string): readonly Route[] {
  const at = path.replace(/\{(\w+)\}/g, ':$1');
  return world.postern.app.routes.filter((one) => one.method === method && one.path === at);
}

/** The objects that there are, as right requests name them. */
function known(): Named {
  const { envId = HERE, userId = '', deviceId = '', policyId = '', id = '' } = objects;
  return {
    ...here,
    environment: envId,
    user: userId,
    waiting: userId,
    email: deviceId,
    sms: deviceId,
    device: deviceId,
    pending: deviceId,
    otherPolicy: policyId,
    flow: id,
    activity: ACTIVITY,
    objects: samples ?? {},
  };
}

/** The right body of an operation, about the objects that there are. */
function rightBodyOf(method: string, path: string, type: string | null): unknown {
  const route = routesOf(method, path).find(({ accepts = null }) => accepts === type);
  return route && rightRequest(route, known()).body;
}

/** A documented type without a view: bytes as they are. */
const isFile = ({ responses }: Operation, status: number, type: string): boolean =>
  responses[String(status)]?.content?.[type]?.schema === undefined &&
  responses[String(status)]?.content?.[type] !== undefined;

/** What is wrong with an answer, or nothing. */
function complaint(
  operation: Operation,
  views: ReadonlyMap<string, ReturnType<typeof Compile>>,
  answer: Answer,
  request: Ask,
): string | undefined {
  const { status, text, headers } = answer;
  if (status >= 500) return 'a fault';
  const overridden = request.headers?.['x-http-method-override'] !== undefined;
  if (!(String(status) in operation.responses) && !ANYWHERE.includes(status) && !overridden)
    return 'an undocumented status';
  if (!/^[0-9a-f-]{36}$/.test(headers['correlation-id'] ?? '')) return 'no correlation id';
  const type = headers['content-type'] ?? '';
  if (isFile(operation, status, type)) return undefined;
  if (text !== '' && !/^application\/json/.test(type)) return 'not JSON';
  if (status >= 400) {
    if (request.type === FORM && 'error' in answer.body) return undefined;
    if (!isError.Check(answer.body)) return 'not the documented error body';
    if (answer.body['id'] !== headers['correlation-id']) return 'an error whose id is not the correlation id';
    if (Object.keys(answer.body).some((key) => !['id', 'code', 'message', 'details'].includes(key)))
      return 'an undocumented member';
    return codes.get(status)?.has(String(answer.body['code']))
      ? undefined
      : 'a code that the catalogue has not for this status';
  }
  if (overridden) return undefined;
  const view = views.get(String(status));
  if (!view) return text === '' ? undefined : 'a body where none is documented';
  return view.Check(answer.body)
    ? undefined
    : `not the documented view: ${JSON.stringify(view.Errors(answer.body)).slice(0, 400)}`;
}

const TYPES = [
  ...new Set(
    Object.values(description.paths).flatMap((path) =>
      Object.values(path).flatMap((operation) => Object.keys(operation.requestBody?.content ?? {})),
    ),
  ),
];

/** Operations that may take the environment itself away, with the client that asks. */
const isAboutEnvironment = (path: string): boolean => /^\/environments\/\{envId\}(\/(type|status))?$/.test(path);

/** Read before anything is drawn: it may be among what is deleted. */
let model: Answer['body'] | undefined;

/** One that nobody needs. */
async function anEnvironment(): Promise<string> {
  model ??= (await world.ask({ path: `/environments/${THERE}` })).body;
  const { name: _name, id: _id, ...like } = model;
  const made = await world.ask({
    path: '/environments',
    body: { ...like, type: 'SANDBOX', name: `fuzzed-${Math.random()}` },
  });
  if (made.status !== 201) throw new Error(made.text);
  return String(made.body['id']);
}

/** Put in the place of what stands for them. */
const named = (text: string): string => text.replace(/«(\w+)»/g, (_all, name: string) => objects[name] ?? NOBODY);

describe('every documented operation, right and mutated (SEC-91)', () => {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'servers')
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const reached = new Map<number, number>();
  /** Operations by media type: that are there, and whose right request was taken. */
  const tried = new Set<string>();
  const succeeded = new Set<string>();
  let requests = 0;

  type Views = ReadonlyMap<string, ReturnType<typeof Compile>>;
  function hold(operation: Operation, views: Views, request: Ask, answer: Answer): void {
    requests++;
    isDisturbed ||= request.method !== 'GET';
    reached.set(answer.status, (reached.get(answer.status) ?? 0) + 1);
    const wrong = complaint(operation, views, answer, request);
    if (wrong) throw new Error(`${wrong}: ${answer.status} ${answer.text.slice(0, 600)}\n${JSON.stringify(request)}`);
  }

  /** As it should be, in a state in which it should be taken. */
  async function askRightly(route: Route, path: string, operation: Operation, views: Views): Promise<void> {
    await refresh();
    objects['envId'] = isAboutEnvironment(path) ? await anEnvironment() : HERE;
    const { named, body } = await stateFor(route.id, world, known());
    const right = rightRequest(route, named);
    const request = body === undefined ? right : { ...right, body };
    const answer = await world.ask(request);
    hold(operation, views, request, answer);
    if (Object.keys(operation.responses).some((status) => status < '300')) tried.add(route.id);
    if (answer.status < 300) succeeded.add(route.id);
  }

  it.each(operations)('$method $path', { timeout: 900_000 }, async ({ path, method, operation }) => {
    const views = new Map(
      Object.entries(operation.responses).flatMap(([status, { content }]) =>
        content?.['application/json'] && Number(status) < 300
          ? [[status, Compile(content['application/json'].schema as object)]]
          : [],
      ),
    );
    for (const route of routesOf(method, path)) await askRightly(route, path, operation, views);
    await fc.assert(
      fc.asyncProperty(casesOf(path, operation, TYPES), async (input) => {
        await refresh();
        objects['envId'] = isAboutEnvironment(path) ? await anEnvironment() : HERE;
        const query = input.query.map(([name, value]) => `${name}=${escaped(named(value))}`).join('&');
        const at = path.replace(/\{(\w+)\}/g, (_all, name: string) => escaped(named(input.ids[name] ?? '')));
        const sent = sentBody(input, () => rightBodyOf(method, path, input.type));
        const body = typeof sent === 'string' ? named(sent) : sent;
        const isToken = path.endsWith('/as/token');
        const request: Ask = {
          method,
          path: `${at}${query === '' ? '' : `?${query}`}`,
          type: input.type,
          headers: input.headers,
          ...(isToken ? { token: null } : {}),
          ...(body === undefined ? {} : { body }),
        };
        hold(operation, views, request, await world.ask(request));
      }),
      { seed, numRuns: RUNS, examples: [[rightCaseOf(path, operation)]] },
    );
    // What was there to be changed and deleted is made anew for the next.
    if (method !== 'GET') samples = undefined;
    isDisturbed = true;
  });

  it('a control: right requests are among them, and refusals of many kinds', () => {
    expect(operations.length).toBeGreaterThan(30);
    const refused = [...tried].filter((id) => !succeeded.has(id));
    // Each began with its right request; an assertion would ask for an authenticator.
    expect(refused.length, `refused: ${refused}`).toBeLessThanOrEqual(tried.size * 0.1);
    for (const status of [200, 201, 204, 400, 404])
      expect([status, (reached.get(status) ?? 0) > 0]).toEqual([status, true]);
    const spread = [...reached].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    figure(
      'fuzz',
      'every operation',
      `seed ${seed}, ${operations.length} paths and methods, ${tried.size} operations (${succeeded.size} with success), ${requests} requests: ${spread.join(', ')}; 0 × 5xx, 0 undocumented`,
    );
  });
});
