/** What the reset pages share: what they are given, who is visiting, and how a page says what was refused. */

import type { Clock } from '../../security-info/ports.ts';
import type { ResetDesk, ResetVisit } from '../../security-info/reset-desk.ts';
import type { RobotChallenge } from '../../security-info/robot-challenge.ts';
import type { Problem } from '../register/room.ts';
import { deviceOf } from '../shell/device.ts';
import type { OutsideStep } from '../shell/outside-routes.ts';
import type { DeviceCookie } from '../sign-in/device-cookie.ts';

/** What the reset room is given. */
export interface ResetRoom {
  readonly resetDesk: ResetDesk;
  readonly deviceCookie: DeviceCookie;
  readonly clock: Clock;
  /** A host's own way to tell people from programs, or null. */
  readonly robotChallenge: RobotChallenge | null;
}

/** Where the reset pages are. */
export const resetPath = '/reset';

/** The key of the flow of a browser's reset. */
export function resetFlowKey(browserId: string): string {
  return `reset:${browserId}`;
}

/** The visit of a request. */
export function visitOf(
  { ctx, browserId, words }: Pick<OutsideStep, 'ctx' | 'browserId' | 'words'>,
  { deviceCookie }: Pick<ResetRoom, 'deviceCookie'>,
): ResetVisit {
  return {
    flowKey: resetFlowKey(browserId),
    asker: {
      callerAddress: ctx.ip,
      clientId: null,
      locale: words.language,
      device: deviceOf(ctx.get('User-Agent')),
    },
    isKnownBrowser: (account) => deviceCookie.isKnownBrowser(ctx, account),
  };
}

/** What a page with a form shows besides its own: what was refused. */
export interface RefusablePage {
  readonly problem: Problem | null;
}
