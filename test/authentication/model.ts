import type { Status } from '../../src/authentication/model.js';

/** What a command is expected to answer: the rejection's kind, or the status; with the attempts left after a wrong code. */
export type Expected = string;

interface ModelDevice {
  failures: number;
  /** The smallest limit in force since the run began. */
  limit: number;
  lockedUntil: number;
  blocked: boolean;
  /** The last time step whose passcode was taken; absent: the device is sent codes. */
  lastStep?: number;
}

interface ModelFlow {
  status: Status;
  /** The device's number, or `oneTime`. */
  selected: number | 'oneTime' | undefined;
  alive: boolean;
  codeExpires: number;
  expires: number;
  failures: number;
  limit: number;
}

const MINUTE = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The rules of codes, counters and locks once more, written the other way round: a lock or an exhaustion goes and kills the codes
 * it concerns, where the product lets each flow find out. Codes live 30 minutes; one type per device. Device 2 is an authenticator app,
 * whose passcodes are its own and live as long as their time step is not used up.
 */
export class Model {
  now = 0;
  limit = 3;
  coolDown = 0;
  lockoutCount = 0;
  readonly lockoutDuration = 10 * MINUTE;
  devices: ModelDevice[] = [0, 1, 2].map((n) => ({
    failures: 0,
    limit: NEVER,
    lockedUntil: 0,
    blocked: false,
    ...(n === 2 ? { lastStep: -1 } : {}),
  }));
  flows: ModelFlow[] = [];
  accountFailures = 0;
  accountLockedUntil = 0;

  accountLocked(): boolean {
    return this.now < this.accountLockedUntil;
  }

  lockAccount(until: number): void {
    this.accountLockedUntil = until;
    for (const flow of this.flows) flow.alive = false;
  }

  unlockAccount(): void {
    this.accountLockedUntil = 0;
    this.accountFailures = 0;
  }

  create(selected: number | 'oneTime'): Expected {
    const flow: ModelFlow = {
      status: 'OTP_REQUIRED',
      selected,
      alive: true,
      codeExpires: this.codeEnd(selected),
      expires: this.now + 35 * MINUTE,
      failures: 0,
      limit: NEVER,
    };
    if (this.accountLocked()) {
      this.flows.push({ ...flow, status: 'FAILED', expires: this.now + 60 * MINUTE });
      return 'FAILED';
    }
    if (selected !== 'oneTime' && !this.eligible(selected)) return 'DeviceNotEligible';
    this.flows.push(flow);
    return 'OTP_REQUIRED';
  }

  select(n: number, device: number): Expected {
    const flow = this.flows[n];
    if (!flow || this.now >= flow.expires) return 'NotFound';
    if (flow.status === 'COMPLETED' || flow.status === 'FAILED') return 'WrongState';
    if (this.accountLocked()) return this.fail(flow, 'AccountNotUsable');
    if (!this.eligible(device)) return 'DeviceNotEligible';
    Object.assign(flow, { status: 'OTP_REQUIRED', selected: device, alive: true });
    flow.codeExpires = this.codeEnd(device);
    flow.expires = this.now + 35 * MINUTE;
    return 'OTP_REQUIRED';
  }

  /** A create request with a passcode of the app's. */
  supply(right: boolean): Expected {
    const [app] = this.devices.slice(-1);
    if (!app) throw new Error('no app');
    if (this.accountLocked()) return this.create(2);
    if (!this.eligible(2)) return 'NoPasscodeDevice';
    if (!this.isRight(app, right)) {
      const left = this.charge(app, app, undefined);
      this.chargeAccount(undefined);
      return `OtpMismatch ${left}`;
    }
    this.create(2);
    return this.complete(app, this.flows.at(-1));
  }

  cancel(n: number): Expected {
    const flow = this.flows[n];
    if (!flow || this.now >= flow.expires) return 'NotFound';
    if (flow.status === 'COMPLETED' || flow.status === 'FAILED') return 'WrongState';
    if (flow.selected === 'oneTime') return 'WrongState';
    if (this.accountLocked()) return this.fail(flow, 'AccountNotUsable');
    if (flow.status === 'OTP_REQUIRED') flow.expires = this.now + 35 * MINUTE;
    flow.status = 'DEVICE_SELECTION_REQUIRED';
    return flow.status;
  }

  check(n: number, right: boolean): Expected {
    const flow = this.flows[n];
    if (!flow || this.now >= flow.expires) return 'NotFound';
    if (flow.status !== 'OTP_REQUIRED') return 'WrongState';
    if (this.accountLocked()) return this.fail(flow, 'AccountNotUsable');
    const device = typeof flow.selected === 'number' ? this.devices[flow.selected] : undefined;
    if (device && (this.now < device.lockedUntil || device.blocked)) {
      flow.alive = false;
      if (!this.devices.some((_device, other) => this.eligible(other))) this.fail(flow, '');
      return this.now < device.lockedUntil ? 'DeviceLocked' : 'DeviceUnusable';
    }
    if (!flow.alive || this.now > flow.codeExpires) return 'CodeDead';
    if (this.isRight(device, right)) return this.complete(device, flow);
    const left = this.charge(device ?? flow, device, flow);
    this.chargeAccount(flow);
    return `OtpMismatch ${left}`;
  }

  private step(): number {
    return Math.floor(this.now / 30_000);
  }

  private codeEnd(selected: number | 'oneTime'): number {
    const app = typeof selected === 'number' && this.devices[selected]?.lastStep !== undefined;
    return app ? NEVER : this.now + 30 * MINUTE;
  }

  private isRight(device: ModelDevice | undefined, right: boolean): boolean {
    return right && (device?.lastStep === undefined || this.step() > device.lastStep);
  }

  private complete(device: ModelDevice | undefined, flow: ModelFlow | undefined): Expected {
    if (device) Object.assign(device, { failures: 0, limit: NEVER });
    if (device?.lastStep !== undefined) device.lastStep = this.step();
    this.accountFailures = 0;
    if (flow) Object.assign(flow, { status: 'COMPLETED', expires: this.now + 60 * MINUTE });
    return 'COMPLETED';
  }

  private charge(book: ModelDevice | ModelFlow, device: ModelDevice | undefined, flow: ModelFlow | undefined): number {
    book.limit = Math.min(book.limit, this.limit);
    book.failures += 1;
    const left = Math.max(0, book.limit - book.failures);
    if (left > 0) return left;
    if (flow) this.fail(flow, '');
    if (device) {
      const n = this.devices.indexOf(device);
      for (const other of this.flows) if (other.selected === n) other.alive = false;
      Object.assign(device, { failures: 0, limit: NEVER, lockedUntil: this.coolDown ? this.now + this.coolDown : 0 });
    }
    return left;
  }

  private chargeAccount(flow: ModelFlow | undefined): void {
    this.accountFailures += 1;
    if (this.lockoutCount === 0 || this.accountFailures < this.lockoutCount) return;
    this.accountFailures = 0;
    this.lockAccount(this.now + this.lockoutDuration);
    if (flow) this.fail(flow, '');
  }

  private eligible(n: number): boolean {
    const device = this.devices[n];
    return device !== undefined && !device.blocked && this.now >= device.lockedUntil;
  }

  private fail(flow: ModelFlow, expected: Expected): Expected {
    if (flow.status !== 'FAILED') flow.expires = this.now + 60 * MINUTE;
    flow.status = 'FAILED';
    return expected;
  }
}
