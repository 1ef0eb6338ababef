/** First registration, and the entry of all security-info pages: the overview, its end, and setting up a method. */
import { NotFinished, SnoozeNotAllowed } from '../../security-info/errors.ts';
import type { FormStep, Routes, Step } from '../shell/contract.ts';
import { provePath } from './errand.ts';
import { showOverview } from './overview.ts';
import type { SecurityInfoRoom } from './room.ts';
import { attempt, overviewPath } from './room.ts';
import { setUpRoutes } from './set-up.ts';
import { setUpCodeRoutes } from './set-up-code.ts';

/** Mounts the overview, 'Finish', 'Remind me later', 'Cancel' and the pages on which a method is set up. */
export function registerRoom(routes: Routes, room: SecurityInfoRoom): void {
  routes.get(overviewPath, ['security_info'], (step) => enter(step, room));
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
  await goOn(step, room, addedAmr);
}

/** Where nothing but a proof is asked, the proof comes at once; who has given it already can finish. */
async function enter(step: Step, room: SecurityInfoRoom): Promise<void> {
  if (isForAdmin(step)) {
    const visit = await room.visitOf(step);
    const { status, canFinish } = await room.desk.overview(visit);
    const isReady = canFinish && status.kind !== 'reconfirmation_due';
    if (isReady && (await room.adminProofAt(visit)) === null) return step.goTo(provePath({ kind: 'admin' }));
  }
  await showOverview(step, room);
}

function isForAdmin({ interaction }: Step): boolean {
  return interaction.reasons.includes('admin_proof_required');
}

/** Goes on with the sign-in; whoever is to act as an admin proves a method first. */
async function goOn(step: Step, room: SecurityInfoRoom, addedAmr: readonly string[]): Promise<void> {
  if (!isForAdmin(step)) return step.finish({ kind: 'security_info', addedAmr });
  const adminProofAt = await room.adminProofAt(await room.visitOf(step));
  if (adminProofAt === null) return step.goTo(provePath({ kind: 'admin' }));
  await step.finish({ kind: 'security_info', addedAmr, adminProofAt });
}

/**
 * After a proof that was asked of an admin.
 * @returns false where what was proved is too new to act as an admin with
 */
export async function goOnAsAdmin(step: Step, room: SecurityInfoRoom): Promise<boolean> {
  if ((await room.adminProofAt(await room.visitOf(step))) === null) return false;
  await finishStep(step, room);
  return true;
}

/** Ends the step and goes on with the sign-in; when something is missing still, the overview says what. */
export async function finishStep(step: Step, room: SecurityInfoRoom): Promise<void> {
  const visit = await room.visitOf(step);
  let addedAmr: readonly string[] = [];
  const problem = await attempt(async () => {
    addedAmr = (await room.desk.finish(visit)).provedAmr;
  }, [NotFinished]);
  if (problem !== null) return showOverview(step, room, problem);
  await goOn(step, room, addedAmr);
}
