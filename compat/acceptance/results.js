/**
 * Gathers what `go test -json` prints: `line` takes one line of it, `text` is the list of the tests, each with its result, and
 * for one that did not pass the first lines of what it said.
 */
export function createResults() {
  const tests = new Map();
  return {
    line(text) {
      const event = parsed(text);
      if (!event?.Test || event.Test.includes('/')) return;
      const test = tests.get(event.Test) ?? { result: 'unfinished', seconds: 0, said: [] };
      tests.set(event.Test, test);
      if (event.Action === 'output') test.said.push(event.Output);
      if (['pass', 'fail', 'skip'].includes(event.Action)) {
        test.result = event.Action;
        test.seconds = event.Elapsed ?? 0;
      }
    },
    get size() {
      return tests.size;
    },
    text() {
      const rows = [...tests].toSorted(([one], [other]) => (one < other ? -1 : 1));
      const lines = rows.flatMap(([name, test]) => [
        `${test.result.padEnd(10)} ${name}${test.seconds > 0 ? ` (${test.seconds.toFixed(0)} s)` : ''}`,
        ...(test.result === 'pass' ? [] : reason(test.said)),
      ]);
      const count = (result) => rows.filter(([, test]) => test.result === result).length;
      const failed = count('fail') + count('unfinished');
      return [...lines, '', `${count('pass')} passed, ${failed} failed, ${count('skip')} skipped`].join('\n');
    },
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The lines of the output that say what was wrong. */
function reason(said) {
  const lines = said
    .join('')
    .split('\n')
    .map((line) => line.trim());
  const from = lines.findIndex((line) => /Error|error:|panic|Step \d+\/\d+|[Ss]kip/.test(line));
  return lines
    .slice(Math.max(from, 0))
    .filter((line) => !/^[│╷╵\s]*$|^(---|===) |CLI configuration|terraformrc/.test(line))
    .slice(0, 12)
    .map((line) => `             ${line.slice(0, 240)}`);
}
