/**
 * The operations that a server has answered with success, by the ids of its routes, read from its own metrics (docs/metrics.md).
 * `metrics` is the text that `GET /metrics` answers.
 */
export function answeredIn(metrics) {
  const ids = new Set();
  for (const [, labels = '', count] of metrics.matchAll(/^postern_http_requests_total\{([^}]*)\} (\S+)$/gm)) {
    const label = (name) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (Number(count) > 0 && /^[23]/.test(label('status'))) ids.add(label('operation'));
  }
  return ids;
}

const answered = new Set();

/** Asks a server that is about to end; one that does not answer has shown nothing. */
export async function noteAnswered(port) {
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  for (const id of answeredIn(metrics)) answered.add(id);
}

/** What all servers since the last call have answered, sorted. */
export function takeAnswered() {
  const ids = [...answered].sort();
  answered.clear();
  return ids;
}
