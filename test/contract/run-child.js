// Runs a TypeScript module of the tests as a process of its own: node run-child.js <module> <arguments…>.
import { createRunnableDevEnvironment, resolveConfig } from 'vite';

const config = await resolveConfig(
  {
    configFile: false,
    envDir: false,
    cacheDir: process.cwd(),
    environments: {
      child: {
        consumer: 'server',
        dev: { moduleRunnerTransform: true },
        resolve: { external: true, mainFields: [], conditions: ['node'] },
      },
    },
  },
  'serve',
);
const environment = createRunnableDevEnvironment('child', config, {
  runnerOptions: { hmr: { logger: false } },
  hot: false,
});
await environment.init();
const [, , module, ...args] = process.argv;
try {
  const { main } = await environment.runner.import(module);
  // Within: what a program imports while it runs is compiled too.
  await main(args);
} finally {
  await environment.close();
}
