import { openConnection } from './connection.js';

/** So many connections, each beginning the next MFA when its last has ended. Returns what ends it. */
export function closedLoop(plan, flow, tally, fail) {
  let running = true;
  const workers = Array.from({ length: plan.load.connections }, () => worker());

  function worker() {
    return new Promise((resolve) => {
      let state;
      let begunAt = 0;
      let sentAt = 0;
      const end = () => {
        connection.close();
        resolve();
      };
      const send = (text) => {
        sentAt = performance.now();
        connection.send(text);
      };
      const begin = () => {
        state = flow.begin();
        if (!state) {
          fail(new Error('there is nothing left to begin: prepare more'));
          return;
        }
        begunAt = performance.now();
        send(state.request);
      };
      const connection = openConnection(plan, {
        onOpen: begin,
        onResponse(status, head, body) {
          const now = performance.now();
          tally.request(now - sentAt, now);
          const next = flow.proceed(state, status, head, body);
          if (next === true) tally.mfa(now - begunAt, now);
          else if (next === false) tally.failure(status, body);
          if (!running) end();
          else if (typeof next === 'string') send(next);
          else begin();
        },
        onClose: () => fail(new Error('the server closed a connection')),
        onError: fail,
      });
    });
  }

  return async () => {
    running = false;
    await Promise.all(workers);
  };
}
