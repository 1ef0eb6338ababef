/** What the pages of the user's own account are given, and how a sign-in goes on that was spared. */
import type { OwnDesk, Renewal } from '../../security-info/own-desk.ts';
import type { Clock } from '../../security-info/ports.ts';
import type { DoneWord } from '../register/overview.ts';
import type { SecurityInfoRoom } from '../register/room.ts';
import type { Step } from '../shell/contract.ts';
import { waitUntil } from '../shell/wait.ts';
import type { DeviceCookie } from '../sign-in/device-cookie.ts';
import type { DoneCookie } from './done-cookie.ts';

/** What the rooms of the user's own account are given. */
export interface OwnRoom extends SecurityInfoRoom {
  readonly ownDesk: OwnDesk;
  readonly clock: Clock;
  readonly doneCookie: DoneCookie;
  /** Null where the host's own sign-in pages know browsers. */
  readonly deviceCookie: Pick<DeviceCookie, 'remember'> | null;
}

/** Goes on with the same sign-in, as new as the change: answered once that second has begun. */
export async function goOnRenewed(
  step: Step,
  room: Pick<OwnRoom, 'clock' | 'doneCookie'>,
  { signedInAt }: Renewal,
  done: DoneWord,
): Promise<void> {
  room.doneCookie.write(step, done);
  await waitUntil(signedInAt, room.clock);
  await step.finish({ kind: 'renewed', signedInAt });
}
