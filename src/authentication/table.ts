import { unreachable } from '../kernel/outcome.js';
import type { Decision } from '../storage/port.js';
import type { Verdict } from './answer.js';
import { cancel } from './cancel.js';
import { checkAssertion } from './check-assertion.js';
import { checkOtp } from './check-otp.js';
import { checkRecoveryCode } from './check-recovery-code.js';
import type { CommandName, Commands } from './command.js';
import type { DeviceAuthenticationState, StateOf, Status } from './model.js';
import { selectDevice } from './select.js';
import type { Situation } from './situation.js';

/** Where a cell can lead, and what the diagram writes on the arrow. */
export interface Arrow {
  readonly to: Status;
  readonly when: string;
}

/** A command that is legal in a status. */
export interface Cell<S extends Status, C extends CommandName> {
  readonly decide: (
    state: StateOf<S>,
    situation: Situation,
    command: Commands[C]['command'],
    facts: Commands[C]['facts'],
  ) => Decision<Verdict>;
  readonly leadsTo: readonly Arrow[];
  /** Legal, yet not offered as a link: the source that says so. */
  readonly withoutLink?: string;
  /** States of this status in which the command is illegal all the same, and the source that says so. */
  readonly except?: { readonly when: (state: StateOf<S>) => boolean; readonly source: string };
}

export type Row<S extends Status> = { readonly [C in CommandName]?: Cell<S, C> };

const ONE_TIME = {
  when: ({ selected }: DeviceAuthenticationState) => selected?.kind === 'oneTime',
  source: '10 §7.1: ERR-STATE (one-time)',
};

/** There is nothing to choose from, and nobody to choose (`10` §11.5). */
const WITHOUT_USER = {
  when: ({ selected }: DeviceAuthenticationState) => selected === undefined,
  source: '10 §6, §11.5: omitted when username-less',
};

/** Outside the reference, which has neither link nor media type for it (decision 16). */
const RECOVERY = {
  decide: checkRecoveryCode,
  withoutLink: 'decision 16: an extension has a path of its own',
} as const;

const recovery = (status: Status): readonly Arrow[] => [
  { to: 'COMPLETED', when: 'recoveryCode.check: right (extension)' },
  { to: status, when: 'recoveryCode.check: wrong (extension)' },
  { to: 'FAILED', when: 'recoveryCode.check: wrong, and the account is locked by it (extension)' },
];

/**
 * The state machine (`10` §7.1): status → command → decision. Illegal pairs are absent. A new challenge is a status with its row;
 * a new action a cell. The order of a row is the order of its links.
 */
export const TABLE: { readonly [S in Status]: Row<S> } = {
  DEVICE_SELECTION_REQUIRED: {
    'device.select': {
      decide: selectDevice,
      leadsTo: [
        { to: 'OTP_REQUIRED', when: 'device.select' },
        { to: 'ASSERTION_REQUIRED', when: 'device.select' },
      ],
    },
    'recoveryCode.check': { ...RECOVERY, leadsTo: recovery('DEVICE_SELECTION_REQUIRED') },
    'cancel.push.authentication': {
      decide: cancel,
      withoutLink: '10 §6: only a push offers to be cancelled',
      leadsTo: [
        { to: 'DEVICE_SELECTION_REQUIRED', when: 'cancel' },
        { to: 'FAILED', when: 'cancel: SIGNOUT' },
      ],
    },
  },
  OTP_REQUIRED: {
    'device.select': {
      decide: selectDevice,
      leadsTo: [
        { to: 'OTP_REQUIRED', when: 'device.select, resend' },
        { to: 'ASSERTION_REQUIRED', when: 'device.select' },
      ],
    },
    'otp.check': {
      decide: checkOtp,
      leadsTo: [
        { to: 'COMPLETED', when: 'otp.check: right' },
        { to: 'OTP_REQUIRED', when: 'otp.check: wrong or dead code' },
        { to: 'FAILED', when: 'otp.check: last wrong code, or no usable device' },
      ],
    },
    'recoveryCode.check': { ...RECOVERY, except: ONE_TIME, leadsTo: recovery('OTP_REQUIRED') },
    'cancel.push.authentication': {
      decide: cancel,
      withoutLink: '10 §6: only a push offers to be cancelled',
      except: ONE_TIME,
      leadsTo: [
        { to: 'DEVICE_SELECTION_REQUIRED', when: 'cancel, unless one-time' },
        { to: 'FAILED', when: 'cancel: SIGNOUT, unless one-time' },
      ],
    },
  },
  ASSERTION_REQUIRED: {
    'device.select': {
      decide: selectDevice,
      except: WITHOUT_USER,
      leadsTo: [
        { to: 'ASSERTION_REQUIRED', when: 'device.select, new challenge' },
        { to: 'OTP_REQUIRED', when: 'device.select' },
      ],
    },
    'assertion.check': {
      decide: checkAssertion,
      leadsTo: [
        { to: 'COMPLETED', when: 'assertion.check: right' },
        { to: 'ASSERTION_REQUIRED', when: 'assertion.check: refused' },
        { to: 'FAILED', when: 'assertion.check: last refused, or no usable device' },
      ],
    },
    'recoveryCode.check': { ...RECOVERY, except: WITHOUT_USER, leadsTo: recovery('ASSERTION_REQUIRED') },
    'cancel.push.authentication': {
      decide: cancel,
      withoutLink: '10 §6: only a push offers to be cancelled',
      except: WITHOUT_USER,
      leadsTo: [
        { to: 'DEVICE_SELECTION_REQUIRED', when: 'cancel, unless without a user' },
        { to: 'FAILED', when: 'cancel: SIGNOUT, unless without a user' },
      ],
    },
  },
  COMPLETED: {},
  FAILED: {},
};

