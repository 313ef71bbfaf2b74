// Runs a compiled program of `processes/`: node run-child.js <module> <arguments…>.
import { pathToFileURL } from 'node:url';

const [, , module = '', ...args] = process.argv;
const { main } = await import(pathToFileURL(module));
await main(args);
