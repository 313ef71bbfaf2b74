import { describe, expect, it } from 'vitest';
import type { CheckAssertionCommand, CommandName, Commands } from '../../src/authentication/command.js';
import { renderDiagram } from '../../src/authentication/diagram.js';
import type { Status } from '../../src/authentication/model.js';
import { linksOf, TABLE } from '../../src/authentication/table.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { ORIGIN } from '../helpers/passkey.js';
import type { SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { granted, refused, wrong } from './results.js';
import { id, World } from './world.js';

const COMMANDS: readonly CommandName[] = [
  'device.select',
  'otp.check',
  'assertion.check',
  'recoveryCode.check',
  'cancel.push.authentication',
];

/** A world with one flow in the status, reached by commands; `code` is the right one, if the flow has any. */
interface Scene {
  readonly world: World;
  readonly flow: Uuid;
  readonly code: string;
  readonly passkey: SoftAuthenticator;
}

const paired = (): { readonly world: World; readonly passkey: SoftAuthenticator } => {
  const world = new World();
  world.addDevice(1, 'SMS');
  world.addDevice(2, 'EMAIL');
  world.addRecoveryCodes('RECOVERYAA', 'RECOVERYBB');
  return { world, passkey: world.addPasskey(3) };
};

const SCENES: Record<Status, () => Scene> = {
  DEVICE_SELECTION_REQUIRED() {
    const { world, passkey } = paired();
    return { world, flow: granted(world.create()).flow.id, code: '123456', passkey };
  },
  OTP_REQUIRED() {
    const { world, passkey } = paired();
    const flow = granted(world.create({ selection: { kind: 'device', id: id(1) } })).flow.id;
    return { world, flow, code: world.code(flow), passkey };
  },
  ASSERTION_REQUIRED() {
    const { world, passkey } = paired();
    const flow = granted(world.create({ selection: { kind: 'device', id: id(3) } })).flow.id;
    return { world, flow, code: '123456', passkey };
  },
  COMPLETED() {
    const scene = SCENES.OTP_REQUIRED();
    granted(scene.world.check(scene.flow, scene.code));
    return scene;
  },
  FAILED() {
    const scene = SCENES.OTP_REQUIRED();
    granted(scene.world.cancel(scene.flow, 'SIGNOUT'));
    return scene;
  },
};

const STATUSES = Object.keys(TABLE) as Status[];

/** Variants of each command that between them should reach everything its cells announce. */
const VARIANTS: { readonly [C in CommandName]: readonly ((scene: Scene) => Commands[C]['command'])[] } = {
  'device.select': [() => ({ deviceId: id(1) }), () => ({ deviceId: id(2) }), () => ({ deviceId: id(3) })],
  'otp.check': [({ code }) => ({ otp: code }), ({ code }) => ({ otp: wrong(code) })],
  'assertion.check': [(scene) => assertion(scene), (scene) => assertion(scene, Buffer.from('no signature'))],
  'recoveryCode.check': [() => ({ code: 'RECOVERYBB' }), () => ({ code: 'RECOVERYCC' })],
  'cancel.push.authentication': [() => ({ reason: 'CHANGE_DEVICE' }), () => ({ reason: 'SIGNOUT' })],
};

/** By the scene's passkey; of no flow that asks for one, any text will do. */
function assertion({ world, flow, passkey }: Scene, signature?: Buffer): CheckAssertionCommand {
  if (world.flow(flow).state.status !== 'ASSERTION_REQUIRED') return { origin: ORIGIN, assertion: '{}' };
  const lies = signature ? { signature: () => signature } : {};
  return { origin: ORIGIN, assertion: passkey.assert(world.requestOptions(flow), ORIGIN, lies) };
}

describe('the table', () => {
  for (const status of STATUSES) {
    for (const command of COMMANDS) {
      const cell = TABLE[status][command];
      if (cell) {
        it(`${command} in ${status} leads where the cell says, and everywhere it says`, () => {
          const reached = new Set<Status>();
          for (const variant of VARIANTS[command]) {
            const scene = SCENES[status]();
            scene.world.run(command, scene.flow, variant(scene));
            reached.add(scene.world.flow(scene.flow).state.status);
          }
          if (command === 'otp.check') reached.add(statusAfterLastWrongCode());
          if (command === 'assertion.check') reached.add(statusAfterLastWrongAssertion());
          if (command === 'recoveryCode.check') reached.add(statusAfterLockByRecovery(status));
          expect([...reached].sort()).toEqual([...new Set(cell.leadsTo.map(({ to }) => to))].sort());
        });
      } else {
        it(`${command} in ${status} is refused, and nothing changes`, () => {
          for (const variant of VARIANTS[command]) {
            const scene = SCENES[status]();
            const before = structuredClone({ ...scene.world.flow(scene.flow), state: undefined });
            const { state } = scene.world.flow(scene.flow);
            const sent = scene.world.outbox.length;
            expect(refused(scene.world.run(command, scene.flow, variant(scene)))).toEqual({
              kind: 'WrongState',
              command,
              status,
            });
            expect(scene.world.writes).toEqual([]);
            expect(scene.world.events).toEqual([]);
            expect(scene.world.flow(scene.flow)).toMatchObject({ ...before, state });
            expect(scene.world.outbox.length).toBe(sent);
          }
        });
      }
    }
  }

  function statusAfterLastWrongAssertion(): Status {
    const scene = SCENES.ASSERTION_REQUIRED();
    const { world, flow } = scene;
    for (let n = 0; n < 3; n++)
      refused(world.run('assertion.check', flow, assertion(scene, Buffer.from('no signature'))));
    return world.flow(flow).state.status;
  }

  function statusAfterLockByRecovery(status: Status): Status {
    const { world, flow } = SCENES[status]();
    world.settings = { ...world.settings, lockout: { failureCount: 1, duration: 0 } };
    refused(world.run('recoveryCode.check', flow, { code: 'RECOVERYCC' }));
    return world.flow(flow).state.status;
  }

  function statusAfterLastWrongCode(): Status {
    const { world, flow, code } = SCENES.OTP_REQUIRED();
    for (let n = 0; n < 3; n++) refused(world.check(flow, wrong(code)));
    return world.flow(flow).state.status;
  }

  it('refuses to cancel a one-time flow, whatever the reason, and nothing changes', () => {
    for (const reason of ['CHANGE_DEVICE', 'ADD_DEVICE', 'SIGNOUT', 'DEFAULT'] as const) {
      const { world } = paired();
      const { flow } = granted(world.create({ selection: world.oneTime() }));
      expect(refused(world.cancel(flow.id, reason))).toEqual({
        kind: 'WrongState',
        command: 'cancel.push.authentication',
        status: 'OTP_REQUIRED',
      });
      expect(world.writes).toEqual([]);
    }
  });

  it('gives the documented links of every status', () => {
    const links = Object.fromEntries(
      STATUSES.map((status) => {
        const { world, flow } = SCENES[status]();
        return [status, linksOf(world.flow(flow).state)];
      }),
    );
    expect(links).toEqual({
      DEVICE_SELECTION_REQUIRED: ['device.select'],
      OTP_REQUIRED: ['device.select', 'otp.check'],
      ASSERTION_REQUIRED: ['device.select', 'assertion.check'],
      COMPLETED: [],
      FAILED: [],
    });
  });

  it('offers both links in a one-time flow, also when the user has no device', () => {
    const world = new World();
    const { flow } = granted(world.create({ selection: world.oneTime() }));
    expect(linksOf(flow.state)).toEqual(['device.select', 'otp.check']);
  });

  it('draws every cell', () => {
    const diagram = renderDiagram();
    for (const status of STATUSES)
      for (const cell of Object.values(TABLE[status]))
        for (const { to } of cell.leadsTo) expect(diagram).toContain(`${status} --> ${to}: `);
  });

  it('is what authentication/README.md shows (refresh with `npx vitest run test/authentication -u`)', async () => {
    const path = new URL('../../src/authentication/README.md', import.meta.url);
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(path, 'utf8');
    const block = /```mermaid\n[\s\S]*?\n```/;
    expect(text).toMatch(block);
    const fresh = text.replace(block, () => `\`\`\`mermaid\n${renderDiagram()}\n\`\`\``);
    await expect(fresh).toMatchFileSnapshot(path.pathname);
  });
});
