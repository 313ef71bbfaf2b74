import { expect } from 'vitest';
import type { Channel } from '../../src/delivery/message.js';
import type { DestinationUse } from '../../src/devices/model.js';
import { claimQuota, type QuotaClaim } from '../../src/devices/sending/quota.js';
import {
  confirmDestination,
  type Reservation,
  reserveSend,
  type Sending,
} from '../../src/devices/sending/reserve-send.js';
import type { SendLimits } from '../../src/devices/sending/send-window.js';
import type { Uuid } from '../../src/kernel/ids.js';
import type { Counter, Snapshot, Write } from '../../src/storage/port.js';
import { ENVIRONMENT, keyring, T0, USER } from '../authentication/world.js';

export const PHONE = '+14135550150';
export const NONE: SendLimits = { unconfirmed: 0, hourly: 0, daily: 0, pause: 0, prefix: 0 };
export const CONTACT = keyring.digests.contact(ENVIRONMENT, PHONE);
export const UNUSED = { environmentId: ENVIRONMENT, version: 0, oneTimeFailures: 0, leftovers: {} };

/** Contacts and counters as a store keeps them: what a reservation asks for is loaded, what it says is written. */
export class Book {
  now = T0;
  limits: Partial<SendLimits> | undefined;
  readonly contacts = new Map<string, DestinationUse>();
  readonly counters = new Map<string, Counter>();

  sending(change: Partial<Sending> = {}): Sending {
    return {
      environmentId: ENVIRONMENT,
      userId: USER,
      channel: 'SMS',
      address: PHONE,
      now: this.now,
      deployment: this.limits ? { sendLimits: { ...NONE, ...this.limits } } : {},
      rules: undefined,
      digests: keyring.digests,
      ...change,
    };
  }

  send(change: Partial<Sending> = {}): Reservation {
    const sending = this.sending(change);
    const first = reserveSend(sending, {});
    const made = first.kind === 'needs' ? reserveSend(sending, this.#load(first.needs)) : first;
    if (made.kind !== 'reserved') return made;
    if (made.use) this.contacts.set(made.use.contactKey, made.use);
    this.write(made.writes);
    return made;
  }

  /** The code of the message was used. */
  confirm(channel: Channel = 'SMS', userId: Uuid = USER, contactKey = CONTACT): void {
    const { use, writes } = confirmDestination(this.contact(contactKey), this.sending().deployment, {
      channel,
      userId,
    });
    this.contacts.set(contactKey, use);
    this.write(writes);
  }

  claim(claim: QuotaClaim | undefined): void {
    this.write(claimQuota(claim, ENVIRONMENT, this.now));
  }

  contact(contactKey = CONTACT): DestinationUse {
    return this.contacts.get(contactKey) ?? { ...UNUSED, contactKey };
  }

  #load({ destination, counters = [] }: { destination?: string; counters?: readonly string[] }) {
    return {
      ...(destination === undefined ? {} : { destination: this.contact(destination) }),
      counters: counters.map((name) => this.counters.get(name) ?? { name, value: 0, endsAt: 0 }),
    } satisfies Pick<Snapshot, 'destination' | 'counters'>;
  }

  write(writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.entity !== 'counter') throw new Error(`a limit never writes ${write.entity}`);
      expect(write.value.environmentId).toBe(ENVIRONMENT);
      const { name, bound = Number.POSITIVE_INFINITY } = write.value;
      const counter = this.counters.get(name) ?? { name, value: 0, endsAt: 0 };
      const stands = counter.endsAt > this.now;
      if (write.kind === 'release') {
        const { since, window } = write.value;
        if (stands && counter.value < bound && counter.endsAt - window <= since)
          this.counters.set(name, { ...counter, value: counter.value - 1 });
        continue;
      }
      expect(stands ? counter.value : 0, 'a full counter is not added to').toBeLessThan(bound);
      const value = (stands ? counter.value : 0) + 1;
      const { endsAt } = stands && value < bound ? counter : write.value;
      this.counters.set(name, { name, value, endsAt });
    }
  }
}
