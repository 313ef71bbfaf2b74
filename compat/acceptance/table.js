/** What a failure comes from, by the test's name and what it said; the first that fits. Anything else is a fault of the server's. */
const CAUSES = [
  [/CreateAgreement/, 'absent: agreements'],
  [
    /PopulationDataSource_ByNameFull/,
    'expects Polish among the predefined languages, which the reference does not list',
  ],
  [/CreateGatewayCredential/, 'absent: credentials of gateways'],
  [/UpdateTranslations/, 'absent: words of the vendor’s pages, whose keys and texts only the vendor has'],
  [/TestAccImage_JPG|TestAccBrandingTheme_(Full|Change)/, 'partial: a JPEG is shown as it came'],
  [/TestAccTrustedEmailAddress_BadParameters/, 'looks for a text in one line that the provider prints in two'],
  [/SchemaAttribute|pingone_schema/, 'absent: custom attributes of users'],
  [/CustomRole/, 'absent: custom roles'],
  [/FlowPolic|DaVinci|davinci/, 'absent: flows of the vendor’s orchestration'],
  [/Application\w*AttributeMapping/, 'absent: attribute mappings'],
  [/TestAccWebhook_TCP/, 'partial: subscriptions over HTTPS alone'],
  [/provider packages/, 'needs another provider, from a registry that was not reached'],
  [/Deployment ID not found|TestAccEnvironmentDataSource_Workforce/, 'needs the vendor’s workforce product'],
  [/TestAccEnvironment_NonCompatibleRegion/, 'every region is one label of one licence here'],
  [/billing_connection_ids|TestAccLicenses?DataSource_By/, 'expects the tenant that the vendor tests in'],
];

/**
 * The acceptance tests as a page: the counts, and for each package a table of test, result and reason. `rows` is what `results`
 * gathered; nothing in the page tells when or where it was made.
 */
export function acceptancePage(rows) {
  const packages = [...new Set(rows.map((row) => row.package))];
  return `${[
    '# The Terraform provider’s own acceptance tests',
    'Written by `npm run compat -- acceptance --page` (see [README](README.md)), from one run or several, of which the later one counts for a test. A test that is skipped skips itself.',
    summary(rows, packages),
    ...packages.map((name) =>
      section(
        name,
        rows.filter((row) => row.package === name),
      ),
    ),
  ].join('\n\n')}\n`;
}

function summary(rows, packages) {
  const line = (name, mine) => `| ${name} | ${RESULTS.map((result) => mine.filter(is(result)).length).join(' | ')} |`;
  return [
    '| package | passed | failed | skipped |',
    '|---|---|---|---|',
    ...packages.map((name) =>
      line(
        `\`${name}\``,
        rows.filter((row) => row.package === name),
      ),
    ),
    line('all', rows),
  ].join('\n');
}

const RESULTS = ['pass', 'fail', 'skip'];
/** One that did not end failed. */
const is = (result) => (row) => row.result === result || (result === 'fail' && !RESULTS.includes(row.result));

function section(name, rows) {
  return [
    `## \`${name}\``,
    '',
    '| test | result | reason |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.name} | ${row.result} | ${row.result === 'pass' ? '' : reason(row)} |`),
  ].join('\n');
}

function reason({ name, result, said }) {
  const text = [name, ...said].join(' ');
  const words = escaped((said.find((line) => /Error/.test(line)) ?? said[0] ?? 'nothing was said').replace(UNIQUE, ''));
  const detail = /Code:\s*([A-Z_]+)\s+(?:Message:\s*(.*?)\s*)?Target:\s*(\S+)/.exec(text);
  const cause = result === 'skip' ? undefined : CAUSES.find(([pattern]) => pattern.test(text))?.[1];
  return [cause && `**${cause}**`, words, detail && escaped(`${detail[1]} ${detail[3]}`)].filter(Boolean).join(': ');
}

/** Where in the test it was said. */
const UNIQUE = /^\S+_test\.go:\d+: |^acctest\.go:\d+: /;

function escaped(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').slice(0, 200);
}
