// Runs a TypeScript module of the tests as a process of its own: node run-child.js <module> <arguments…>.
import { runnerImport } from 'vite';

const [, , module, ...args] = process.argv;
const { module: loaded } = await runnerImport(module);
await loaded.main(args);
