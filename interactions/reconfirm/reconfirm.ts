/** The review: 'looks good' for one method or for all that wait. The page itself is the overview's, which shows it. */
import { ProofRequired } from '../../security-info/errors.ts';
import { waitingIn } from '../register/overview.ts';
import { finishStep } from '../register/register.ts';
import type { SecurityInfoRoom } from '../register/room.ts';
import { attempt, methodPath, overviewPath, parameterOf } from '../register/room.ts';
import type { Routes } from '../shell/contract.ts';

/** Mounts what the review page does. */
export function reconfirmRoom(routes: Routes, room: SecurityInfoRoom): void {
  routes.post(`${overviewPath}/methods/:id/looks-good`, ['security_info'], async (step) => {
    const methodId = parameterOf(step, 'id');
    const visit = await room.visitOf(step);
    const problem = await attempt(() => room.desk.acknowledge(visit, methodId), [ProofRequired]);
    step.goTo(problem === null ? `${overviewPath}?done=looks_good` : methodPath(methodId, 'prove'));
  });
  routes.post(`${overviewPath}/all-right`, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    for (const method of waitingIn(await room.desk.overview(visit))) {
      const problem = await attempt(() => room.desk.acknowledge(visit, method.id), [ProofRequired]);
      if (problem !== null) return step.goTo(`${overviewPath}?note=prove_first`);
    }
    await finishStep(step, room);
  });
}
