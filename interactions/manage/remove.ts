/** Removing a method: a page that asks, then the deed. What the policy needs is explained instead. */
import type { MethodView, Overview } from '../../security-info/desk.ts';
import { MethodNeeded, MethodSetByAdmin, ProofRequired } from '../../security-info/errors.ts';
import type { Errand } from '../register/errand.ts';
import { provePath } from '../register/errand.ts';
import { isPrefilledOnly } from '../register/overview.ts';
import type { SecurityInfoRoom } from '../register/room.ts';
import { attempt, methodOf, overviewPath } from '../register/room.ts';
import type { Routes, Step } from '../shell/contract.ts';

/** All that the page shows before a method is removed. */
export interface RemovePage {
  readonly method: MethodView;
  /** Why it cannot be removed: an admin sets it, the policy needs it, or nothing can prove yet. The page says what can be done instead. */
  readonly hindrance: 'set_by_admin' | 'needed' | 'prefilled' | null;
  readonly canReplace: boolean;
}

/** Mounts the removal of a method. */
export function removeRoutes(routes: Routes, room: SecurityInfoRoom): void {
  const path = `${overviewPath}/methods/:id/remove`;
  routes.get(path, ['security_info'], (step) => showPage(step, room));
  routes.post(path, ['security_info'], async (step) => {
    const visit = await room.visitOf(step);
    const method = methodOf(step, await room.desk.overview(visit));
    const problem = await attempt(
      () => room.desk.removeMethod(visit, method.id),
      [MethodNeeded, MethodSetByAdmin, ProofRequired],
    );
    if (problem === null) return step.goTo(`${overviewPath}?done=removed`);
    if (problem.code === 'proof_required') return step.goTo(provePath(errandOf(method)));
    await showPage(step, room, problem.status);
  });
}

function errandOf(method: MethodView): Errand {
  return { kind: 'remove', methodId: method.id };
}

function hindranceOf(method: MethodView, overview: Overview, isRefused: boolean): RemovePage['hindrance'] {
  if (method.isSetByAdmin) return 'set_by_admin';
  if (isRefused || method.isNeeded) return 'needed';
  return isPrefilledOnly(overview) ? 'prefilled' : null;
}

async function showPage(step: Step, room: SecurityInfoRoom, refusedWith?: number): Promise<void> {
  const overview = await room.desk.overview(await room.visitOf(step));
  const method = methodOf(step, overview);
  const hindrance = hindranceOf(method, overview, refusedWith !== undefined);
  if (hindrance === null && overview.proofNeeded) return step.goTo(provePath(errandOf(method)));
  const page: RemovePage = {
    method,
    hindrance,
    canReplace: overview.offers.some((offer) => offer.type === method.type),
  };
  await step.show('manage/remove', page, refusedWith === undefined ? {} : { status: refusedWith });
}
