/**
 * `node bin/bundle.js <folder>`: what `<folder>/main.js` loads, put together in few files below `<folder>/bundle`, because loading
 * a module costs a third of a millisecond however small it is (docs/decisions/0017). What is imported when it is needed stays apart.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const [folder = 'dist'] = process.argv.slice(2);

/** Packages stay packages, but for one of some hundred small modules. */
const isPackage = (id) => !id.startsWith('.') && !isAbsolute(id) && !id.startsWith('typebox');

// Paths stand in the output, and its names are hashes of it: they shall not tell where it was built.
const bundle = await rolldown({ cwd: resolve(folder), input: './main.js', platform: 'node', external: isPackage });
await bundle.write({
  dir: join(folder, 'bundle'),
  format: 'esm',
  sourcemap: true,
  chunkFileNames: '[name]-[hash].js',
  banner: '// Built from the sources of Postern (Apache-2.0), and of typebox (MIT), whose licence is in its package.',
});
await bundle.close();
