/** Waits until a second has begun: a session counts as newer than a change of the credentials from it on. */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../security-info/ports.ts';

/** Waits until then, two seconds at most. Timers may ring a moment early. */
export async function waitUntil(at: Date, clock: Clock): Promise<void> {
  const milliseconds = at.getTime() - clock.now().getTime();
  if (milliseconds > 0) await setTimeout(Math.min(milliseconds + 5, 2_000));
}
