import { expect, test } from 'vitest';
import { attribute } from '../../bench/profile/parts.js';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });
const LIBSQL = 'file:///app/node_modules/libsql/index.js';

/** root → { commit → run → (native), ask → run, transact in storage }, and idle. A sample each 10 µs, from 1000 on. */
const profile = {
  startTime: 1_000,
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5, 7, 8] },
    { id: 2, callFrame: frame('commit', 'file:///app/dist/storage/sql/dialects/sqlite-driver.js'), children: [3] },
    { id: 3, callFrame: frame('run', LIBSQL), children: [4] },
    { id: 4, callFrame: frame('fdatasync') },
    { id: 5, callFrame: frame('ask', 'file:///app/dist/storage/sql/dialects/sqlite-driver.js'), children: [6] },
    { id: 6, callFrame: frame('run', LIBSQL) },
    { id: 7, callFrame: frame('(idle)') },
    { id: 8, callFrame: frame('createApp', 'file:///app/dist/app.js') },
  ],
  samples: [8, 3, 4, 6, 5, 7, 8],
  timeDeltas: [0, 10, 10, 10, 10, 10, 10],
};

test('time goes to the part that spent it: a native call to its caller, the same driver function by what it was called for', () => {
  const { parts } = attribute(profile, 1_000, 1_060);
  expect(Object.fromEntries(parts)).toEqual({
    'ours: src': 10,
    'libsql: commit': 20,
    'libsql: write': 10,
    'ours: storage': 10,
    '(idle)': 10,
  });
});

test('what lies outside the steady state is cut off, also in the middle of a sample', () => {
  const { parts, functions } = attribute(profile, 1_015, 1_034);
  expect(Object.fromEntries(parts)).toEqual({ 'libsql: commit': 15, 'libsql: write': 4 });
  expect(functions[0]).toMatchObject({ function: 'fdatasync', part: 'libsql: commit', micros: 10 });
});
