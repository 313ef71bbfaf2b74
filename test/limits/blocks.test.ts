import { describe, expect, it } from 'vitest';
import { confirmDestination, reservationEvents } from '../../src/devices/sending/reserve-send.js';
import { hours, minutes } from '../../src/kernel/duration.js';
import { ENVIRONMENT, keyring, USER } from '../authentication/world.js';
import { Book, NONE } from './book.js';

describe('a block of numbers (SEC-38)', () => {
  const number = (n: number): string => `+1413555${1000 + n}`;
  const keyOf = (n: number): string => keyring.digests.contact(ENVIRONMENT, number(n));
  const full = (book: Book, n: number) => book.send({ address: number(n) });
  function withBreaker(prefix = 3): Book {
    const book = new Book();
    book.limits = { prefix };
    return book;
  }

  it('stops for an hour when so many of it are sent to without an answer, and says which fills it', () => {
    const book = withBreaker();
    expect(full(book, 0)).not.toHaveProperty('stops');
    expect(full(book, 1)).not.toHaveProperty('stops');
    book.now += minutes(5);
    expect(full(book, 2)).toMatchObject({ kind: 'reserved', stops: '+1413555' });
    const until = book.now + hours(1);
    expect(full(book, 3)).toEqual({ kind: 'refused', reason: 'PREFIX_STOPPED', until });
    expect(book.send({ address: '+14135560001' }).kind).toBe('reserved');
    book.now = until - 1;
    expect(full(book, 3)).toEqual({ kind: 'refused', reason: 'PREFIX_STOPPED', until });
    book.now = until;
    expect(full(book, 3)).toMatchObject({ kind: 'reserved' });
  });

  it('counts each number once while its window lasts, and again in the next', () => {
    const book = withBreaker();
    for (let n = 0; n < 5; n++) expect(full(book, 0)).toMatchObject({ kind: 'reserved', writes: n === 0 ? [{}] : [] });
    book.now += hours(1);
    expect(full(book, 0)).toMatchObject({ kind: 'reserved', writes: [{}] });
    expect([full(book, 1).kind, full(book, 2).kind, full(book, 3).kind]).toEqual(['reserved', 'reserved', 'refused']);
  });

  it('a number that counted in the window before does not count as counted in one that another has begun', () => {
    const book = withBreaker();
    full(book, 0);
    book.now += hours(1);
    full(book, 1);
    expect(full(book, 0)).toMatchObject({ writes: [{ kind: 'add' }] });
  });

  it('takes back a number that answers, unless it is full by then; then it counts anew', () => {
    const book = withBreaker();
    for (let n = 0; n < 8; n++) {
      expect(full(book, n).kind).toBe('reserved');
      book.confirm('SMS', USER, keyOf(n));
    }
    expect(full(book, 0)).toMatchObject({ writes: [{ kind: 'add' }] });
    full(book, 1);
    full(book, 2);
    book.confirm('SMS', USER, keyOf(0));
    expect(full(book, 3)).toMatchObject({ reason: 'PREFIX_STOPPED' });
  });

  it('that is no longer watched is not taken back from', () => {
    const book = withBreaker();
    full(book, 0);
    const use = book.contact(keyOf(0));
    const by = { channel: 'SMS', userId: USER } as const;
    expect(confirmDestination(use, { sendLimits: { ...NONE, prefix: 3 } }, by).writes).toHaveLength(1);
    expect(confirmDestination(use, { sendLimits: NONE }, by).writes).toEqual([]);
    expect(confirmDestination(use, {}, by).writes).toEqual([]);
    expect(confirmDestination(book.contact(), { sendLimits: { ...NONE, prefix: 3 } }, by).writes).toEqual([]);
  });

  it('of one fills with the first', () => {
    const book = withBreaker(1);
    expect(full(book, 0)).toMatchObject({ stops: '+1413555' });
    expect(full(book, 1)).toMatchObject({ reason: 'PREFIX_STOPPED' });
    // A window that has ended is empty, whatever it held.
    book.now += hours(1);
    expect(full(book, 1)).toMatchObject({ stops: '+1413555' });
  });
});

describe('what is reported of a reservation (SEC-71)', () => {
  const subject = { environmentId: ENVIRONMENT, userId: USER };

  it('a refusal with its reason and without the contact; a block that stops, whose digits are for the log alone', () => {
    const book = new Book();
    book.limits = { prefix: 1, unconfirmed: 1 };
    const stops = book.send();
    expect(reservationEvents(stops, subject, 'SMS')).toEqual([
      {
        type: 'NOTIFICATION.PREFIX_STOPPED',
        environmentId: ENVIRONMENT,
        detail: { channel: 'SMS' },
        logOnly: { prefix: '+1413555' },
      },
    ]);
    expect(reservationEvents(book.send(), subject, 'SMS')).toEqual([
      { ...subject, type: 'NOTIFICATION.REJECTED', detail: { channel: 'SMS', reason: 'SEND_LIMIT' } },
    ]);
    book.limits = { hourly: 5 };
    expect(reservationEvents(book.send({ address: '+14135560001' }), subject, 'SMS')).toEqual([]);
    expect(reservationEvents({ kind: 'unlimited' }, subject, 'SMS')).toEqual([]);
  });
});
