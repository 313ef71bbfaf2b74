import { composeContent, hasContent } from '../../delivery/content.js';
import type { Channel, OutboxMessage, Words } from '../../delivery/message.js';
import { ownWords } from '../../delivery/own-contents.js';
import { Type } from '../../kernel/json-schema.js';
import { countryOfPhone } from '../../kernel/numbering-plan.js';
import { accept, reject } from '../../kernel/outcome.js';
import { Redacted } from '../../kernel/sealed.js';
import { type CodeBinding, type IssuedCode, isExpired, issueCode, matchesCode } from '../../otp/code.js';
import { accountLockEpoch } from '../../platform/users/account.js';
import type { SentMethod } from '../../policies/model.js';
import { codeEpochOf } from '../counting/counting.js';
import type { Device } from '../model.js';
import { notOfLength, type Pairing, type PairingContext, type PairingDraws, required } from './pairing.js';

/**
 * Pairing by a code that the server sends to the contact (`20` §6.4). The code obeys the same rules as one that authenticates:
 * bound to this device and this send, kept as a keyed digest, dead once a later one, a lock or exhaustion has killed it.
 */
export function sentCodePairing(method: SentMethod, channel: Channel): Pairing {
  return {
    statuses: { admin: ['ACTIVE', 'ACTIVATION_REQUIRED'], self: ['ACTIVATION_REQUIRED'] },
    sends: true,
    onceMembers: { test: Type.Object({ otp: Type.String() }) },
    // Six to ten ASCII digits; the length it was issued with is judged with the device at hand (`10` §7.3, SEC-09).
    proof: { otp: Type.String({ pattern: '^[0-9]{6,10}$' }) },

    begin(device, { policyId, notification }, context, draws) {
      const { contents } = context.policy;
      const words =
        contents &&
        ownWords(contents, {
          template: 'device_pairing',
          channel,
          variant: notification?.variant,
          requestedLocale: notification?.locale,
          user: context.user,
        });
      if (!words && !hasContent('device_pairing', channel, notification?.variant)) return reject('NoContent');
      const { otpLength, lifeTime } = context.policy.methods[method];
      const replaced = device.activation?.code;
      const { code, issued } = issueCode(
        draws.digits,
        bindingOf(device, replaced ? replaced.sendNumber + 1 : 0),
        { length: otpLength, lifeTime, epoch: codeEpochOf(context.factors, device.type, device) },
        context.now,
        context.digests,
      );
      const sentByPhone = channel !== 'EMAIL' && !device.testMode && device.secret;
      const pending: Device = {
        ...device,
        activation: {
          policyId,
          accountEpoch: accountLockEpoch(context.factors),
          ...(notification ? { notification } : {}),
          code: issued,
          ...(sentByPhone ? { country: countryOfPhone(context.open(sentByPhone)) } : {}),
          ...(replaced ? { replaced } : {}),
        },
      };
      if (device.testMode) return accept({ device: pending, once: { test: { otp: code } } });
      return accept({
        device: pending,
        message: messageFor(pending, code, issued, { channel, words }, context, draws),
        once: {},
      });
    },

    judge(device, { otp }, context) {
      if (typeof otp !== 'string') return required('otp');
      const code = device.activation?.code;
      if (!code) return { kind: 'dead' };
      if (otp.length !== code.length) return notOfLength('otp', code.length);
      if (!isAlive(device, code, context)) return { kind: 'dead' };
      const matches = (issued: IssuedCode): boolean =>
        matchesCode(otp, bindingOf(device, issued.sendNumber), issued, context.digests);
      if (matches(code)) return { kind: 'right' };
      const { replaced } = device.activation;
      return { kind: 'wrong', replayed: replaced !== undefined && matches(replaced) };
    },
  };
}

/** The device is its own subject: no other device, flow or send takes this code (SEC-06). */
function bindingOf(device: Device, sendNumber: number): CodeBinding {
  return { environmentId: device.environmentId, subject: device.id, device: device.id, purpose: 'pairing', sendNumber };
}

function isAlive(device: Device, code: IssuedCode, { factors, policy, now }: PairingContext): boolean {
  if (isExpired(code, now) || code.epoch !== codeEpochOf(factors, device.type, device)) return false;
  return policy.ignoreUserLock || device.activation?.accountEpoch === accountLockEpoch(factors);
}

function messageFor(
  device: Device,
  otp: string,
  issued: IssuedCode,
  { channel, words }: { readonly channel: Channel; readonly words: Words | undefined },
  { user, now, open }: PairingContext,
  { messageId }: PairingDraws,
): OutboxMessage {
  if (!device.secret) throw new TypeError(`device ${device.id} has no contact`);
  const { extension } = device.details;
  const { notification } = device.activation ?? {};
  const content = composeContent({
    to: open(device.secret),
    extension: typeof extension === 'string' ? extension : undefined,
    template: 'device_pairing',
    requestedLocale: notification?.locale,
    user,
    otp,
    words,
    // Its texts are approved by the provider, with the code as their one variable (`20` §18.1, `30` §9.2).
    variables: channel === 'WHATSAPP' ? undefined : notification?.variables,
  });
  return {
    id: messageId,
    environmentId: device.environmentId,
    channel,
    userId: device.userId,
    deviceId: device.id,
    content: new Redacted(JSON.stringify(content)),
    deadline: issued.expiresAt,
    createdAt: now,
  };
}
