/** The ids by which the provider imports a resource, after the environment's, by type; others go by `{environment}/{id}`. */
const IMPORT_IDS = {
  pingone_environment: ({ id }) => [id],
  pingone_mfa_settings: ({ environment_id }) => [environment_id],
  pingone_notification_settings: ({ environment_id }) => [environment_id],
  pingone_notification_settings_email: ({ environment_id }) => [environment_id],
  pingone_mfa_device_policy_default: ({ environment_id }) => [environment_id],
  pingone_population_default: ({ environment_id }) => [environment_id],
  pingone_mfa_application_push_credential: (values) => [values.environment_id, values.application_id, values.id],
  pingone_application_role_assignment: (values) => [values.environment_id, values.application_id, values.id],
  pingone_notification_template_content: (values) => [values.environment_id, values.template_name, values.id],
  pingone_sign_on_policy_action: (values) => [values.environment_id, values.sign_on_policy_id, values.id],
  pingone_user_group_assignment: (values) => [values.environment_id, values.user_id, values.group_id],
};

/** Blocks that import what a state (`terraform show -json`) holds. */
export function importBlocks(state) {
  const resources = (state.values?.root_module?.resources ?? []).filter(({ mode }) => mode === 'managed');
  return resources.map(({ address, type, values }) => {
    const id = (IMPORT_IDS[type] ?? ((all) => [all.environment_id, all.id]))(values).join('/');
    return `import {\n  to = ${address}\n  id = "${id}"\n}\n`;
  });
}

/** What a plan (`terraform show -json`) would do to resources, but for what only the sender of a secret can know. */
export function unexpectedChanges(plan) {
  return (plan.resource_changes ?? [])
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ address, change }) => {
      if (change.actions.join() === 'no-op') return [];
      if (change.actions.join() === 'create') return [`${address} would be created`];
      const paths = change.replace_paths ?? differing(change.before, change.after, change.after_unknown);
      const open = paths.filter((path) => !isSecret(path, change));
      return open.length === 0 ? [] : [`${address}: ${open.map((path) => path.join('.')).join(', ')}`];
    });
}

/** Paths of the values that differ; one that is known after the change only does not. */
function differing(before, after, unknown, path = []) {
  if (unknown === true || JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isContainer(before) && !isContainer(after)) return [path];
  // Entries of a set have no place of their own: it differs as a whole.
  if (Array.isArray(before) || Array.isArray(after)) return [path];
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((name) => differing(before?.[name], after?.[name], unknown?.[name], [...path, name]));
}

/** Whether every value at the path is marked as sensitive: the API never tells it, so an import cannot know it. */
function isSecret(path, { after, after_sensitive: marks }) {
  const value = path.reduce((at, name) => at?.[name], after);
  const mark = path.reduce((at, name) => (at === true ? true : at?.[name]), marks);
  return allMarked(value, mark);
}

function allMarked(value, mark) {
  if (mark === true) return true;
  if (!isContainer(value) || Array.isArray(value)) return false;
  return Object.entries(value).some(([name, member]) => member !== null && mark?.[name] === true);
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}
