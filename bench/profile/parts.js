/**
 * Which part of the server a frame belongs to; the first rule that knows it wins. A native function has no address and belongs to
 * whoever called it, except where the caller says what it is. What the engine does without a frame of its own (`JSON.parse`,
 * `JSON.stringify`, regular expressions) counts for the function that asked for it.
 */
const RULES = [
  { part: '(idle)', name: '(idle)' },
  { part: 'garbage collection', name: '(garbage collector)' },
  { part: 'native code without a caller', name: '(program)' },
  { part: 'libsql: commit', url: /node_modules\/libsql\//, below: 'commit' },
  { part: 'libsql: begin', url: /node_modules\/libsql\//, below: 'begin' },
  { part: 'libsql: read', url: /node_modules\/libsql\//, name: /^(get|all|next|iterate)$/ },
  { part: 'libsql: write', url: /node_modules\/libsql\// },
  { part: 'PostgreSQL driver', url: /node_modules\/(pg|pg-[^/]+|postgres-[^/]+)\// },
  { part: 'JSON: request bodies', url: /dist\/http\/json-reader/ },
  { part: 'JSON: rows read', url: /dist\/storage\/sql\/row\./, name: 'document' },
  { part: 'crypto', url: /^node:(internal\/)?crypto/ },
  { part: 'crypto', url: /dist\/kernel\/(keys|sealed|random)\./ },
  {
    part: 'http engine: fastify',
    url: /node_modules\/(fastify|@fastify|find-my-way|avvio|light-my-request|secure-json-parse|fast-[^/]+)\//,
  },
  {
    part: 'http engine: node',
    url: /^node:(_http|http|net|internal\/(http|net|stream|streams|js_stream)|_stream|stream)/,
  },
  { part: 'node: events, timers, promises', url: /^node:/ },
];

/** The part of a frame; `ancestors` are its callers' frames, nearest first. */
export function partOf(frame, ancestors) {
  const rule = RULES.find(({ url, name, below }) => {
    if (url && !url.test(frame.url)) return false;
    if (name && !(typeof name === 'string' ? name === frame.functionName : name.test(frame.functionName))) return false;
    return !below || ancestors.some(({ functionName }) => functionName === below);
  });
  if (rule) return rule.part;
  const ours = /\/dist\/(?:([^/]+)\/)?[^/]+$|\/dist\/([^/]+)\//.exec(frame.url);
  if (ours) return `ours: ${ours[1] ?? ours[2] ?? 'src'}`;
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(frame.url);
  if (dependency) return `dependency: ${dependency[1]}`;
  const [caller, ...rest] = ancestors;
  return caller && caller.functionName !== '(root)' ? partOf(caller, rest) : 'native code without a caller';
}

/**
 * Microseconds by part, and by function in descending order, of a V8 CPU profile, from one instant to another (microseconds of the monotonic clock, as
 * in the profile): what comes before and after a steady state is not looked at.
 */
export function attribute(profile, from, to) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const ancestorsOf = (id) => {
    const frames = [];
    for (let at = parents.get(id); at !== undefined; at = parents.get(at)) frames.push(nodes.get(at).callFrame);
    return frames;
  };
  const self = new Map();
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    at += profile.timeDeltas[index];
    // A sample stands for the time until the next.
    const end = at + (profile.timeDeltas[index + 1] ?? 0);
    const micros = Math.min(end, to) - Math.max(at, from);
    if (micros > 0) self.set(id, (self.get(id) ?? 0) + micros);
  });
  const parts = new Map();
  const functions = new Map();
  for (const [id, micros] of self) {
    const { callFrame } = nodes.get(id);
    const part = partOf(callFrame, ancestorsOf(id));
    parts.set(part, (parts.get(part) ?? 0) + micros);
    if (part === '(idle)') continue;
    const where = callFrame.url.replace(/^.*\/(dist|node_modules)\//, '$1/');
    const text =
      `${callFrame.functionName || '(anonymous)'} ${where ? `${where}:${callFrame.lineNumber + 1}` : ''}`.trim();
    const key = `${part} ${text}`;
    functions.set(key, { function: text, part, micros: (functions.get(key)?.micros ?? 0) + micros });
  }
  const descending = [...functions.values()].sort((a, b) => b.micros - a.micros);
  return { parts, functions: descending };
}
