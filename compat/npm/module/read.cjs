// Reads a whole directory with the Backstage module, as its catalogue does, and prints what it found as one line of JSON. Runs
// in the folder where the module is installed; its configuration is in the variable COMPAT_CONFIG.
const { ConfigReader } = require('@backstage/config');

const part = (path) => require(`@backstage-community/plugin-catalog-backend-module-pingidentity/dist/${path}.cjs.js`);
const { PingIdentityEntityProvider } = part('providers/PingIdentityEntityProvider');
const { PingIdentityClient } = part('lib/client');

const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

async function main() {
  const settings = JSON.parse(process.env.COMPAT_CONFIG);
  const configuration = new ConfigReader({ catalog: { providers: { pingIdentityOrg: { postern: settings } } } });
  const [provider] = PingIdentityEntityProvider.fromConfig(configuration, { logger: silent, schedule: 'manual' });
  let entities = [];
  await provider.connect({
    async applyMutation(mutation) {
      entities = mutation.entities.map(({ entity }) => entity);
    },
  });
  await provider.read();

  // A token that has expired since: the module asks for another and goes on.
  const client = new PingIdentityClient(settings);
  client.tokenCredential = 'no-longer-valid';
  const again = await client.getUsers(settings.userQuerySize);

  const kind = (name) => entities.filter((entity) => entity.kind === name);
  const members = {};
  for (const user of kind('User')) for (const group of user.spec.memberOf) members[group] = (members[group] ?? 0) + 1;
  console.log(
    JSON.stringify({
      users: kind('User').length,
      names: new Set(kind('User').map(({ metadata }) => metadata.name)).size,
      displayName: kind('User').find(({ metadata }) => metadata.name === 'user-000')?.spec.profile.displayName,
      groups: kind('Group').map(({ metadata }) => metadata.name),
      members,
      usersAfterRefresh: again.length,
    }),
  );
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
