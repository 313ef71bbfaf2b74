import { Type } from '../../kernel/json-schema.js';
import type { SingletonResource } from '../managed/resource.js';
import { refersTo } from '../managed/rules.js';
import { ShownImage } from './themes.js';

/** Whose pages an environment's are (public SDK: `BrandingSettings`). Documents: no page of this server shows them. */
export const brandingSettings: SingletonResource = {
  kind: 'brandingSettings',
  schema: Type.Object({
    // Empty: none.
    companyName: Type.Optional(Type.String({ maxLength: 256 })),
    logo: Type.Optional(ShownImage),
  }),
  noun: 'BRANDING_SETTINGS',
  rules: [refersTo('image', 'logo.id', 'an image')],
  factory: () => ({}),
};
