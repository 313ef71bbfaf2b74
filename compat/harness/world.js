/**
 * As a seed file: an environment with a worker that may do everything and one that sends its secret in the form, and further
 * environments by their names.
 */
export function seed({ names = [], region = 'NA' } = {}) {
  const clients = [
    { name: 'Worker', id: '6b1f0a52-4c3e-4d7a-9f10-2a7c5e8d9b01', secret: 'compat-worker-for-tests' },
    {
      name: 'Worker with the form',
      id: '6b1f0a52-4c3e-4d7a-9f10-2a7c5e8d9b02',
      secret: 'compat-form-worker-for-tests',
      tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    },
  ];
  return { environments: [{ name: 'Compatibility', region, clients }, ...names.map((name) => ({ name, region }))] };
}
