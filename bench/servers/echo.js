/** Bare node:http that stores nothing: the ceiling of any server on this Node. argv: port (0: any) */
import { serveMfa } from './mfa-server.js';
import { completedAnswer, createdAnswer, newOtp, timeOrderedId } from './mfa-work.js';

serveMfa(
  { create: () => createdAnswer(timeOrderedId(), newOtp()), check: (id) => completedAnswer(id) },
  Number(process.argv[2] ?? 0),
);
