import { Agent, request } from 'node:http';
import { DEMO, posternOnSqlite, tokenFor } from '../cases/postern.js';
import { createPasskey, RELYING_PARTY } from '../generator/passkey.js';
import { judged, medianOf, ratioOf, round } from '../harness/figures.js';
import { report } from '../harness/report.js';
import { usageOf } from '../harness/usage.js';

/** Assertions of a round and case; before them those in which everything compiles what it runs. */
const ASSERTIONS = 2_000;
const WARM_UP = 4_000;
const CONNECTIONS = 16;
const LIBRARY = '@simplewebauthn/server, verification alone';
const OURS = 'postern, verification alone';
const WHOLE = 'postern, SQLite: the whole request, durable';

/**
 * `npm run bench -- assertion`: processor time of checking an assertion, from the request to the answer after its commit, beside what
 * the library that is the oracle of our tests takes for the verification alone; all in one run, round by round.
 */
export async function assertion(bench) {
  const { options } = bench;
  const challenge = Buffer.alloc(32, 7).toString('base64url');
  const passkey = createPasskey();
  const cases = [
    [LIBRARY, () => verifying(libraryWith(passkey, challenge), passkey, challenge)],
    [OURS, () => verifying(oursWith(passkey, challenge), passkey, challenge)],
    [WHOLE, () => bench.withTarget(posternOnSqlite, {}, checking)],
  ];
  const results = Object.fromEntries(cases.map(([name]) => [name, []]));
  for (let at = 0; at < Number(options.rounds); at++)
    for (const [name, measure] of at % 2 === 0 ? cases : cases.toReversed()) {
      const result = await measure();
      results[name].push(result);
      console.error(`round ${at + 1} ${name}: ${round(result.cpu)} µs`);
    }
  await report(bench, 'assertion', {
    tables: [
      {
        title: `${ASSERTIONS} assertions by a P-256 key in each of ${options.rounds} rounds, medians`,
        rows: cases.map(([name]) => ({
          case: name,
          'processor µs': round(medianOf(results[name], 'cpu')),
          'µs by the clock': round(medianOf(results[name], 'wall')),
        })),
      },
    ],
    goals: [
      judged('a whole check / the library’s verification', { atMost: 1.3 }, ratioOf(results, WHOLE, LIBRARY, 'cpu')),
      judged('our verification / the library’s', { atMost: 1.3 }, ratioOf(results, OURS, LIBRARY, 'cpu')),
    ],
    results,
  });
}

/** Microseconds for each of many, by the processor (all threads) and by the clock. `cpuSeconds` reads a processor's clock. */
async function measured(cpuSeconds, work) {
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  await work();
  const micros = (cpuSeconds() - cpu) * 1e6;
  return {
    cpu: micros / ASSERTIONS,
    wall: ((performance.now() - wall) * 1e3) / ASSERTIONS,
    completed: ASSERTIONS,
    failed: 0,
  };
}

async function verifying(make, passkey, challenge) {
  const verify = await make;
  // Each is a text of its own, as each request brings one: nothing is remembered between them.
  const texts = Array.from({ length: WARM_UP + ASSERTIONS }, () => passkey.assert({ challenge }));
  for (const text of texts.slice(0, WARM_UP)) await verify(text);
  const ownCpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return measured(ownCpu, async () => {
    for (const text of texts.slice(WARM_UP)) await verify(text);
  });
}

async function libraryWith({ origin, publicKey, credentialId }, challenge) {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const credential = { id: credentialId.toString('base64url'), publicKey: new Uint8Array(publicKey), counter: 0 };
  return async (text) => {
    const { verified } = await verifyAuthenticationResponse({
      response: JSON.parse(text),
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: RELYING_PARTY.id,
      credential,
    });
    if (!verified) throw new Error('the library refuses the assertion');
  };
}

async function oursWith({ origin, publicKey }, challenge) {
  const { verifyAssertion } = await import('../../dist/webauthn/assertion.js');
  const { parseAssertionJson } = await import('../../dist/webauthn/credential-json.js');
  const terms = {
    ...{ challenge: Buffer.from(challenge, 'base64url'), origin, rpId: RELYING_PARTY.id, allowsSubdomains: true },
    ...{ requiresUserVerification: true, allowsBackupEligible: true },
    ...{ userHandle: Buffer.alloc(32), requiresUserHandle: false },
  };
  return (text) => {
    const stored = { publicKey, signCount: 0, backupEligible: false };
    const { ok, rejection } = verifyAssertion(parseAssertionJson(text), stored, terms);
    if (!ok) throw new Error(`our verification refuses the assertion: ${rejection}`);
  };
}

/** Flows are begun and answered before the clock starts; what is measured is the check. */
async function checking({ pid, host, port, flow }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const authPath = `http://${host}:${port}`;
  const send = sender({ agent, host, port, token: await tokenFor(authPath) });
  const passkey = createPasskey();
  const device = await pair(send, passkey);
  const begun = [];
  for (let at = 0; at < WARM_UP + ASSERTIONS; at++) {
    const { id, publicKeyCredentialRequestOptions: options } = await send(201, flow.path, 'application/json', {
      user: { id: DEMO.user },
      selectedDevice: { id: device },
    });
    const body = JSON.stringify({ origin: passkey.origin, assertion: passkey.assert({ options }) });
    begun.push({ path: `${flow.path}/${id}`, body });
  }
  const check = ({ path, body }) => send(200, path, 'application/vnd.pingidentity.assertion.check+json', body);
  try {
    await inLines(begun.slice(0, WARM_UP), check);
    return await measured(
      () => usageOf(pid)?.seconds ?? Number.NaN,
      () => inLines(begun.slice(WARM_UP), check),
    );
  } finally {
    agent.destroy();
  }
}

async function pair(send, passkey) {
  const devices = `/v1/environments/${DEMO.environmentId}/users/${DEMO.user}/devices`;
  const pending = await send(201, devices, 'application/json', { type: 'FIDO2', rp: RELYING_PARTY });
  const attestation = passkey.register(pending.publicKeyCredentialCreationOptions);
  const activation = { origin: passkey.origin, attestation };
  await send(200, `${devices}/${pending.id}`, 'application/vnd.pingidentity.device.activate+json', activation);
  return pending.id;
}

async function inLines(items, work) {
  const next = items.values();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const item of next) await work(item);
    }),
  );
}

/** Posts a body, an object or ready text, and resolves with the answer’s, which must have this status. */
function sender({ agent, host, port, token }) {
  return (expected, path, type, body) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const asked = request({ agent, host, port, path, method: 'POST', headers }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (answer.statusCode === expected) resolve(JSON.parse(text));
          else reject(new Error(`${path} answered ${answer.statusCode}: ${text}`));
        });
        answer.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
}
