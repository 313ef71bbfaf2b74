/**
 * What a run showed: `check` notes one thing that held or did not, `absent` one operation that the server is known not to have and
 * what it belongs to, `skip` one client that could not be run and why. `text` is the table and the list of what is absent, `counts`
 * the sums.
 */
export function createReport(print = console.log) {
  const checks = [];
  const missing = [];
  const skipped = [];
  return {
    check(client, subject, step, failure) {
      checks.push({ client, subject, step, failure });
      if (failure !== undefined) print(`  failed: ${client}, ${subject}, ${step}: ${failure}`);
    },
    absent(client, subject, step, what) {
      missing.push({ client, subject, step, what });
    },
    skip(client, reason) {
      skipped.push({ client, reason });
      print(`skipped: ${client}: ${reason}`);
    },
    say: print,
    checks,
    counts: () => ({
      passed: checks.filter(({ failure }) => failure === undefined).length,
      failed: checks.filter(({ failure }) => failure !== undefined).length,
      absent: missing.length,
      skipped: skipped.length,
    }),
    text: () => [tables(checks), ...absences(missing)].filter((part) => part !== '').join('\n\n'),
  };
}

/** One table for each client: a row for each subject; with few steps in common a column for each, else how many held. */
function tables(checks) {
  return unique(checks.map(({ client }) => client))
    .map((client) => {
      const mine = checks.filter((check) => check.client === client);
      const subjects = unique(mine.map(({ subject }) => subject));
      const steps = unique(mine.map(({ step }) => step));
      const rows = steps.length <= 8 ? byStep(mine, subjects, steps) : counted(mine, subjects);
      return aligned([client, ...rows.head], rows.body);
    })
    .join('\n\n');
}

/** One line for each thing that is absent, and the operations below it. */
function absences(missing) {
  return unique(missing.map(({ what }) => what)).map((what) => {
    const steps = missing.filter((one) => one.what === what);
    const lines = steps.map(({ client, subject, step }) => `  ${client}, ${subject}, ${step}`);
    return [`absent: ${what}`, ...lines].join('\n');
  });
}

function byStep(checks, subjects, steps) {
  const cell = (subject, step) => {
    const found = checks.filter((check) => check.subject === subject && check.step === step);
    if (found.length === 0) return '-';
    return found.every(({ failure }) => failure === undefined) ? 'ok' : 'FAILED';
  };
  return { head: steps, body: subjects.map((subject) => [subject, ...steps.map((step) => cell(subject, step))]) };
}

function counted(checks, subjects) {
  const body = subjects.map((subject) => {
    const mine = checks.filter((check) => check.subject === subject);
    const failed = mine.filter(({ failure }) => failure !== undefined).length;
    return [subject, String(mine.length - failed), failed === 0 ? '-' : `${failed} FAILED`];
  });
  return { head: ['ok', 'failed'], body };
}

function aligned(head, body) {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

function unique(values) {
  return [...new Set(values)];
}
