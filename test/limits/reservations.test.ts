import { describe, expect, it } from 'vitest';
import { claimQuota, type QuotaClaim } from '../../src/devices/sending/quota.js';
import { runsEnd } from '../../src/devices/sending/resend-run.js';
import { confirmDestination, counterFor, reserveSend, type Sending } from '../../src/devices/sending/reserve-send.js';
import { forgottenAfter, type SendLimits } from '../../src/devices/sending/send-window.js';
import { days, minutes, seconds } from '../../src/kernel/duration.js';
import type { ChannelRules, Quota } from '../../src/policies/notifications/send-rules.js';
import { ENVIRONMENT, id, keyring, T0, USER } from '../authentication/world.js';
import { Book, CONTACT, NONE, PHONE, UNUSED } from './book.js';

const verdicts = (book: Book, times: number, change: Partial<Sending> = {}): readonly string[] =>
  Array.from({ length: times }, () => book.send(change).kind);
const midnightAfter = (now: number): number => Math.ceil(now / days(1)) * days(1);

describe('a send that nothing limits', () => {
  it('reads and writes nothing', () => {
    for (const sending of [
      new Book().sending(),
      new Book().sending({ deployment: { sendLimits: NONE } }),
      new Book().sending({ rules: { countries: { type: 'ALLOWED', countries: new Set(['US']) } } }),
    ])
      expect(reserveSend(sending, {})).toEqual({ kind: 'unlimited' });
  });
});

describe('what a send must see first (SEC-35)', () => {
  const quota: Quota = { scope: 'ENVIRONMENT', methods: 'SMS', limit: { kind: 'total', total: 1 } };
  const resends = { waits: [], limit: 1, perUser: false };
  const needs = (limits: Partial<SendLimits> | undefined, change: Partial<Sending> = {}) => {
    const book = new Book();
    book.limits = limits;
    const found = reserveSend(book.sending(change), {});
    return found.kind === 'needs' ? found.needs : found;
  };

  it('is the contact, its prefix and its quota, as far as a limit reads them', () => {
    const prefix = expect.stringMatching(/^\S+$/);
    expect(needs({ hourly: 1 })).toEqual({ destination: CONTACT });
    expect(needs({ prefix: 2 })).toEqual({ destination: CONTACT, counters: [prefix] });
    expect(needs(undefined, { rules: { resends } })).toEqual({ destination: CONTACT });
    expect(needs(undefined, { rules: { quota } })).toEqual({ counters: ['quota SMS total'] });
    expect(needs({ prefix: 2 }, { rules: { quota } })).toEqual({
      destination: CONTACT,
      counters: [prefix, 'quota SMS total'],
    });
    // Mail has no numbers in blocks (SEC-38).
    expect(needs({ prefix: 2 }, { channel: 'EMAIL', address: 'Ada@Example.org' })).toEqual({
      destination: keyring.digests.contact(ENVIRONMENT, 'ada@example.org'),
    });
  });

  it('is of this very contact, and all of it', () => {
    const book = new Book();
    book.limits = { hourly: 1 };
    const sending = book.sending({ rules: { quota } });
    const counters = [{ name: 'quota SMS total', value: 0, endsAt: 0 }];
    const destination = { ...UNUSED, contactKey: CONTACT };
    expect(reserveSend(sending, { destination, counters }).kind).toBe('reserved');
    expect(reserveSend(sending, { destination }).kind).toBe('needs');
    expect(reserveSend(sending, { counters }).kind).toBe('needs');
    expect(reserveSend(sending, { destination: { ...destination, contactKey: 'another' }, counters }).kind).toBe(
      'needs',
    );
    const others = [{ name: 'quota SMS unclaimed', value: 0, endsAt: 0 }];
    expect(reserveSend(sending, { destination, counters: others }).kind).toBe('needs');
    expect(reserveSend({ ...sending, contactKey: 'known' }, { destination, counters })).toMatchObject({
      needs: { destination: 'known' },
    });
  });

  it('is named beforehand where the number is known: the counter of its prefix, under the breaker alone', () => {
    const book = new Book();
    expect(counterFor(book.sending())).toEqual({});
    book.limits = { hourly: 5 };
    expect(counterFor(book.sending())).toEqual({});
    book.limits = { prefix: 2 };
    expect(counterFor(book.sending({ channel: 'EMAIL' }))).toEqual({});
    const { counters: [name] = [] } = counterFor(book.sending());
    expect(needs(book.limits)).toMatchObject({ counters: [name] });
    // The counter's name gives no digit away, and is one for ten thousand numbers.
    expect(name).not.toMatch(/1413|555/);
    expect(counterFor(book.sending({ address: '+14135559999' }))).toEqual({ counters: [name] });
    expect(counterFor(book.sending({ address: '+14135560150' }))).not.toEqual({ counters: [name] });
  });
});

