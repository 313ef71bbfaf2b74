// `npm start`: build when needed, then `postern dev` in this same process, so that signals and arguments reach it.
import { ensureBuilt } from './build.js';

try {
  ensureBuilt();
} catch (error) {
  console.error(`postern: ${error.message}`);
  process.exit(1);
}
const { main } = await import('../dist/bundle/main.js');
await main(['dev', ...process.argv.slice(2)]);
