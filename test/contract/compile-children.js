// Compiles the programs of `processes/` into a folder, where node runs them: node compile-children.js <folder>.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const programs = fileURLToPath(new URL('./processes/', import.meta.url));
await build({
  configFile: false,
  envDir: false,
  publicDir: false,
  logLevel: 'error',
  build: {
    ssr: true,
    outDir: process.argv[2],
    emptyOutDir: true,
    minify: false,
    target: 'node20',
    rolldownOptions: {
      input: Object.fromEntries(readdirSync(programs).map((file) => [basename(file, '.ts'), join(programs, file)])),
    },
  },
});