describe('a quota (30 §5.4)', () => {
  const total = (scope: Quota['scope'], sends: number): ChannelRules => ({
    quota: { scope, methods: 'SMS,Voice', limit: { kind: 'total', total: sends } },
  });
  const parts = (claimed: number, unclaimed: number): ChannelRules => ({
    quota: { scope: 'USER', methods: 'SMS', limit: { kind: 'parts', claimed, unclaimed } },
  });
  const FULL = { kind: 'refused', reason: 'QUOTA' };

  it('lets through what a day has, and begins anew at midnight UTC, to the millisecond', () => {
    const book = new Book();
    const rules = total('USER', 2);
    expect(verdicts(book, 2, { rules })).toEqual(['reserved', 'reserved']);
    expect(book.send({ rules })).toEqual(FULL);
    book.now = midnightAfter(T0) - 1;
    expect(book.send({ rules })).toEqual(FULL);
    book.now += 1;
    expect(verdicts(book, 3, { rules })).toEqual(['reserved', 'reserved', 'refused']);
    // From midnight on it is a whole day again.
    book.now += days(1) - 1;
    expect(book.send({ rules })).toEqual(FULL);
  });

  it('of the environment is one for all users; of a user, each has a whole one', () => {
    for (const [scope, expected] of [
      ['USER', 'reserved'],
      ['ENVIRONMENT', 'refused'],
    ] as const) {
      const book = new Book();
      const rules = total(scope, 1);
      expect(book.send({ rules }).kind).toBe('reserved');
      expect(book.send({ rules }).kind).toBe('refused');
      expect(book.send({ rules, userId: id(5) }).kind).toBe(expected);
    }
  });

  it('is shared by its methods and by no others; under another number what was counted still counts', () => {
    const book = new Book();
    book.send({ rules: total('USER', 1) });
    expect(book.send({ rules: total('USER', 2), channel: 'VOICE' }).kind).toBe('reserved');
    expect(book.send({ rules: total('USER', 2) }).kind).toBe('refused');
    const email: Quota = { scope: 'USER', methods: 'Email', limit: { kind: 'total', total: 1 } };
    expect(book.send({ rules: { quota: email } }).kind).toBe('reserved');
  });

  it('costs no row of the contact, and claims nothing where answers do not matter', () => {
    const book = new Book();
    const sent = book.send({ rules: total('USER', 1) });
    expect(sent).toEqual({
      kind: 'reserved',
      writes: [
        {
          kind: 'add',
          entity: 'counter',
          value: {
            environmentId: ENVIRONMENT,
            name: `quota SMS,Voice ${USER} total`,
            bound: 1,
            endsAt: midnightAfter(T0),
          },
        },
      ],
    });
  });

  it('of unanswered and answered messages is full when either is; an answer moves one to the other', () => {
    const book = new Book();
    const rules = parts(2, 2);
    const first = book.send({ rules });
    const second = book.send({ rules });
    expect(book.send({ rules })).toEqual(FULL);
    if (first.kind !== 'reserved' || second.kind !== 'reserved') throw new Error('there is room');
    expect(first.claim).toEqual({ budget: `quota SMS ${USER}`, at: T0 });
    book.claim(first.claim);
    // One unanswered, one answered.
    expect(verdicts(book, 2, { rules })).toEqual(['reserved', 'refused']);
    book.claim(second.claim);
    // Two answered are all, although only one is unanswered.
    expect(book.send({ rules })).toEqual(FULL);
  });

  it('is moved by the answer on the day of the message only, whatever it holds by then', () => {
    const claim: QuotaClaim = { budget: 'quota SMS', at: midnightAfter(T0) - 1 };
    expect(claimQuota(claim, ENVIRONMENT, midnightAfter(T0))).toEqual([]);
    expect(claimQuota(undefined, ENVIRONMENT, T0)).toEqual([]);
    expect(claimQuota(claim, ENVIRONMENT, midnightAfter(T0) - 1)).toEqual([
      {
        kind: 'release',
        entity: 'counter',
        value: { environmentId: ENVIRONMENT, name: 'quota SMS unclaimed', since: claim.at, window: days(1) },
      },
      {
        kind: 'add',
        entity: 'counter',
        value: { environmentId: ENVIRONMENT, name: 'quota SMS claimed', endsAt: midnightAfter(T0) },
      },
    ]);
  });

  it('beside the operator’s windows is charged once, and is no block of numbers', () => {
    const book = new Book();
    book.limits = { hourly: 9, prefix: 1 };
    const quota: Quota = { scope: 'ENVIRONMENT', methods: 'Email', limit: { kind: 'total', total: 9 } };
    const mail = { channel: 'EMAIL', address: 'ada@example.org', rules: { quota } } as const;
    expect(book.send(mail)).toMatchObject({
      kind: 'reserved',
      writes: [{ value: { name: 'quota Email total', bound: 9 } }],
    });
    expect(book.send(mail)).not.toHaveProperty('stops');
  });

  it('of nothing sends nothing', () => {
    for (const rules of [total('USER', 0), parts(0, 5), parts(5, 0)]) expect(new Book().send({ rules })).toEqual(FULL);
  });
});