/** Where a flow begins (`10` §3.2, §4.2). */
export const BEGINNINGS: readonly Arrow[] = [
  { to: 'DEVICE_SELECTION_REQUIRED', when: 'create: the user chooses' },
  { to: 'OTP_REQUIRED', when: 'create: a device or one-time contact is selected' },
  { to: 'ASSERTION_REQUIRED', when: 'create: a FIDO2 device is selected, or no user is named' },
  { to: 'COMPLETED', when: 'payload.check: the browser is remembered' },
  { to: 'FAILED', when: 'payload.check: it is not' },
  { to: 'FAILED', when: 'create: no usable device, user disabled or locked, MFA disabled' },
];

/** Where any open flow is taken before a command is decided (`10` §9.8). */
export const SETTLEMENT: Arrow = { to: 'FAILED', when: 'user disabled or locked, MFA disabled' };

/** Calls back with the row of a state and the state as that row's decisions take it. */
export function withRow<T>(
  state: DeviceAuthenticationState,
  use: <S extends Status>(row: Row<S>, state: StateOf<S>) => T,
): T {
  switch (state.status) {
    case 'DEVICE_SELECTION_REQUIRED':
      return use(TABLE.DEVICE_SELECTION_REQUIRED, state);
    case 'OTP_REQUIRED':
      return use(TABLE.OTP_REQUIRED, state);
    case 'ASSERTION_REQUIRED':
      return use(TABLE.ASSERTION_REQUIRED, state);
    case 'COMPLETED':
      return use(TABLE.COMPLETED, state);
    case 'FAILED':
      return use(TABLE.FAILED, state);
    default:
      return unreachable(state);
  }
}

/** The cell for a command, unless it is illegal in this state. */
export function legalCell<S extends Status, C extends CommandName>(
  row: Row<S>,
  state: StateOf<S>,
  name: C,
): Cell<S, C> | undefined {
  const cell: Cell<S, C> | undefined = row[name];
  return cell?.except?.when(state) ? undefined : cell;
}

const COMMANDS: readonly CommandName[] = [
  'device.select',
  'otp.check',
  'assertion.check',
  'recoveryCode.check',
  'cancel.push.authentication',
];

/** The links of a state beside `self`, in order: commands legal in it, minus those that the table does not offer (`10` §6). */
export function linksOf(state: DeviceAuthenticationState): readonly CommandName[] {
  return withRow(state, (row, inRow) =>
    COMMANDS.filter((name) => {
      const cell = legalCell(row, inRow, name);
      return cell !== undefined && cell.withoutLink === undefined;
    }),
  );
}
