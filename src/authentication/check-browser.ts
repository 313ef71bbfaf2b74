import { browserProblem, type RememberedBrowser } from '../devices/browsers/browser.js';
import type { Decided, Snapshot, Write } from '../storage/port.js';
import { grant, refuse, type Verdict } from './answer.js';
import type { CheckBrowserCommand, CheckBrowserFacts } from './command.js';
import { type AuthenticationEvent, eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed, flowError } from './failure.js';
import type { DeviceAuthentication } from './model.js';
import { accountError } from './settle.js';
import type { Circumstances } from './situation.js';

/**
 * Whether a browser is remembered (`10` §14): a flow that is over as it begins, `COMPLETED` or `FAILED`, for whatever reason with the
 * same error. What stands in the user's way comes first, and then nothing is compared. The verdict guards the factors and the browser it
 * rests on, so neither a lock nor a revocation can slip in before it (SEC-10). A wrong token is not counted: 256 random bits are not
 * guessed.
 */
export function checkBrowser(
  snapshot: Snapshot,
  command: CheckBrowserCommand,
  { id, digests, deployment }: CheckBrowserFacts,
): Decided<Verdict> {
  const { configuration, user, factors, devices, now } = snapshot;
  if (!configuration || !user || !factors) return refuse({ kind: 'NotFound' });
  const policy = configuration.policies.get(command.policyId);
  if (!policy) return refuse({ kind: 'PolicyUnknown' });
  if (policy.remembersFor === undefined) return refuse({ kind: 'NotRemembering' });
  const { lockout } = configuration.mfaSettings;
  const circumstances = { now, configuration, policy, user, factors, devices, lockout, deployment };
  const begun: Omit<DeviceAuthentication, 'state' | 'updatedAt' | 'expiresAt'> = {
    id,
    environmentId: user.environmentId,
    version: 1,
    userId: user.id,
    policyId: policy.id,
    sends: 0,
    createdAt: now,
  };

  const error = accountError(circumstances, 'device');
  if (error) return end(moved(begun, failed(error, undefined), now), circumstances, []);
  // A plan that names one brings that one of this very user, or none.
  const [browser] = snapshot.browsers ?? [];
  const problem = browser && command.browser ? judge(browser, command, circumstances, digests) : 'UNKNOWN';
  const guards: readonly Write[] = [
    { kind: 'expect', entity: 'factors', value: factors },
    ...(browser ? [{ kind: 'expect', entity: 'browser', value: browser } as const] : []),
  ];
  const flow = moved(
    begun,
    problem === undefined ? { status: 'COMPLETED' } : failed(flowError('REMEMBERED_DEVICE_NOT_FOUND'), undefined),
    now,
  );
  return end(flow, circumstances, guards, { browser, problem });
}

function judge(
  browser: RememberedBrowser,
  { browser: presented, sessionId }: CheckBrowserCommand,
  { policy, now }: Circumstances,
  digests: CheckBrowserFacts['digests'],
): ReturnType<typeof browserProblem> {
  return browserProblem(browser, { token: presented?.token ?? '', sessionId, policy, now }, digests);
}

interface Judged {
  readonly browser: RememberedBrowser | undefined;
  /** For the records only. */
  readonly problem: string | undefined;
}

function end(
  flow: DeviceAuthentication,
  circumstances: Circumstances,
  guards: readonly Write[],
  judged?: Judged,
): Decided<Verdict> {
  const { status } = flow.state;
  const completed = status === 'COMPLETED';
  const tell = (type: AuthenticationEvent, detail?: Parameters<typeof eventOf>[2]) => ({
    ...eventOf(flow, type, detail),
    deviceId: judged?.browser?.id,
  });
  const checked = judged?.problem === undefined ? undefined : { problem: judged.problem };
  return grant(
    flow,
    circumstances,
    [{ kind: 'insert', entity: 'deviceAuthentication', value: flow }, ...guards],
    [
      tell('AUTHENTICATION.CREATED', { status }),
      ...(judged ? [tell(completed ? 'DEVICE_PAYLOAD.CHECK_SUCCESS' : 'DEVICE_PAYLOAD.CHECK_INVALID', checked)] : []),
      ...(completed ? [tell('AUTHENTICATION.UPDATED', { status })] : []),
    ],
  );
}