describe('cool-downs (10 §9.5)', () => {
  const rules: ChannelRules = { resends: { waits: [10, 20, 30].map(seconds), limit: 4, perUser: false } };
  const until = (reason: string, instant: number) => ({ kind: 'refused', reason, until: instant });

  it('wait as long as each resend says, the last wait for all that follow, then half an hour', () => {
    const book = new Book();
    expect(book.send({ rules }).kind).toBe('reserved');
    for (const wait of [10, 20, 30, 30].map(seconds)) {
      expect(book.send({ rules })).toEqual(until('COOL_DOWN', book.now + wait));
      book.now += wait - 1;
      expect(book.send({ rules })).toEqual(until('COOL_DOWN', book.now + 1));
      book.now += 1;
      expect(book.send({ rules }).kind).toBe('reserved');
    }
    expect(book.send({ rules })).toEqual(until('RESEND_LIMIT', book.now + minutes(30)));
    book.now += minutes(30) - 1;
    expect(book.send({ rules })).toEqual(until('RESEND_LIMIT', book.now + 1));
    book.now += 1;
    // Half an hour of quiet: a run of its own begins.
    expect(book.send({ rules }).kind).toBe('reserved');
    expect(book.send({ rules })).toEqual(until('COOL_DOWN', book.now + seconds(10)));
  });

  it('without waits limit the number alone', () => {
    const book = new Book();
    const unwaiting: ChannelRules = { resends: { waits: [], limit: 1, perUser: false } };
    expect(verdicts(book, 3, { rules: unwaiting })).toEqual(['reserved', 'reserved', 'refused']);
  });

  it('are each channel’s own, and by user where the policy says so', () => {
    const book = new Book();
    book.send({ rules });
    expect(book.send({ rules, channel: 'VOICE' }).kind).toBe('reserved');
    expect(book.send({ rules, userId: id(5) }).kind).toBe('refused');
    const perUser: ChannelRules = { resends: { waits: [seconds(10)], limit: 4, perUser: true } };
    expect(book.send({ rules: perUser }).kind).toBe('reserved');
    expect(book.send({ rules: perUser }).kind).toBe('refused');
    expect(book.send({ rules: perUser, userId: id(5) }).kind).toBe('reserved');
  });

  it('end with a check by the same channel: the contact’s and the user’s own, nobody else’s', () => {
    const book = new Book();
    const perUser: ChannelRules = { resends: { waits: [seconds(10)], limit: 4, perUser: true } };
    book.send({ rules });
    book.send({ rules, channel: 'VOICE' });
    book.send({ rules: perUser });
    book.send({ rules: perUser, userId: id(5) });
    book.confirm();
    expect(Object.keys(book.contact().resends ?? {})).toEqual(['VOICE', `SMS:${id(5)}`]);
    expect(book.send({ rules }).kind).toBe('reserved');
    expect(book.send({ rules: perUser, userId: id(5) }).kind).toBe('refused');
  });

  it('leave no row behind: a check without a run changes nothing, the last run takes its member along', () => {
    const book = new Book();
    const deployment = {};
    const unused = book.contact();
    expect(confirmDestination(unused, deployment, { channel: 'SMS', userId: USER }).use).toBe(unused);
    book.send({ rules });
    const voice = confirmDestination(book.contact(), deployment, { channel: 'VOICE', userId: USER });
    expect(voice.use).toBe(book.contact());
    book.confirm();
    expect(book.contact()).not.toHaveProperty('resends');
  });

  it('are forgotten half an hour after the last, when the next run begins and by the sweeper', () => {
    const book = new Book();
    book.send({ rules });
    book.now += minutes(20);
    book.send({ rules, channel: 'VOICE' });
    expect(runsEnd(book.contact())).toBe(book.now + minutes(30));
    expect(forgottenAfter(book.contact())).toBe(book.now + minutes(30));
    book.now += minutes(10);
    book.send({ rules, channel: 'WHATSAPP' });
    expect(Object.keys(book.contact().resends ?? {})).toEqual(['VOICE', 'WHATSAPP']);
    expect(runsEnd({})).toBe(0);
    // The operator's windows look back for longer.
    const sends = { at: [T0], unconfirmed: 1 };
    expect(forgottenAfter({ ...book.contact(), sends })).toBe(T0 + days(1));
  });
});

