import { randomUUID } from 'node:crypto';
import { PADDING } from './mfa-server.js';

/** Time-ordered, as the server's are: rows come at the right edge of the key. */
export function timeOrderedId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export function newOtp() {
  return String(Math.floor(Math.random() * 1e6)).padStart(6, '0');
}

/** What the floor stores, and what it answers with. */
export const openDocument = (otp) => JSON.stringify({ status: 'OTP_REQUIRED', otp, padding: PADDING });
export const completedDocument = () => JSON.stringify({ status: 'COMPLETED', padding: PADDING });
export const createdAnswer = (id, otp) => ({ id, status: 'OTP_REQUIRED', test: { otp }, padding: PADDING });
export const completedAnswer = (id) => ({ id, status: 'COMPLETED', padding: PADDING });
