import type { Millis } from '../../kernel/clock.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import { checked, notReferredToBy, oneDefault, refersTo, unique } from '../../platform/managed/rules.js';
import type { StoredDocument } from '../../platform/model.js';
import { documentProblems } from '../rules.js';
import { isPolicyDocument, PolicyDocument } from './policy-document.js';

const KIND = 'deviceAuthenticationPolicy';

/**
 * Device authentication policies of an environment (wire: `30` §1). `longestLifeTime` is of codes, for policies that are written
 * from now on; absent: what the reference allows (SEC-08).
 */
export function deviceAuthenticationPolicies(longestLifeTime?: Millis): ManagedResource {
  return {
    kind: KIND,
    schema: PolicyDocument,
    noun: 'DEVICE_AUTHENTICATION_POLICY',
    rules: [
      checked((document) => (isPolicyDocument(document) ? documentProblems(document, longestLifeTime) : [])),
      unique(KIND, 'name'),
      oneDefault(KIND),
      refersTo('notificationsPolicy', 'notificationsPolicy.id', 'a notification policy'),
      refersTo('application', 'mobile.applications.*.id', 'a native application', { serves: isNative }),
      refersTo('fido2Policy', 'fido2.fido2PolicyId', 'a FIDO policy'),
      notReferredToBy('signOnPolicyAction', 'deviceAuthenticationPolicy.id'),
    ],
  };
}

/**
 * Whether an application can be named (`30` §1.3.3). One without a `mobile` section can: the Terraform provider's own tests name one
 * in the default policy.
 */
function isNative({ body }: StoredDocument): boolean {
  return body['protocol'] === 'OPENID_CONNECT' && (body['type'] === 'NATIVE_APP' || body['type'] === 'CUSTOM_APP');
}
