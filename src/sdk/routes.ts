import type { RawRoute } from '../http/raw.js';
import { WEBAUTHN_MODULE } from './webauthn.js';

/** Files for the pages of relying parties, whatever their origin: public, the same for everybody, without cookies. */
export function sdkRoutes(): readonly RawRoute[] {
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=300',
  };
  return [
    {
      method: 'GET',
      path: '/sdk/webauthn.js',
      handle: async () => ({ status: 200, headers, body: WEBAUTHN_MODULE }),
    },
  ];
}
