/**
 * A caller of the management API: `call(method, path, body?, contentType?)` returns the decoded answer and rejects, with the
 * answer's text, on any status but 2xx. `token` is a worker's.
 */
export async function signIn({ authPath, apiPath, environmentId, clientId, clientSecret }) {
  const answer = await fetch(`${authPath}/${environmentId}/as/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = await decoded(answer);
  const call = async (method, path, body, contentType = 'application/json') =>
    decoded(
      await fetch(`${apiPath}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': contentType }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return { token, call };
}

async function decoded(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The organization and its first active licence: what a client needs to create environments. */
export async function licence({ call }) {
  const { _embedded: organizations } = await call('GET', '/organizations');
  const [organization] = organizations.organizations;
  const { _embedded: licenses } = await call('GET', `/organizations/${organization.id}/licenses`);
  const [license] = licenses.licenses.filter(({ status }) => status === 'ACTIVE');
  return { organizationId: organization.id, licenseId: license.id };
}
