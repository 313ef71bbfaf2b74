import { APPLICATION_READINGS } from './applications.js';
import { AUTHENTICATION_READINGS } from './authentications.js';
import { DEVICE_READINGS } from './devices.js';
import { PLATFORM_READINGS } from './platform.js';
import { POLICY_READINGS } from './policies.js';
import type { ReadingGroup } from './reading.js';
import { USER_READINGS } from './users.js';

/** Everything the reference leaves open that this release answers. */
export const READINGS: readonly ReadingGroup[] = [
  AUTHENTICATION_READINGS,
  DEVICE_READINGS,
  POLICY_READINGS,
  PLATFORM_READINGS,
  APPLICATION_READINGS,
  USER_READINGS,
];