describe('two limits that ask for patience', () => {
  it('the instant that is told is one at which the send is granted', () => {
    const rules: ChannelRules = { resends: { waits: [minutes(2)], limit: 4, perUser: false } };
    for (const [pause, reason, wait] of [
      [minutes(1), 'COOL_DOWN', minutes(2)],
      [minutes(2), 'COOL_DOWN', minutes(2)],
      [minutes(5), 'SEND_LIMIT', minutes(5)],
    ] as const) {
      const book = new Book();
      book.limits = { pause };
      book.send({ rules });
      expect(book.send({ rules })).toEqual({ kind: 'refused', reason, until: T0 + wait });
      book.now = T0 + wait - 1;
      expect(book.send({ rules }).kind).toBe('refused');
      book.now = T0 + wait;
      expect(book.send({ rules }).kind).toBe('reserved');
    }
  });
});

describe('countries (10 §9.6, SEC-37)', () => {
  const sendTo = (type: 'ALLOWED' | 'DENIED', address: string) =>
    new Book().send({ address, rules: { countries: { type, countries: new Set(['US', 'DE']) } } });

  it('that are not sent to are refused before anything is read or counted', () => {
    expect(sendTo('ALLOWED', PHONE).kind).toBe('unlimited');
    expect(sendTo('ALLOWED', '+447400123456')).toEqual({ kind: 'refused', reason: 'COUNTRY' });
    expect(sendTo('DENIED', '+447400123456').kind).toBe('unlimited');
    expect(sendTo('DENIED', PHONE)).toEqual({ kind: 'refused', reason: 'COUNTRY' });
  });
});
