/**
 * Gathers what `go test -json` prints: `line` takes one line of it, `text` is the list of the tests, each with its result, and
 * for one that did not pass the first lines of what it said; `rows` are the same for a page. `say` hears each result as it comes.
 */
export function createResults(say = () => {}) {
  const tests = new Map();
  const rows = () =>
    [...tests.values()]
      .toSorted((one, other) => order(one.package, other.package) || order(one.name, other.name))
      .map(({ said, ...test }) => ({ ...test, said: test.result === 'pass' ? [] : reason(said) }));
  return {
    line(text) {
      const event = parsed(text);
      if (!event?.Test || event.Test.includes('/')) return;
      const key = `${event.Package ?? ''} ${event.Test}`;
      const { Package: name = '' } = event;
      const test = tests.get(key) ?? {
        package: name.slice(name.lastIndexOf('/') + 1),
        name: event.Test,
        result: 'unfinished',
        seconds: 0,
        said: [],
      };
      tests.set(key, test);
      if (event.Action === 'output') test.said.push(event.Output);
      if (['pass', 'fail', 'skip'].includes(event.Action)) {
        test.result = event.Action;
        test.seconds = event.Elapsed ?? 0;
        say(heading(test));
      }
    },
    get size() {
      return tests.size;
    },
    rows,
    text() {
      const all = rows();
      const lines = all.flatMap((test) => [
        heading(test),
        ...test.said.slice(0, LINES_SHOWN).map((line) => `             ${line}`),
      ]);
      const count = (result) => all.filter((test) => test.result === result).length;
      const failed = count('fail') + count('unfinished');
      return [...lines, '', `${count('pass')} passed, ${failed} failed, ${count('skip')} skipped`].join('\n');
    },
  };
}

const LINES_SHOWN = 30;
const order = (one, other) => (one < other ? -1 : Number(one > other));

function heading({ result, name, seconds }) {
  return `${result.padEnd(10)} ${name}${seconds > 0 ? ` (${seconds.toFixed(0)} s)` : ''}`;
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
    .map((line) => line.slice(0, 240));
}
