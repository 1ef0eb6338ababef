/** First registration, and the entry of all security-info pages: the overview, its end, and setting up a method. */
import { NotFinished, SnoozeNotAllowed } from '../../security-info/errors.ts';
import type { FormStep, Routes } from '../shell/contract.ts';
import { showOverview } from './overview.ts';
import type { SecurityInfoRoom } from './room.ts';
import { attempt, overviewPath } from './room.ts';
import { setUpRoutes } from './set-up.ts';
import { setUpCodeRoutes } from './set-up-code.ts';

/** Mounts the overview, 'Finish', 'Remind me later', 'Cancel' and the pages on which a method is set up. */
export function registerRoom(routes: Routes, room: SecurityInfoRoom): void {
  routes.get(overviewPath, ['security_info'], (step) => showOverview(step, room));
  routes.post(`${overviewPath}/finish`, ['security_info'], (step) => finishStep(step, room));
  routes.post(`${overviewPath}/snooze`, ['security_info'], (step) => snoozeStep(step, room));
  routes.post(`${overviewPath}/cancel`, ['security_info'], async (step) => {
    await room.desk.cancel(await room.visitOf(step));
    await step.finish({ kind: 'cancelled' });
  });
  setUpRoutes(routes, room);
  setUpCodeRoutes(routes, room);
}

/** Puts off what is asked, and goes on with the sign-in. */
async function snoozeStep(step: FormStep, room: SecurityInfoRoom): Promise<void> {
  const visit = await room.visitOf(step);
  let addedAmr: readonly string[] = [];
  const problem = await attempt(async () => {
    addedAmr = (await room.desk.snooze(visit)).provedAmr;
  }, [SnoozeNotAllowed]);
  if (problem !== null) return showOverview(step, room, problem);
  await step.finish({ kind: 'security_info', addedAmr });
}

/** Ends the step and goes on with the sign-in; when something is missing still, the overview says what. */
export async function finishStep(step: FormStep, room: SecurityInfoRoom): Promise<void> {
  const visit = await room.visitOf(step);
  let addedAmr: readonly string[] = [];
  const problem = await attempt(async () => {
    addedAmr = (await room.desk.finish(visit)).provedAmr;
  }, [NotFinished]);
  if (problem !== null) return showOverview(step, room, problem);
  await step.finish({ kind: 'security_info', addedAmr });
}
