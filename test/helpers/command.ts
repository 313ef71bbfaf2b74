import { composition } from '../../src/app/composition.js';
import { persistently } from '../../src/app/persistently.js';
import type { Composition } from '../../src/cli/composition.js';
import { runCommand } from '../../src/cli/run.js';
import { localUrls } from '../../src/config/base-urls.js';
import { TEST_MASTER_KEY, type TestStore } from './store.js';

/** A command line over a store that is there: its exit code, and what it said, notices and mistakes too. */
export async function commandOver(
  test: TestStore,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly said: readonly string[] }> {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const parts: Composition = {
    ...composition,
    openStore: async () => ({
      store: test.store,
      random: test.random,
      digests: test.keyring.digests,
      audit: test.keyring.audit,
      webhooks: test.keyring.webhooks,
      urls: localUrls('http://127.0.0.1'),
      persistently,
      async [Symbol.asyncDispose]() {},
    }),
    sources: (flags) => ({ ...composition.sources(flags), env: { POSTERN_MASTER_KEY: TEST_MASTER_KEY, ...env } }),
    terminal: { out: say, err: say },
  };
  return { code: await runCommand(args, parts), said };
}
