import { uuidOf } from '../kernel/ids.js';
import { factoryPolicy } from '../policies/defaults.js';
import type { SeedFile } from './seed/schema.js';
import { type World, worldOf } from './seed/world.js';

const METHODS = ['sms', 'voice', 'email', 'whatsApp'] as const;

/** Published: it protects nothing. */
const DEMO_CLIENT_ID = uuidOf('de300c11-e470-4dde-8000-00000000c11e');
const DEMO_CLIENT_SECRET = 'demo-secret-never-use-in-production';

/** What `postern dev` begins with: ids as in the reference's examples, so that these can be pasted. */
const DEMO: SeedFile = {
  environments: [
    {
      id: 'abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6',
      name: 'Demo',
      type: 'SANDBOX',
      region: 'EU',
      deviceAuthenticationPolicies: [
        {
          id: '5a0a0950-8a81-4739-b12a-f4d6a11c7a82',
          ...factoryPolicy({ name: 'Demo', default: true, sentMethods: METHODS }),
        },
        {
          id: '9761c24a-208d-0499-1bf6-39905184a4e1',
          ...factoryPolicy({ name: 'Demo, second', default: false, sentMethods: METHODS }),
        },
      ],
      users: [
        {
          id: '991776fd-145b-499e-8237-2c62aef35b2c',
          username: 'maria.lopez',
          email: 'maria.lopez@example.org',
          name: { given: 'Maria', family: 'Lopez' },
        },
        {
          id: '788d4931-6936-43f2-82ff-178f5762298a',
          username: 'jo.miller',
          email: 'jo.miller@pingidentity.com',
          name: { given: 'Jo', family: 'Miller' },
          devices: [{ id: 'ea055ca3-2b5b-4766-9628-95fc03f4ec9b', type: 'EMAIL', email: 'jo.miller@pingidentity.com' }],
        },
        {
          id: '8cc45fa5-214e-429b-b91c-e900075c3e43',
          username: 'sam.taylor',
          email: 'sam.taylor@example.org',
          name: { given: 'Sam', family: 'Taylor' },
        },
      ],
      clients: [{ id: DEMO_CLIENT_ID, name: 'Demo client', secret: DEMO_CLIENT_SECRET }],
    },
  ],
};

/** The demo environment. Its client, and no other, is taken by Basic and by form (`00` §5.1: some clients probe). */
export function demoWorld(): World {
  return {
    environments: worldOf(DEMO).environments.map((environment) => ({
      ...environment,
      clients: environment.clients.map(({ application, secret }) => ({
        application: { ...application, anySecretMethod: true },
        secret,
      })),
    })),
  };
}
