import { openConnection } from './connection.js';

/** How long what is due may take once nothing more comes. */
const PATIENCE_MILLIS = 60_000;

/**
 * MFAs that are due at a constant rate, whether or not the server keeps up. An MFA's time runs from when it was due, also while
 * it waits for a connection: a stall counts against everything that was due meanwhile, and not once (coordinated omission).
 * A check is due when its code has come. What was due while it is measured counts, however late it is done. Returns what ends it.
 */
export function openLoop(plan, flow, tally, fail) {
  const { rate, connections, spin } = plan.load;
  /** Longest idle first, so that each is used before the server loses patience with it. */
  const idle = [];
  const waiting = [];
  const lanes = new Set();
  let busy = 0;
  let begun = 0;
  let running = true;
  let opened;
  const allOpen = new Promise((resolve) => {
    opened = resolve;
  });
  for (let at = 0; at < connections; at++) addLane();

  function addLane() {
    let state;
    let dueAt = 0;
    let sentAt = 0;
    const lane = {
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
    const free = () => {
      if (waiting.length > 0) lane.begin(waiting.shift());
      else idle.push(lane);
    };
    const connection = openConnection(plan, {
      onOpen() {
        lanes.add(lane);
        free();
        if (lanes.size === connections) opened();
      },
      onResponse(status, head, body) {
        const now = performance.now();
        tally.request(now - sentAt, dueAt);
        const next = flow.proceed(state, status, head, body);
        if (typeof next === 'string') {
          sentAt = now;
          connection.send(next);
          return;
        }
        if (next) tally.mfa(now - dueAt, dueAt);
        else tally.failure(status, body);
        busy -= 1;
        free();
      },
      onClose() {
        const at = idle.indexOf(lane);
        if (at < 0) {
          fail(new Error('the server closed a connection that it owed an answer'));
          return;
        }
        idle.splice(at, 1);
        lanes.delete(lane);
        addLane();
      },
      onError: fail,
    });
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
        const lane = idle.shift();
        if (lane) lane.begin(due);
        else waiting.push(due);
      }
      later(tick);
    };
    tick();
  };
  start();

  return async () => {
    running = false;
    const last = performance.now() + PATIENCE_MILLIS;
    while (busy > 0 || waiting.length > 0) {
      if (performance.now() > last) {
        fail(new Error('the server does not keep up at all'));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const lane of lanes) lane.close();
  };
}
