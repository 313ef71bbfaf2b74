/** Postern as it was compiled, file by file, so that a profile tells which folder of the sources a function is from. */
import { main } from '../../dist/main.js';

await main(process.argv.slice(2));
