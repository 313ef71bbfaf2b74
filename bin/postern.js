#!/usr/bin/env node
import { ensureBuilt } from './build.js';

try {
  ensureBuilt();
} catch (error) {
  console.error(`postern: ${error.message}`);
  process.exit(1);
}
const { main } = await import('../dist/bundle/main.js');
await main(process.argv.slice(2));
