/** A worker that may do everything, one that sends its secret in the form, and an environment for them, as a seed file. */
export function seed(...names) {
  const clients = [
    { name: 'Worker', id: '6b1f0a52-4c3e-4d7a-9f10-2a7c5e8d9b01', secret: 'compat-worker-for-tests' },
    {
      name: 'Worker with the form',
      id: '6b1f0a52-4c3e-4d7a-9f10-2a7c5e8d9b02',
      secret: 'compat-form-worker-for-tests',
      tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    },
  ];
  return { environments: [{ name: 'Compatibility', clients }, ...names.map((name) => ({ name }))] };
}
