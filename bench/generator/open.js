import { openConnection } from './connection.js';

/**
 * MFAs that are due at a constant rate, whether or not the server keeps up. An MFA's time runs from when it was due, also while
 * it waits for a connection: a stall counts against everything that was due meanwhile, and not once (coordinated omission).
 * A check is due when its code has come. Returns what ends it.
 */
export function openLoop(plan, flow, tally, fail) {
  const { rate, connections, spin } = plan.load;
  const idle = [];
  const waiting = [];
  let open = 0;
  let busy = 0;
  let begun = 0;
  let running = true;
  let opened;
  const allOpen = new Promise((resolve) => {
    opened = resolve;
  });
  const all = Array.from({ length: connections }, () => lane());

  function lane() {
    let state;
    let dueAt = 0;
    let sentAt = 0;
    const self = {
      begin(due) {
        state = flow.begin();
        if (!state) {
          fail(new Error('there is nothing left to begin: prepare more'));
          return;
        }
        busy += 1;
        dueAt = due;
        sentAt = due;
        connection.send(state.request);
      },
      close: () => connection.close(),
    };
    const connection = openConnection(
      plan,
      () => {
        idle.push(self);
        open += 1;
        if (open === connections) opened();
      },
      (status, head, body) => {
        const now = performance.now();
        tally.request(now - sentAt);
        const next = flow.proceed(state, status, head, body);
        if (typeof next === 'string') {
          sentAt = now;
          connection.send(next);
          return;
        }
        if (next) tally.mfa(now - dueAt);
        else tally.failure(status, body);
        busy -= 1;
        if (waiting.length > 0) self.begin(waiting.shift());
        else idle.push(self);
      },
      fail,
    );
    return self;
  }

  // With a core of its own the generator looks all the time; otherwise it sleeps a millisecond, which its times then include.
  const later = spin ? setImmediate : (work) => setTimeout(work, 1);
  const start = async () => {
    await allOpen;
    const startedAt = performance.now();
    const tick = () => {
      if (!running) return;
      const now = performance.now();
      for (;;) {
        const due = startedAt + (begun * 1_000) / rate;
        if (due > now) break;
        begun += 1;
        const free = idle.pop();
        if (free) free.begin(due);
        else waiting.push(due);
      }
      later(tick);
    };
    tick();
  };
  start();

  return async () => {
    running = false;
    waiting.length = 0;
    while (busy > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const one of all) one.close();
  };
}
