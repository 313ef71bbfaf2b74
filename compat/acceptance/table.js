/** What a failure comes from, by what the test said; the first that fits. Anything else is a fault of the server's. */
const CAUSES = [
  [/pingone_key\b|CreateKey/, 'absent: keys of an environment'],
  [/pingone_certificate|CreateCertificate/, 'absent: certificates'],
  [/pingone_agreement/, 'absent: agreements'],
  [/pingone_image|CreateImage/, 'absent: images'],
  [/pingone_identity_provider|IdentityProvider/, 'absent: external identity providers'],
  [/pingone_password_policy|PasswordPolic/, 'absent: password policies'],
  [/pingone_gateway|Gateway/, 'absent: gateways'],
  [/pingone_branding|pingone_form\b|BrandingTheme/, 'absent: pages of the vendor'],
  [/SchemaAttribute|pingone_schema/, 'absent: custom user attributes'],
  [/pingone_resource|ResourceScope|ResourceAttribute/, 'absent: resources and scopes'],
  [/RoleAssignment|pingone_custom_role|CustomRole/, 'absent: role assignments of users and groups, custom roles'],
  [/[Dd]omain|TrustedEmail/, 'absent: trusted domains and addresses'],
];

/**
 * The acceptance tests as a page: the counts, and for each package a table of test, result and reason. `rows` is what `results`
 * gathered; nothing in the page tells when or where it was made.
 */
export function acceptancePage(rows) {
  const packages = [...new Set(rows.map((row) => row.package))];
  return `${[
    '# The Terraform provider’s own acceptance tests',
    'Written by `npm run compat -- acceptance --page` (see [README](README.md)); not edited by hand. A test that is skipped skips itself.',
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

function reason({ result, said }) {
  const text = said.join(' ');
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
